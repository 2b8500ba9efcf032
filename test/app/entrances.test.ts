import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {CommandInput} from '@rch/contract'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {profileWords} from '../../plugins/classifier-xcodebuild/src/profile-words.ts'
import {readLine} from '../../plugins/classifier-xcodebuild/src/shell/line.ts'
import everyday from '../../plugins/classifier-xcodebuild/test/fixtures/everyday.json' with {type: 'json'}
import {fitter, judgeCommand, policyOf, tellOfCommand, typedHere} from '../../src/app/explain/decide.ts'
import {explainBatch} from '../../src/app/explain/explain-batch.ts'
import {openLane, profileOf, type Lane} from '../../src/app/lane.ts'
import {intercept} from '../../src/fast/intercept.ts'
import {sharedData} from '../support/shared-data.ts'

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'rch-entrances-')))
const env = {HOME: scratch}
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

const PROFILE = `project = "App.xcodeproj"
scheme = "App"
schemes = ["App", "Lib"]
configuration = "Debug"
classifier = {drop_owned_paths = true}
[[destinations]]
platform = "macOS"
[[destinations]]
platform = "iOS Simulator"
name = "iPhone 15"
`

const shared = sharedData === undefined ? [] : readFileSync(join(sharedData, 'invocations.jsonl'), 'utf8').trim().split('\n').map(command)
const corpus = [...Object.values(everyday).flat(), ...shared]

describe.each([
  ['with a profile', PROFILE],
  ['without one', null],
])('the entrances of a repository %s', (name, profile) => {
  let lane: Lane

  beforeAll(async () => {
    lane = await laneOf(name.replaceAll(' ', '-'), profile)
  })

  it('cannot disagree about a command line', async () => {
    const told = await batch(lane, corpus)
    for (const [index, text] of corpus.entries())
      expect([text, ...(await others(lane, text, profile !== null))]).toEqual([text, told[index]])
  })

  it('cannot disagree about a broken one', async () => {
    const broken = fc.tuple(fc.constantFrom(...corpus), fc.nat(), fc.string({unit: 'binary', maxLength: 3})).map(([text, at, more]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + more + text.slice(place)
    })
    await fc.assert(
      fc.asyncProperty(broken, async (text) => {
        expect([...(await others(lane, text, profile !== null))]).toEqual(await batch(lane, [text]))
      }),
      {numRuns: 150},
    )
  })
})

describe('the entrances below the root of a repository', () => {
  it('judge where they stand', async () => {
    const {repository} = await laneOf('below', PROFILE)
    const below = join(repository.root, 'sub')
    mkdirSync(below)
    const lane = await openAt(below)
    for (const [text, verdict] of [
      ['xcodebuild -project ../App.xcodeproj -scheme App build', 'accept'],
      ['xcodebuild -project App.xcodeproj -scheme App build', 'reject'],
      ['cd .. && xcodebuild -project App.xcodeproj -scheme App build', 'accept'],
    ] as const) {
      const decided = (await judgeCommand(lane, {form: 'shell', text, ...typedHere(lane)}, {}, null)).decision.verdict
      expect([text, decided, (await intercept(text, below, env)).verdict, ...(await batch(lane, [text]))]).toEqual([
        text,
        verdict,
        verdict,
        verdict,
      ])
    }
  })

  it('know the repository by the path that the shell shows', async () => {
    const {repository} = await laneOf('shown', PROFILE)
    const shown = join(scratch, 'link')
    symlinkSync(repository.root, shown)
    mkdirSync(join(repository.root, 'sub'))
    symlinkSync(join(repository.root, 'sub'), join(scratch, 'sub'))
    const verdicts = async (text: string, cwd: string, PWD: string): Promise<readonly (string | null)[]> => {
      const lane = {...(await openAt(cwd)), env: {...env, PWD}}
      const {decision} = await judgeCommand(lane, {form: 'shell', text, ...typedHere(lane)}, {}, null)
      return [decision.verdict, (await intercept(text, cwd, lane.env)).verdict, ...(await batch(lane, [text]))]
    }
    const accepted = ['accept', 'accept', 'accept']
    const build = 'xcodebuild -project App.xcodeproj -scheme App build'
    expect(await verdicts(`cd ${shown} && ${build}`, repository.root, shown)).toEqual(accepted)
    expect(await verdicts(`cd ${shown} && ${build}`, join(repository.root, 'sub'), join(shown, 'sub'))).toEqual(accepted)
    const absolute = `xcodebuild -project ${shown}/App.xcodeproj -scheme App build`
    expect(await verdicts(absolute, repository.root, shown)).toEqual(accepted)
    // Neither a path that only the folder below lies under, nor one that leads elsewhere or nowhere.
    for (const PWD of [join(scratch, 'sub'), scratch, '/nowhere/sub', 'sub', '']) {
      const elsewhere = `xcodebuild -project ${scratch}/App.xcodeproj -scheme App build`
      expect(await verdicts(elsewhere, join(repository.root, 'sub'), PWD)).toEqual(['reject', 'reject', 'reject'])
    }
    expect(await verdicts(`cd ${shown}/.. && ${build}`, repository.root, shown)).toEqual(['reject', 'reject', 'reject'])
  })
})

describe('a command under the profile that fits it', () => {
  it('is accepted where there is such a profile, and nowhere else', async () => {
    const fitting = await fitter(await laneOf('fitted', null))
    const cwd = join(scratch, 'fitted')
    const texts = [...corpus, 'xcodebuild -scheme App -sdk driverkit build', 'xcodebuild test -scheme App -sdk iphoneos']
    for (const text of texts) {
      const {toml, decision} = fitting({form: 'shell', text, cwd})
      expect([text, decision.verdict === 'accept']).toEqual([text, toml !== null])
    }
  })
})

const ACTIONS = ['build', 'test', 'build-for-testing', 'test-without-building'] as const

/** Profiles whose steps the gate refuses for some action at least. */
const REFUSED_PROFILES = [
  'scheme = "App"\nproject = "App.xcodeproj"\nonly = 1',
  'scheme = "App"\nproject = "App.xcodeproj"\ndestination = {platform = "iOS", generic = true}',
  'scheme = "App"\nproject = "App.xcodeproj"\ndestination = {platform = "macOS"}\nxcode_test = {only_testing = ["-x"]}',
  'scheme = "App"\nproject = "App.xcodeproj"\ndestination = {platform = "macOS"}\nbuild_settings = {LD = "/tmp/ld"}',
  'scheme = "App"\nproject = "../App.xcodeproj"\ndestination = {platform = "macOS"}',
]

describe('the steps of `verify`', () => {
  it('are judged as the same words typed anywhere else', async () => {
    const fitting = await fitter(await laneOf('fits', null))
    const cwd = join(scratch, 'fits')
    const fits = corpus.flatMap((text) => fitting({form: 'shell', text, cwd}).toml ?? [])
    const profiles = [...new Set([...fits, PROFILE, ...REFUSED_PROFILES])]
    const seen = new Set<string>()
    for (const [index, toml] of profiles.entries()) {
      const lane = await laneOf(`steps-${index}`, toml)
      const config = await profileOf(lane, {}, null).catch(() => null)
      if (config === null) continue
      const {provider} = await lane.providers.load('classifier', 'xcodebuild')
      for (const action of ACTIONS) {
        const step = provider.fromProfile(action, config.profile, policyOf(lane, config))
        const text = profileWords(action, config.profile).map(quoted).join(' ')
        const judged = await judgeCommand(lane, {form: 'shell', text, cwd: lane.repository.root}, {}, null)
        expect([toml, action, judged.decision.codes, judged.decision.steps]).toEqual([toml, action, step.codes, step.steps])
        const told = new Set([...(await others(lane, text, true)), ...(await batch(lane, [text]))])
        expect([text, ...told]).toEqual([text, step.verdict])
        seen.add(step.verdict)
      }
    }
    expect([...seen].toSorted()).toEqual(['accept', 'reject'])
  })
})

/** What every other entrance says, each verdict once. */
async function others(lane: Lane, text: string, hasProfile: boolean): Promise<ReadonlySet<string | null>> {
  const input: CommandInput = {form: 'shell', text, cwd: lane.repository.root}
  const verdicts = new Set<string | null>([
    (await tellOfCommand(lane, input, {}, null)).decision.verdict,
    (await intercept(text, lane.cwd, env)).verdict,
  ])
  if (hasProfile) verdicts.add((await judgeCommand(lane, input, {}, null)).decision.verdict)
  const line = readLine(text)
  if (hasProfile && line?.kind === 'command' && line.directories.length === 0) {
    // As `run` gets it, once a shell has split the words.
    const argv = line.words.map((word) => word.text)
    verdicts.add((await judgeCommand(lane, {form: 'argv', argv, cwd: lane.repository.root}, {}, null)).decision.verdict)
  }
  return verdicts
}

/** A repository of its own with this profile. */
async function laneOf(name: string, profile: string | null): Promise<Lane> {
  const root = join(scratch, name)
  mkdirSync(join(root, '.rch'), {recursive: true})
  execFileSync('git', ['init', '-q', root])
  if (profile !== null) writeFileSync(join(root, '.rch/xcode.toml'), profile)
  return openAt(root)
}

async function openAt(cwd: string): Promise<Lane> {
  return openLane({
    cwd,
    env,
    configDir: null,
    providers: () => ({load, listAll: async () => [], problems: async () => []}),
    interactive: false,
    notice: () => undefined,
  })
}

/** One word as a shell reads it back. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

async function batch(lane: Lane, texts: readonly string[]): Promise<readonly (string | null)[]> {
  const file = join(scratch, 'batch.ndjson')
  writeFileSync(file, texts.map((cmd, id) => JSON.stringify({id, cmd})).join('\n'))
  const verdicts: (string | null)[] = []
  await explainBatch(lane, file, {fit: false, overrides: {}, profile: null}, (line) => {
    const row: unknown = JSON.parse(line)
    if (typeof row === 'object' && row !== null && 'verdict' in row) verdicts.push(typeof row.verdict === 'string' ? row.verdict : null)
  })
  return verdicts
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing but the classifier is asked for
const load = (async () => ({provider: createXcodebuildClassifier(), plugin: 'test', version: '0'})) as Lane['providers']['load']

function command(row: string): string {
  const value: unknown = JSON.parse(row)
  return typeof value === 'object' && value !== null && 'cmd' in value ? String(value.cmd) : ''
}

import {chmodSync, cpSync, existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {validateSet} from '../../src/app/artifacts/validate-set.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {seeded} from '../support/seeded.ts'

const PLACES = 200
const TERMS = {pin: null, pinSource: null, required: false} as const

describe('a sealed set that somebody touched', () => {
  let lab: Lab
  let sealed: string
  let set: string
  const files: string[] = []
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    const ran = await lab.rch(['xcode', 'test', '--json'])
    const [step] = ran.json()['steps'] as {directory: string}[]
    sealed = step?.directory ?? ''
    set = join(lab.dir, 'touched')
    restore()
    files.push(...readdirSync(set, {recursive: true, encoding: 'utf8'}).filter((path) => lstatSync(join(set, path)).isFile()))
  })
  afterAll(async () => lab.stop())

  it('is valid as long as nobody did', () => {
    expect(validateSet(set, TERMS).violations).toEqual([])
    expect(files.length).toBeGreaterThan(20)
  })

  it(`one bit at ${PLACES} places, in every kind of file: each is found, and the file is named`, () => {
    const random = seeded(20_260_101)
    const missed: string[] = []
    for (let place = 0; place < PLACES; place++) {
      const path = files[place % files.length] ?? ''
      const bytes = readFileSync(join(set, path))
      if (bytes.length === 0) continue
      const at = Math.floor(random() * bytes.length)
      const bent = Buffer.from(bytes)
      bent[at] = (bent[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      writeFileSync(join(set, path), bent)
      if (!names(path)) missed.push(`${path} at ${at}`)
      writeFileSync(join(set, path), bytes)
    }
    expect(missed).toEqual([])
    expect(validateSet(set, TERMS).violations).toEqual([])
  })

  it('each file dropped: it is found, and named', () => {
    const missed = files.filter((path) => {
      renameSync(join(set, path), join(lab.dir, 'dropped'))
      const found = names(path)
      renameSync(join(lab.dir, 'dropped'), join(set, path))
      return !found
    })
    expect(missed).toEqual([])
  })

  it('a file added anywhere: it is found, and named', () => {
    for (const path of ['notes.txt', 'summary.json~', 'result.xcresult/extra', 'artifact_trees/extra.tree.json', '.hidden']) {
      writeFileSync(join(set, path), 'x')
      expect(names(path), path).toBe(true)
      rmSync(join(set, path))
    }
  })

  it('two files swapped: both are found, and named', () => {
    for (const [one, two] of [
      ['summary.json', 'metrics.json'],
      ['build.log', 'events.ndjson'],
      ['toolchain.json', 'environment.json'],
    ] as const) {
      swap(one, two)
      expect([names(one), names(two)], `${one} ${two}`).toEqual([true, true])
      swap(one, two)
    }
  })

  it('a file cut short or turned into a link: it is found, and named', () => {
    for (const path of ['build.log', 'events.ndjson', 'source_manifest.json', 'manifest.json']) {
      const bytes = readFileSync(join(set, path))
      writeFileSync(join(set, path), bytes.subarray(0, bytes.length - 1))
      expect(names(path), path).toBe(true)
      writeFileSync(join(set, path), bytes)
    }
  })

  it('says so through the shipped binary, all of it at once', async () => {
    for (const path of ['build.log', 'summary.json'])
      writeFileSync(join(set, path), Buffer.concat([readFileSync(join(set, path)), Buffer.from(' ')]))
    rmSync(join(set, 'metrics.json'))
    writeFileSync(join(set, 'more.txt'), '')
    const checked = await lab.rch(['xcode', 'validate', set, '--json'])
    expect(checked.code).toBe(1)
    const {valid, violations} = checked.json() as unknown as {valid: boolean; violations: {path: string}[]}
    expect(valid).toBe(false)
    expect(violations.map(({path}) => path)).toEqual(expect.arrayContaining(['build.log', 'summary.json', 'metrics.json', 'more.txt']))
    restore()
    expect((await lab.rch(['xcode', 'validate', set])).code).toBe(0)
  })

  it('is not used: a run whose set was touched on this host is not valid either', async () => {
    const run = String(
      (await lab.rch(['xcode', 'runs', '--json'])).json()['runs'] === undefined
        ? ''
        : ((await lab.rch(['xcode', 'runs', '--json'])).json()['runs'] as {run_id: string}[])[0]?.run_id,
    )
    const log = join(sealed, 'build.log')
    const bytes = readFileSync(log)
    const {mode} = lstatSync(log)
    chmodSync(log, 0o600)
    writeFileSync(log, 'something else\n')
    const checked = await lab.rch(['xcode', 'validate', run, '--json'])
    expect(checked.code).toBe(1)
    expect((checked.json()['violations'] as {path: string}[]).some(({path}) => path.includes('build.log'))).toBe(true)
    writeFileSync(log, bytes)
    chmodSync(log, mode)
  })

  /** Whether validation names exactly this file, or the folder whose digest it spoils. */
  function names(path: string): boolean {
    return validateSet(set, TERMS).violations.some((violation) => violation.path === path)
  }

  function swap(one: string, two: string): void {
    renameSync(join(set, one), join(lab.dir, 'swapped'))
    renameSync(join(set, two), join(set, one))
    renameSync(join(lab.dir, 'swapped'), join(set, two))
  }

  function restore(): void {
    if (existsSync(set)) rmSync(set, {recursive: true, force: true})
    cpSync(sealed, set, {recursive: true})
    for (const path of ['.', ...readdirSync(set, {recursive: true, encoding: 'utf8'})])
      chmodSync(join(set, path), lstatSync(join(set, path)).isDirectory() ? 0o700 : 0o600)
  }
})

import {execFileSync, spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

const bin = join(import.meta.dirname, '../../bin')
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'rch-intercept-')))
const root = join(scratch, 'app')
const ACCEPTED = 'xcodebuild -scheme App build'
const REWRITTEN = `rch xcode run -- ${ACCEPTED}\n`

beforeAll(() => {
  mkdirSync(join(root, '.rch'), {recursive: true})
  execFileSync('git', ['init', '-q', root])
  writeFileSync(join(root, '.rch/xcode.toml'), 'project = "App.xcodeproj"\nscheme = "App"\n[[destinations]]\nplatform = "macOS"\n')
})
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

function hook(
  words: readonly string[],
  input: string | Uint8Array = '',
  cwd = root,
): {readonly out: string; readonly err: string; readonly status: number | null} {
  const env = {HOME: scratch, PATH: process.env['PATH'] ?? '', RCH_NODE: process.execPath}
  const {stdout, stderr, status} = spawnSync(join(bin, 'rch-xcode-intercept'), words, {cwd, env, input})
  return {out: stdout.toString(), err: stderr.toString(), status}
}

describe('what hooks call', () => {
  it.each([
    ['as a word', [ACCEPTED], ''],
    ['behind --', ['--', ACCEPTED], ''],
    ['on stdin', [], `${ACCEPTED}\n`],
  ])('rewrites a string that comes %s', (_, words, input) => {
    expect(hook(words, input)).toEqual({out: REWRITTEN, err: '', status: 0})
  })

  it.each([
    ['as a word', ['--json', ACCEPTED], ''],
    ['on stdin', ['--json'], ACCEPTED],
  ])('answers in JSON for a string that comes %s', (_, words, input) => {
    expect(JSON.parse(hook(words, input).out)).toMatchObject({kind: 'interception', verdict: 'accept', rewritten: REWRITTEN.trimEnd()})
  })

  it('answers in JSON about other commands, and says nothing else about them', () => {
    expect(JSON.parse(hook(['--json', 'make test']).out)).toMatchObject({verdict: 'pass', rewritten: null})
    for (const words of [['make test'], ['']]) expect(hook(words)).toEqual({out: '', err: '', status: 0})
  })

  it('asks for the string in one word, because split words have lost their quotes', () => {
    const {out, err, status} = hook(['xcodebuild', '-scheme', 'App build'])
    expect([out, status]).toEqual(['', 0])
    expect(err).toContain('usage_error')
    expect(JSON.parse(hook(['--json', '--', 'xcodebuild', '-scheme', 'App']).out)).toMatchObject({
      verdict: 'reject',
      codes: ['usage_error'],
      rewritten: null,
    })
  })

  it.each([
    ['behind --', ['--json', '--', 'make test'], ''],
    ['in front of --json', ['make test', '--json'], ''],
    ['on stdin', ['--', '--json'], 'make test'],
  ])('answers in JSON about another command that comes %s', (_, words, input) => {
    expect(JSON.parse(hook(words, input).out)).toMatchObject({verdict: 'pass', rewritten: null})
  })

  it('never gives bytes back that differ from those that came', () => {
    const lost = hook([], Buffer.concat([Buffer.from(`${ACCEPTED} | tee a`), Buffer.from([0xff]), Buffer.from('b')]))
    expect(lost).toMatchObject({out: '', status: 0})
    expect(lost.err).toContain('control_character')
  })

  it('keeps every other byte of a long string over several lines', () => {
    const rest = ` \\\n  2>&1 | tee "a\nb" && echo '${'é'.repeat(100_000)}'\nexit \${PIPESTATUS[0]}`
    expect(hook([], ACCEPTED + rest).out).toBe(`rch xcode run --drop-in -- ${ACCEPTED}${rest}\n`)
  })

  it("leaves the lane's own command alone, and only that", () => {
    const own = 'cd ios && rch xcode run --drop-in -- env CI=1 xcodebuild test | tee x && exit ${PIPESTATUS[0]}'
    expect(hook([own])).toEqual({out: '', err: '', status: 0})
    expect(hook([`echo rch xcode run; ${ACCEPTED}`]).out).toBe(`echo rch xcode run; rch xcode run --drop-in -- ${ACCEPTED}\n`)
  })

  it('answers from a directory that is no longer there', () => {
    const gone = mkdtempSync(join(scratch, 'gone-'))
    const env = {HOME: scratch, PATH: process.env['PATH'] ?? '', RCH_NODE: process.execPath}
    const script = 'rmdir "$1" && exec "$2" --json "$3"'
    const {stdout, status} = spawnSync('sh', ['-c', script, 'sh', gone, join(bin, 'rch-xcode-intercept'), ACCEPTED], {cwd: gone, env})
    expect(JSON.parse(stdout.toString())).toMatchObject({verdict: 'reject', codes: ['usage_error']})
    expect(status).toBe(0)
  })

  it('answers where a file stands in the place of the configuration', () => {
    const odd = mkdtempSync(join(scratch, 'odd-'))
    writeFileSync(join(odd, '.rch'), '')
    expect(hook([ACCEPTED], '', odd)).toMatchObject({out: '', status: 0})
    expect(hook([ACCEPTED], '', odd).err).toContain('profile_required')
  })

  it('tells a repository without a profile from a command that no profile could allow', () => {
    mkdirSync(join(scratch, 'bare'), {recursive: true})
    const bare = (text: string): string => hook([text], '', join(scratch, 'bare')).err
    expect(bare(ACCEPTED)).toContain('reject: profile_required')
    expect(bare(`${ACCEPTED} CC=x`)).toContain('reject: setting_never_allowed')
    expect(bare('xcodebuild -version')).toContain('query: xcode_query')
  })
})

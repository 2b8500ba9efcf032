import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {ERRORS, EXIT_CODES, isErrorCode} from '@rch/contract'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createLab, type Lab, type Ran} from '../support/lab.ts'

const BINARY = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 10, 0xc3, 0x28, 13, 0])
const HUGE = 'x'.repeat(100_000)
const MEBIBYTES = Buffer.alloc(3 * 1024 * 1024, 'a = 1\n')

/** What a file can be instead of what it should be. */
const SPOILT: Readonly<Record<string, (path: string) => void>> = {
  binary: (path) => writeFileSync(path, BINARY),
  huge: (path) => writeFileSync(path, MEBIBYTES),
  'of another shape': (path) => writeFileSync(path, 'profiles = "none"\nworkers = 3\ndefault_profile = []\n'),
  'a folder': (path) => mkdirSync(path),
}

/** Command lines that nothing good can come of, whatever stands in their files. */
const WORDS: readonly (readonly [words: readonly string[], codes: readonly string[], input?: string | undefined])[] = [
  ...['status', 'watch', 'cancel', 'resume', 'retry', 'artifacts', 'fetch', 'validate', 'report', 'explain'].flatMap((command) =>
    ['0123456789ab', '01a1fbbf-2673-7596-973f-6a38eeacc2d2', '../../../etc/passwd', HUGE, '\u0001\u001b[31m', '-'].map(
      (id) => [['xcode', command, '--json', '--', id], []] as const,
    ),
  ),
  ...['watch', 'cancel', 'resume', 'retry', 'artifacts', 'fetch', 'validate', 'run'].map(
    (command) => [['xcode', command, '--json'], ['usage_error']] as const,
  ),
  [['xcode', 'verify', '--worker', 'nobody', '--json'], ['usage_error']],
  [
    ['xcode', 'verify', '--profile', 'dmeo', '--json'],
    ['config_invalid', 'profile_required', 'usage_error'],
  ],
  [['xcode', 'build', '--timeout', 'soon', '--json'], ['usage_error']],
  [['xcode', 'build', '--timeout', '-1', '--json'], ['usage_error']],
  [['xcode', 'build', '--set', 'no.such.key=1', '--json'], ['config_invalid']],
  [
    ['xcode', 'build', '--set', 'timeout_seconds', '--json'],
    ['config_invalid', 'usage_error'],
  ],
  [['xcode', 'build', '--set', 'timeout_seconds=many', '--json'], ['config_invalid']],
  [['xcode', 'build', '--destination', 'platform=Toaster', '--json'], ['config_invalid']],
  [
    ['xcode', 'build', '--xcode', 'the best', '--json'],
    ['config_invalid', 'xcode_version_mismatch'],
  ],
  [['xcode', 'build', '--nonsense', '--json'], ['usage_error']],
  [['xcode', 'build', 'extra', '--json'], ['usage_error']],
  [['xcode', 'runs', '--since', 'yesterday-ish', '--json'], ['usage_error']],
  [['xcode', 'runs', '--limit', '0', '--json'], ['usage_error']],
  [['xcode', 'errors', 'no_such_code', '--json'], ['usage_error']],
  [['xcode', 'destinations', '--worker', 'nobody', '--json'], ['usage_error']],
  [['xcode', 'workers', 'probe', 'nobody', '--json'], ['usage_error']],
  [['xcode', 'workers', 'remove', 'nobody', '--json'], ['usage_error']],
  [
    ['xcode', 'workers', 'add', '../x', '--json'],
    ['usage_error', 'config_invalid'],
  ],
  [['xcode', 'explain', '--batch', '/nowhere/at/all', '--json'], []],
  [['xcode', 'explain', '--shell', '--json', '--', 'xcodebuild', '-scheme', 'App build'], ['usage_error']],
  [['xcode', 'explain', '--batch', '/', '--json'], []],
  [['xcode', 'interpret', '/nowhere/at/all', '--json'], []],
  [['xcode', 'interpret', '/', '--json'], []],
  [
    ['xcode', 'validate', '/', '--json'],
    ['usage_error', 'job_not_found'],
  ],
  [
    ['xcode', 'validate', '/etc/hostname', '--json'],
    ['usage_error', 'job_not_found'],
  ],
  [['xcode', 'run', '--json', '--', 'rm', '-rf', '/'], []],
  [['xcode', 'run', '--json', '--', 'xcodebuild', HUGE], []],
  [['xcode', 'init', '--profile', '../../x', '--json'], ['usage_error']],
  [['xcode', 'verify', '--config-dir', '/nowhere/at/all', '--json'], []],
]

describe('bad input', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterAll(async () => lab.stop())

  it.each(WORDS.map(([words, codes, input]) => ({line: words.join(' ').slice(0, 70), words, codes, input})))(
    'rch $line',
    async ({words, codes, input}) => {
      expectRefusal(await lab.rch(words, {timeoutMs: 30_000, ...(input === undefined ? {} : {input})}), codes)
    },
  )

  describe.each([
    ['.rch/xcode.toml', (dir: Lab) => join(dir.project, '.rch/xcode.toml'), ['plan', 'verify', 'build', 'test', 'stage']],
    ['workers.toml', (dir: Lab) => join(dir.dir, 'config/workers.toml'), ['workers', 'status', 'verify', 'destinations', 'capabilities']],
    ['config.toml', (dir: Lab) => join(dir.dir, 'config/config.toml'), ['plan', 'verify', 'workers', 'runs']],
  ] as const)('%s', (name, place, commands) => {
    it.each(Object.keys(SPOILT))(`is %s: every command that reads it says so`, async (kind) => {
      const path = place(lab)
      const before = existsSync(path) ? readFileSync(path) : null
      rmSync(path, {recursive: true, force: true})
      try {
        SPOILT[kind]?.(path)
        for (const command of commands) {
          const ran = await lab.rch(['xcode', command, '--json'], {timeoutMs: 30_000})
          expectRefusal(ran, ['config_invalid'])
          expect(ran.stdout, `${command} names the file`).toContain(name.split('/').at(-1))
        }
      } finally {
        rmSync(path, {recursive: true, force: true})
        if (before !== null) writeFileSync(path, before)
      }
    })
  })

  it('outside any repository says so', async () => {
    const empty = join(lab.dir, 'empty')
    mkdirSync(empty)
    for (const command of ['verify', 'plan', 'init', 'stage']) expectRefusal(await lab.rch(['xcode', command, '--json'], {cwd: empty}), [])
    expect(readdirSync(empty)).toEqual([])
  })

  it('is told to people without an envelope and without a stack', async () => {
    const ran = await lab.rch(['xcode', 'verify', '--profile', 'dmeo'])
    expect(ran.code).toBe(2)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).toMatch(/^rch: [a-z_]+: .*demo/)
    expect(ran.stderr).toMatch(/\n {2}→ /)
    expect(ran.stderr).not.toMatch(/^\s+at /m)
  })

  it('of a mistyped command gets the nearest one, and 127', async () => {
    const ran = await lab.rch(['xcode', 'verfy'])
    expect(ran.code).toBe(127)
    expect(ran.stderr).toContain('verify')
  })

  it('leaves nothing behind', () => {
    const repos = join(lab.dir, 'data/rch/artifacts/repos')
    const written = existsSync(repos)
      ? readdirSync(repos, {recursive: true, encoding: 'utf8'}).filter((path) => statSync(join(repos, path)).isFile())
      : []
    expect(written.filter((path) => !path.includes('/refusals/'))).toEqual([])
    expect(lab.git('status', '--porcelain').trim()).toBe('')
  })

  /** A code of the registry with its exit status and a next step, in an envelope that is alone on stdout; no stack anywhere. */
  function expectRefusal(ran: Ran, codes: readonly string[]): void {
    const said = `${ran.code} ${ran.signal ?? ''} ${ran.stdout.slice(0, 2000)} ${ran.stderr.slice(0, 2000)}`
    expect(ran.signal, said).toBe(null)
    expect(ran.stdout, said).not.toBe('')
    const answer = ran.json()
    const code = answer.error_code
    expect(answer.ok, said).toBe(false)
    expect(isErrorCode(code), said).toBe(true)
    expect(code, said).not.toBe('internal_error')
    // A shell's own status for what is no command; the registry's for everything else.
    if (isErrorCode(code) && ran.code !== 127) expect(ran.code, said).toBe(EXIT_CODES[ERRORS[code].kind])
    if (codes.length > 0) expect(codes, said).toContain(code)
    expect(answer.errors[0]?.hint, said).toMatch(/\S/)
    expect(answer.errors[0]?.message.length, said).toBeLessThan(2000)
    expect(`${ran.stdout}${ran.stderr}`, said).not.toMatch(/(?:^|\\n)\s+at .*[:(]\d+:\d+/m)
  }
})

import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {ERRORS, EXIT_CODES, isErrorCode, type ErrorCode} from '@rch/contract'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {asNobody} from '../support/as-nobody.ts'
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
  'a link to itself': (path) => symlinkSync(basename(path), path),
}

const RUN = '0123456789ab'
const PATH = '../../../etc/passwd'

/** What a command says of an id that names nothing: those that take runs only, or also folders, say it in their own way. */
function unknown(command: string, id: string): ErrorCode {
  if (id === HUGE) return 'usage_error'
  if (id === PATH) return ['validate', 'report'].includes(command) ? 'usage_error' : 'job_not_found'
  const asRun = ['resume', 'retry', 'artifacts', 'validate', 'report', 'explain'].includes(command)
  return id === RUN && asRun ? 'run_not_found' : 'job_not_found'
}

/** Command lines that nothing good can come of, whatever stands in their files. */
const WORDS: readonly (readonly [words: readonly string[], codes: readonly ErrorCode[], input?: string | undefined])[] = [
  ...['status', 'watch', 'cancel', 'resume', 'retry', 'artifacts', 'fetch', 'validate', 'report'].flatMap((command) =>
    [RUN, '01a1fbbf-2673-7596-973f-6a38eeacc2d2', PATH, HUGE, '\u0001\u001b[31m', '-'].map(
      (id) => [['xcode', command, '--json', '--', id], [unknown(command, id)]] as const,
    ),
  ),
  ...[RUN, '01a1fbbf-2673-7596-973f-6a38eeacc2d2', PATH].map(
    (id) => [['xcode', 'explain', id, '--json'], [unknown('explain', id)]] as const,
  ),
  ...['watch', 'cancel', 'resume', 'retry', 'artifacts', 'fetch', 'validate', 'run'].map(
    (command) => [['xcode', command, '--json'], ['usage_error']] as const,
  ),
  [['xcode', 'verify', '--worker', 'nobody', '--json'], ['usage_error']],
  [['xcode', 'verify', '--profile', 'dmeo', '--json'], ['profile_required']],
  [['xcode', 'build', '--timeout', 'soon', '--json'], ['usage_error']],
  [['xcode', 'build', '--timeout', '-1', '--json'], ['usage_error']],
  [['xcode', 'build', '--set', 'no.such.key=1', '--json'], ['config_invalid']],
  [['xcode', 'build', '--set', 'timeout_seconds', '--json'], ['config_invalid']],
  [['xcode', 'build', '--set', 'timeout_seconds=many', '--json'], ['config_invalid']],
  [['xcode', 'build', '--set', 'redaction.patterns=(', '--worker', 'nobody', '--json'], ['config_invalid']],
  [['xcode', 'build', '--destination', 'platform=Toaster', '--json'], ['config_invalid']],
  [['xcode', 'build', '--xcode', 'the best', '--json'], ['config_invalid']],
  [['xcode', 'build', '--nonsense', '--json'], ['usage_error']],
  [['xcode', 'build', 'extra', '--json'], ['usage_error']],
  [['xcode', 'runs', '--since', 'yesterday-ish', '--json'], ['usage_error']],
  [['xcode', 'runs', '--limit', '0', '--json'], ['usage_error']],
  [['xcode', 'errors', 'no_such_code', '--json'], ['usage_error']],
  [['xcode', 'destinations', '--worker', 'nobody', '--json'], ['usage_error']],
  [['xcode', 'workers', 'probe', 'nobody', '--json'], ['usage_error']],
  [['xcode', 'workers', 'remove', 'nobody', '--json'], ['usage_error']],
  [['xcode', 'workers', 'add', '../x', '--json'], ['usage_error']],
  [['xcode', 'explain', '--batch', '/nowhere/at/all', '--json'], ['usage_error']],
  [['xcode', 'explain', '--batch', '/', '--json'], ['usage_error']],
  [['xcode', 'interpret', '/nowhere/at/all', '--json'], ['usage_error']],
  [['xcode', 'interpret', '/', '--json'], ['usage_error']],
  [['xcode', 'interpret', '', '--json'], ['usage_error']],
  [['xcode', 'interpret', process.execPath, '--json'], ['usage_error']],
  [['xcode', 'validate', '/', '--json'], ['usage_error']],
  [['xcode', 'validate', '/etc/hostname', '--json'], ['usage_error']],
  [['xcode', 'run', '--json', '--', 'rm', '-rf', '/'], ['usage_error']],
  [['xcode', 'run', '--json', '--', 'xcodebuild', HUGE], ['action_unknown']],
  [['xcode', 'explain', '--shell', '--json', '--', 'xcodebuild', '-scheme', 'App build'], ['usage_error']],
  [['xcode', 'init', '--profile', '../../x', '--json'], ['usage_error']],
  [['xcode', 'runs', '--config-dir', '/nowhere/at/all', '--json'], ['usage_error']],
  [['xcode', 'workers', '--config-dir', '/etc/hostname', '--json'], ['usage_error']],
  [['xcode', 'verify', '--config-dir', '/nowhere/at/all', '--json'], ['usage_error']],
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

  describe.each([
    ['XDG_DATA_HOME', ['build']],
    ['XDG_STATE_HOME', ['build', 'runs', 'init', 'plan', 'stage']],
  ] as const)('%s', (variable, commands) => {
    it.each(['a file', 'a link to itself', 'closed to this user'])('is %s: what needs it says so', async (kind) => {
      const place = join(lab.dir, 'place')
      try {
        await asNobody(lab, async (rch) => {
          if (kind === 'a file') writeFileSync(place, '')
          if (kind === 'a link to itself') symlinkSync('place', place)
          if (kind === 'closed to this user') mkdirSync(place, {mode: 0o555})
          for (const command of commands) {
            const ran = await rch(['xcode', command, '--json'], {[variable]: place})
            expectRefusal(ran, ['usage_error'])
            expect(ran.json().errors[0]?.hint).toContain(variable)
          }
        })
      } finally {
        rmSync(place, {recursive: true, force: true})
      }
    })
  })

  it('of files that this user may not read: they are named', async () => {
    const files = [
      ['plan', '.rch/xcode.toml', join(lab.project, '.rch/xcode.toml')],
      ['workers', 'workers.toml', join(lab.dir, 'config/workers.toml')],
    ] as const
    for (const [command, name, path] of files) {
      chmodSync(path, 0)
      try {
        await asNobody(lab, async (rch) => {
          const ran = await rch(['xcode', command, '--json'])
          expectRefusal(ran, ['config_invalid'])
          expect(ran.json().errors[0]?.message).toContain(name)
        })
      } finally {
        chmodSync(path, 0o644)
      }
    }
  })

  it('of a log that this user may not read: it is named', async () => {
    const log = join(lab.dir, 'closed.log')
    writeFileSync(log, '', {mode: 0})
    await asNobody(lab, async (rch) => {
      const ran = await rch(['xcode', 'interpret', log, '--json'])
      expectRefusal(ran, ['usage_error'])
      expect(ran.json().errors[0]?.message).toContain('closed.log')
    })
  })

  it('of a cache that cannot be written: everything works without', async () => {
    const ran = await lab.rch(['xcode', 'plan', '--json'], {env: {XDG_CACHE_HOME: '/etc/hostname'}})
    expect(ran.code, ran.stdout).toBe(0)
  })

  it('outside any repository says so', async () => {
    const empty = join(lab.dir, 'empty')
    mkdirSync(empty)
    for (const command of ['verify', 'plan', 'init', 'stage'])
      expectRefusal(await lab.rch(['xcode', command, '--json'], {cwd: empty}), [
        command === 'init' ? 'nothing_to_build' : 'profile_required',
      ])
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
    expect(codes, said).toContain(code)
    expect(answer.errors[0]?.hint, said).toMatch(/\S/)
    expect(answer.errors[0]?.message, said).not.toMatch(/\{\w+\}/)
    expect(answer.errors[0]?.message.length, said).toBeLessThan(2000)
    expect(`${ran.stdout}${ran.stderr}`, said).not.toMatch(/(?:^|\\n)\s+at .*[:(]\d+:\d+/m)
  }
})

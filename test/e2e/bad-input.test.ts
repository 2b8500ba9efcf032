import {chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {ErrorCode} from '@rch/contract'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {asNobody} from '../support/as-nobody.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {expectFileRefused, expectIdRefused, expectRefusal, FILES, HUGE, IDS, KINDS, unknown, WITH_ID} from './bad-input-cases.ts'

/** Command lines that nothing good can come of, whatever stands in their files. */
const WORDS: readonly (readonly [words: readonly string[], codes: readonly ErrorCode[], input?: string | undefined])[] = [
  ...IDS.slice(0, 3).map((id) => [['xcode', 'explain', id, '--json'], [unknown('explain', id)]] as const),
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

  // Each command and each id once; every one with every other is for the slower suite.
  it.each(WITH_ID.map((command, i) => [command, IDS[i % IDS.length] ?? ''] as const))(
    'rch xcode %s says what is wrong with an id',
    async (command, id) => expectIdRefused(lab, command, id),
  )

  describe.each(FILES)('$name', (file) => {
    it.each(KINDS)('is %s: a command that reads it says so', async (kind) => {
      const commands = file.commands.filter((_, i) => i === KINDS.indexOf(kind) % file.commands.length)
      await expectFileRefused(lab, file, kind, commands)
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

  it('of a directory that is closed by now names what is in it, although its contents were known', async () => {
    await asNobody(lab, async (rch) => {
      const directory = join(lab.project, 'Sources')
      expect((await rch(['xcode', 'stage', '--json'])).code).toBe(0)
      chmodSync(directory, 0)
      try {
        expectRefusal(await rch(['xcode', 'stage', '--json']), ['unreadable_file'])
      } finally {
        chmodSync(directory, 0o755)
      }
    })
  })

  it('of a cache that cannot be written: everything works without', async () => {
    for (const command of ['plan', 'stage']) {
      const ran = await lab.rch(['xcode', command, '--json'], {env: {XDG_CACHE_HOME: '/etc/hostname'}})
      expect(ran.code, ran.stdout).toBe(0)
    }
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

  it('leaves nothing behind', async () => {
    const status = await lab.rch(['xcode', 'status', '--json'])
    expect(status.json()['workers']).toMatchObject([{leases: {held: 0, waiting: 0}}])
    const repos = join(lab.dir, 'data/rch/artifacts/repos')
    const written = existsSync(repos)
      ? readdirSync(repos, {recursive: true, encoding: 'utf8'}).filter((path) => statSync(join(repos, path)).isFile())
      : []
    expect(written.filter((path) => !path.includes('/refusals/'))).toEqual([])
    expect(lab.git('status', '--porcelain').trim()).toBe('')
  })
})

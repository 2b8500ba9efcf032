import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {ERRORS, EXIT_CODES, type ErrorCode} from '@rch/contract'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {followed} from '../support/lab-tools.ts'
import {HARNESS, type Ran} from '../support/lab.ts'

const FILES: Readonly<Record<string, (path: string) => void>> = {
  missing: () => {},
  binary: (path) => writeFileSync(path, Buffer.from([0, 255, 254, 128, 10])),
  huge: (path) => writeFileSync(path, Buffer.alloc(3 * 1024 * 1024, 'a = 1\n')),
  'of another shape': (path) => writeFileSync(path, 'name = 3\nroots = []\n'),
  'a folder': (path) => mkdirSync(path),
  'a link to itself': (path) => symlinkSync('worker.toml', path),
}

describe('bad input for the worker', () => {
  let dir: string
  let config: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'rch-worker-'))
    config = join(dir, 'worker.toml')
  })
  afterEach(() => rmSync(dir, {recursive: true}))

  it.each([
    ['an option that is none', ['setup', '--nonsense'], 'usage_error'],
    ['an owner that is no name', ['setup', '--owner=../x'], 'usage_error'],
    ['a job that is none', ['supervise', '../../x'], 'config_invalid'],
  ] as const)('%s is told to its operator, and nothing is written', async (_, words, code) => {
    expectTold(await worker([...words, `--config=${config}`]), code)
    expect(readdirSync(dir)).toEqual([])
  })

  it.each(['', 'frobnicate', 'setp'])('the command "%s" is told with what to type next', async (command) => {
    const ran = await worker(command === '' ? [] : [command])
    expectTold(ran, 'usage_error')
    expect(ran.stderr).toContain('rch-xcode-worker help')
    expect(ran.stderr.includes('did you mean "setup"')).toBe(command === 'setp')
  })

  it.each([['help'], ['--help'], ['setup', '--help']])('%s %s prints the help and does nothing', async (...words) => {
    const {code, stdout} = await worker([...words, `--config=${config}`])
    expect(code).toBe(0)
    expect(stdout).toContain('rch-xcode-worker setup')
    expect(readdirSync(dir)).toEqual([])
  })

  it.each(['nobody:me', 'run', 'run:../x', 'run:me:too'])('a key for %s is told to who called', async (forced) => {
    expectAnswer(await worker([`--forced=${forced}`, `--config=${config}`], 'probe'), 'forbidden_ssh_command')
  })

  it.each(['', 'frobnicate', 'probe; rm -rf /', 'x'.repeat(100_000)])('a verb that is none (%#) is told to who called', async (verb) => {
    expectAnswer(await worker(['--forced=run:me', `--config=${config}`], verb), 'forbidden_ssh_command')
  })

  it.each(Object.keys(FILES))('a configuration that is %s', async (kind) => {
    FILES[kind]?.(config)
    expectAnswer(await worker(['--forced=run:me', `--config=${config}`], 'probe'), 'config_invalid')
    expectTold(await worker(['recover', 'job', `--config=${config}`]), 'config_invalid')
    expect(existsSync(join(dir, 'jobs_root'))).toBe(false)
  })

  it.each([
    ['nothing', Buffer.alloc(0), null],
    ['binary', Buffer.from([0, 255, 254, 10, 10]), 'protocol_error'],
    ['another shape', Buffer.from('{"op":3}\n'), 'protocol_error'],
    ['half a line', Buffer.from('{"op":"probe"'), 'protocol_error'],
    ['a line without end', Buffer.alloc(20 * 1024 * 1024, 'x'), 'protocol_error'],
  ] as const)('a request that is %s', async (_, input, code) => {
    const roots = ['stage_root', 'jobs_root', 'cache_root'].map((root) => `${root} = "${join(dir, root)}"`)
    writeFileSync(config, `name = "w"\n[roots]\n${roots.join('\n')}\n[toolchain]\nkind = "mock"\npaths = ["${dir}"]\n`)
    const ran = await worker(['--forced=run:me', `--config=${config}`], 'session', input)
    if (code === null) expect(ran).toMatchObject({code: 0, stdout: ''})
    else expectAnswer(ran, code)
  })

  async function worker(words: readonly string[], verb?: string, input: Uint8Array = Buffer.alloc(0)): Promise<Ran> {
    const env = {PATH: process.env['PATH'], HOME: dir, ...(verb === undefined ? {} : {SSH_ORIGINAL_COMMAND: verb})}
    const child = spawn(process.execPath, [HARNESS, ...words], {env})
    child.stdin.on('error', () => {})
    child.stdin.write(input)
    return followed(child).ended
  }
})

function expectTold({code, stdout, stderr}: Ran, error: ErrorCode): void {
  expect(stderr).toMatch(new RegExp(`^rch-xcode-worker: ${error}: \\S[^]*\\n {2}→ \\S`))
  expect(stderr).not.toMatch(/^\s+at /m)
  expect({code, stdout}).toEqual({code: EXIT_CODES[ERRORS[error].kind], stdout: ''})
}

function expectAnswer({stdout, stderr}: Ran, error: ErrorCode): void {
  const [line = '', ...rest] = stdout.split('\n')
  expect(rest, stdout + stderr).toEqual([''])
  expect(JSON.parse(line)).toMatchObject({
    ok: false,
    error: {error_code: error, message: expect.stringMatching(/\S/), hint: expect.stringMatching(/\S/)},
  })
  expect(stderr).not.toMatch(/^\s+at /m)
}

import {existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {ERRORS, EXIT_CODES, isErrorCode, type ErrorCode} from '@rch/contract'
import {expect} from 'vitest'
import type {Lab, Ran} from '../support/lab.ts'

const BINARY = Buffer.from([0, 1, 2, 0xff, 0xfe, 0x80, 10, 0xc3, 0x28, 13, 0])
export const HUGE = 'x'.repeat(100_000)
const MEBIBYTES = Buffer.alloc(3 * 1024 * 1024, 'a = 1\n')
const PATH = '../../../etc/passwd'

/** What a file can be instead of what it should be. */
const SPOILT: Readonly<Record<string, (path: string) => void>> = {
  binary: (path) => writeFileSync(path, BINARY),
  huge: (path) => writeFileSync(path, MEBIBYTES),
  'of another shape': (path) => writeFileSync(path, 'profiles = "none"\nworkers = 3\ndefault_profile = []\n'),
  'a folder': (path) => mkdirSync(path),
  'a link to itself': (path) => symlinkSync(basename(path), path),
}
export const KINDS = Object.keys(SPOILT)

/** Files that people write, and commands that read them. */
export const FILES: readonly {readonly name: string; readonly place: (lab: Lab) => string; readonly commands: readonly string[]}[] = [
  {name: '.rch/xcode.toml', place: (lab) => join(lab.project, '.rch/xcode.toml'), commands: ['plan', 'verify', 'build', 'test', 'stage']},
  {
    name: 'workers.toml',
    place: (lab) => join(lab.dir, 'config/workers.toml'),
    commands: ['workers', 'status', 'verify', 'destinations', 'capabilities'],
  },
  {name: 'config.toml', place: (lab) => join(lab.dir, 'config/config.toml'), commands: ['plan', 'verify', 'workers', 'runs']},
]

/** What these commands say while the file is of such a kind. */
export async function expectFileRefused(lab: Lab, {name, place}: (typeof FILES)[number], kind: string, commands: readonly string[]) {
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
}

/** Words in the place of an id, and the commands that take one there. */
export const IDS: readonly string[] = ['0123456789ab', '01a1fbbf-2673-7596-973f-6a38eeacc2d2', PATH, HUGE, '\u0001\u001b[31m', '-']
export const WITH_ID: readonly string[] = ['status', 'watch', 'cancel', 'resume', 'retry', 'artifacts', 'fetch', 'validate', 'report']

export async function expectIdRefused(lab: Lab, command: string, id: string): Promise<void> {
  expectRefusal(await lab.rch(['xcode', command, '--json', '--', id], {timeoutMs: 30_000}), [unknown(command, id)])
}

/** What a command says of an id that names nothing: those that take runs only, or also folders, say it in their own way. */
export function unknown(command: string, id: string): ErrorCode {
  if (id === HUGE) return 'usage_error'
  if (id === PATH) return ['validate', 'report'].includes(command) ? 'usage_error' : 'job_not_found'
  const asRun = ['resume', 'retry', 'artifacts', 'validate', 'report', 'explain'].includes(command)
  return id === IDS[0] && asRun ? 'run_not_found' : 'job_not_found'
}

/** A code of the registry with its exit status and a next step, in an envelope that is alone on stdout; no stack anywhere. */
export function expectRefusal(ran: Ran, codes: readonly string[]): void {
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

import {execFileSync} from 'node:child_process'
import {lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {ERRORS, EXIT_CODES, type ErrorCode} from '@rch/contract'
import {installMockXcode, type Scenario} from '@rch/mock-xcode'
import {expect} from 'vitest'
import {setScenario} from '../support/lab-tools.ts'
import type {Lab, Ran} from '../support/lab.ts'

/** How a code is brought about through the shipped `rch`. */
export interface Provocation {
  /** Runs first, and succeeds. */
  readonly before?: readonly string[]
  readonly args: readonly string[]
  /** Makes it wrong; what it touches is put back afterwards. */
  readonly spoil?: (lab: Lab) => void
  readonly over?: 'ssh'
  readonly env?: (lab: Lab) => NodeJS.ProcessEnv
}

export type Provocations = Readonly<Partial<Record<ErrorCode, Provocation>>>

export const BUILD = ['xcode', 'build', '--json'] as const

export function set(...pairs: readonly string[]): readonly string[] {
  return [...BUILD, ...pairs.flatMap((pair) => ['--set', pair])]
}

/** What a worker said is believed for an hour, or not at all. */
export const LONG_KNOWN = set('worker.probe_ttl_seconds=3600')
export const JUST_ASKED = set('worker.probe_ttl_seconds=0')

export function inProject(lab: Lab, ...path: readonly string[]): string {
  return join(lab.project, ...path)
}

/** Replaces something in workers.toml. */
export function entry(from: RegExp, to: string): (lab: Lab) => void {
  return (lab) => {
    const file = join(lab.dir, 'config/workers.toml')
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  }
}

/** Adds text to the worker's own configuration. */
export function workerToml(text: string): (lab: Lab) => void {
  return (lab) => {
    const {config} = lab.workers[0] ?? expect.fail('the lab has no worker')
    writeFileSync(config, `${readFileSync(config, 'utf8')}\n${text}\n`)
  }
}

/** What an Xcode is like that somebody just installed: the worker has not looked at it yet. */
export function installed(lab: Lab, scenario: Scenario): void {
  setScenario(lab, scenario)
  rmSync(join(lab.workers[0]?.root ?? '', 'jobs/probe.json'), {force: true})
}

/** The answer has this code, the exit status of the registry, and words that are filled in. */
export function expectCode(ran: Ran, code: ErrorCode): void {
  const said = `${ran.code} ${ran.stdout} ${ran.stderr}`
  const answer = ran.json()
  expect(answer.error_code, said).toBe(code)
  expect(ran.code, said).toBe(EXIT_CODES[ERRORS[code].kind])
  expect(answer.errors[0]?.message, said).toMatch(/\S/)
  expect(answer.errors[0]?.hint, said).toMatch(/\S/)
  expect(answer.errors[0]?.hint, said).not.toMatch(/\{\w+\}/)
}

/**
 * Remembers project, inventory, configurations and the mock Xcode; the answer puts them back. Where the worker or its Xcode was
 * another in between, what was learned of it is forgotten too: to ask again costs more than most provocations.
 */
export function keep(lab: Lab): () => void {
  const copy = join(lab.dir, 'kept')
  const files = [join(lab.dir, 'config/workers.toml'), ...lab.workers.map(({config}) => config)].map(
    (file) => [file, readFileSync(file)] as const,
  )
  const xcode = stateOf(join(lab.dir, 'xcode'))
  mkdirSync(copy)
  execFileSync('cp', ['-a', `${lab.project}/.`, copy])
  return () => {
    for (const name of readdirSync(lab.project)) rmSync(join(lab.project, name), {recursive: true, force: true})
    execFileSync('cp', ['-a', `${copy}/.`, lab.project])
    rmSync(copy, {recursive: true})
    const others = files.filter(([file, bytes]) => !bytes.equals(readFileSync(file)))
    for (const [file, bytes] of others) writeFileSync(file, bytes)
    if (others.length === 0 && stateOf(join(lab.dir, 'xcode')) === xcode) return
    installMockXcode(join(lab.dir, 'xcode'))
    installed(lab, {})
    setScenario(lab, null)
    forget(lab)
  }
}

/** Makes the host ask its workers again. */
export function forget(lab: Lab): void {
  rmSync(join(lab.dir, 'cache/rch/probes'), {recursive: true, force: true})
}

/** What is below a folder, and since when. */
function stateOf(folder: string): string {
  return readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .map((path) => `${path} ${lstatSync(join(folder, path)).mtimeMs}`)
    .toSorted()
    .join('\n')
}

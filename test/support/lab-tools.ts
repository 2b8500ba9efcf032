import {spawn, spawnSync, type ChildProcess} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {DatabaseSync} from 'node:sqlite'
import type {Phase, Scenario} from '@rch/mock-xcode'
import {RCH, type Lab, type LabWorker, type Ran} from './lab.ts'

/** What the mock Xcode of a lab does wrong from now on; `null`: nothing. The source, and so every identity, stays as it is. */
export function setScenario(lab: Lab, scenario: Scenario | null): void {
  const file = join(lab.dir, 'xcode/.rch-mock.json')
  if (scenario === null) rmSync(file, {force: true})
  else writeFileSync(file, JSON.stringify(scenario))
}

/** Has the mock Xcode wait at the beginning of a phase until `release` is called; the scenario counts from now on as with `setScenario`. */
export function holdAt(lab: Lab, phase: Phase): {readonly release: () => void} {
  const file = join(lab.dir, `released-${randomUUID()}`)
  setScenario(lab, {wait_for: {[phase]: file}})
  return {release: () => writeFileSync(file, '')}
}

/** Replaces text in a file of the lab's project. */
export function edit(lab: Lab, file: string, from: string, to: string): void {
  const path = join(lab.project, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`)
  writeFileSync(path, text.replace(from, to))
}

/** A change to the source that compiles and passes. */
export function touchSource(lab: Lab, text: string): void {
  writeFileSync(
    join(lab.project, 'Sources/HelloKit/Tally.swift'),
    `// ${text}\n${readFileSync(join(lab.project, 'Sources/HelloKit/Tally.swift'), 'utf8')}`,
  )
}

export function readJson(...path: readonly string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(join(...path), 'utf8'))
}

export function linesOf(...path: readonly string[]): readonly string[] {
  return readFileSync(join(...path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** The event stream of a sealed set or of a job's folder. */
export function eventsOf(set: string): readonly (Readonly<Record<string, unknown>> & {readonly type: string})[] {
  return linesOf(set, 'events.ndjson').map((line) => JSON.parse(line))
}

/** The directories of the jobs on a worker. */
export function workerJobs(worker: LabWorker): readonly string[] {
  const root = join(worker.root, 'jobs')
  if (!existsSync(root)) return []
  return readdirSync(root)
    .map((name) => join(root, name))
    .filter((path) => existsSync(join(path, 'job_request.json')) || existsSync(join(path, 'control.json')))
}

/** Waits until every job of the lab's first worker is sealed. */
export async function allSealed(lab: Lab): Promise<void> {
  const [worker] = lab.workers
  if (worker === undefined) throw new Error('the lab has no worker')
  await until('the seals', () => workerJobs(worker).every((job) => existsSync(join(job, 'artifacts/job_index.json'))))
}

/** The rows of the worker's job table. */
export function jobRows(worker: LabWorker): readonly Readonly<Record<string, unknown>>[] {
  const db = new DatabaseSync(join(worker.root, 'jobs/state.sqlite3'), {readOnly: true, timeout: 30_000})
  try {
    return db.prepare('SELECT * FROM jobs').all()
  } finally {
    db.close()
  }
}

/** How often a backend was started for a job: once, or something ran twice. */
export function backendStarts(job: string): number {
  const file = join(job, 'artifacts/events.ndjson')
  return existsSync(file) ? eventsOf(join(job, 'artifacts')).filter(({type}) => type === 'job_started').length : 0
}

/** Waits for something that a process does; throws after `ms`. */
export async function until<T>(what: string, look: () => T | undefined | null | false, ms = 30_000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = look()
    if (found !== undefined && found !== null && found !== false) return found
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`)
    await delay(20)
  }
}

/** A started `rch` with its output, to talk to while it runs. */
export function followed(child: ChildProcess): {
  readonly text: () => string
  readonly ended: Promise<Ran>
  says(what: RegExp, ms?: number): Promise<string>
} {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin?.on('error', () => {})
  child.stdin?.end()
  const text = (): string => Buffer.concat([...out, ...err]).toString()
  const ended = new Promise<Ran>((resolve) =>
    child.on('close', (code, signal) => {
      const stdout = Buffer.concat(out).toString()
      resolve({code, signal, stdout, stderr: Buffer.concat(err).toString(), json: () => JSON.parse(stdout)})
    }),
  )
  return {text, ended, says: (what, ms) => until(String(what), () => what.exec(text())?.[0], ms)}
}

/** Living processes of a job, by the marker in their environment. */
export function processesOf(jobId: string): readonly number[] {
  const {stdout} = spawnSync('ps', ['-eo', 'pid=,stat=,args=', 'e'], {encoding: 'utf8', maxBuffer: 64 * 1024 * 1024})
  return stdout
    .split('\n')
    .filter((line) => line.includes(`RCH_JOB_ID=${jobId}`) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number(line.trim().split(/\s+/)[0]))
}

/** Processes of a lab's own harness whose command line holds `what`; by this lab's configuration files, nobody else's. */
export function harnessProcesses(lab: Lab, what: string): readonly number[] {
  const {stdout} = spawnSync('ps', ['-eo', 'pid=,args='], {encoding: 'utf8', maxBuffer: 64 * 1024 * 1024})
  return stdout
    .split('\n')
    .filter((line) => line.includes('rch-xcode-worker') && line.includes(what) && lab.workers.some(({config}) => line.includes(config)))
    .filter((line) => !/\b(?:sh|bash|sshd)\b[^/]*-c/.test(line))
    .map((line) => Number(line.trim().split(/\s+/)[0]))
}

/** Whether `rchInTerminal` can work here. */
export const hasTerminals = spawnSync('sh', ['-c', 'command -v script']).status === 0

/** Runs the shipped `rch` in a pseudo terminal, where somebody could answer; what it shows comes as `stdout`. */
export async function rchInTerminal(lab: Lab, args: readonly string[]): Promise<Ran> {
  const words = [process.execPath, RCH, ...args]
  const command =
    process.platform === 'darwin'
      ? ['-q', '/dev/null', ...words]
      : ['-qec', words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' '), '/dev/null']
  const {CI: _, ...env} = lab.env
  return followed(spawn('script', command, {cwd: lab.project, env: {...env, TERM: 'xterm-256color'}, stdio: ['pipe', 'pipe', 'pipe']}))
    .ended
}

/** Makes a file look as if it had been written so many seconds ago. */
export function age(path: string, seconds: number): void {
  const then = Date.now() / 1000 - seconds
  utimesSync(path, then, then)
}

/** Makes every content that a worker has look as if nobody had used it for a year. */
export function ageBlobs(worker: LabWorker): void {
  for (const entry of readdirSync(join(worker.root, 'cache/blobs'), {recursive: true, withFileTypes: true})) {
    try {
      if (entry.isFile()) age(join(entry.parentPath, entry.name), 400 * 24 * 3600)
    } catch {
      // Collected, or renamed into its place, meanwhile.
    }
  }
}

import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import type {ChildProcess} from 'node:child_process'
import type {SampleName, Scenario} from '@rch/mock-xcode'
import {createLab, type Lab} from './lab.ts'

/** One job that two backends are compared on. */
export interface EqualityJob {
  readonly name: string
  readonly sample: SampleName
  /** Words after `rch xcode`. */
  readonly args: readonly string[]
  /** The exit status of `rch`. */
  readonly exit: number
  /** What the tools do wrong. */
  readonly scenario?: Scenario
  /** Changes the project first. */
  readonly edit?: (lab: Lab) => void
  readonly env?: NodeJS.ProcessEnv
  /** Called once `REACHED` stands in the log on the worker. */
  readonly during?: (lab: Lab, host: ChildProcess) => void | Promise<void>
  /** XcodeBuildMCP cannot express it, so that xcodebuild runs it. */
  readonly fallsBack?: true
  /** A test that ends in one of its two halves. */
  readonly halfway?: true
}

/** What a job left behind, as one comparable value. */
export interface Observed {
  readonly exit: number | null
  readonly summary: Json
  readonly build: Json
  readonly tests: Json
  readonly environment: Json
  readonly events: readonly Json[]
  readonly files: readonly string[]
  /** As it was recorded, nothing left out. */
  readonly raw: {readonly summary: Record<string, Json>; readonly log: string; readonly events: readonly Record<string, Json>[]}
}

export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json}

/** What differs between any two runs, whatever runs them: names, times, and digests of what holds them. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  'run_id',
  'job_id',
  'job_key',
  'host_id',
  'lease_id',
  'created_at',
  'timestamp',
  'monotonic_ms',
  'sequence',
  'started_at',
  'finished_at',
  'duration_ms',
  'seconds',
  'events_sha256',
  'job_request_sha256',
])

/** The differences that the two backends may show, and why. Nothing else may differ. */
export const ALLOWED_DIFFERENCES = {
  backend: 'it names the one that ran',
  backend_exit_code: 'XcodeBuildMCP does not tell the exit status of xcodebuild; `errors[].data.exit_code` repeats it',
  backend_term_signal: 'nor the signal that ended it; `errors[].data.signal` and the message repeat it',
  verdict: 'a test is two runs of xcodebuild, with a verdict each: TEST BUILD and TEST EXECUTE for TEST',
  halfway:
    'so a test that ends in one half of it, by a failing build or a stop, tells of that half alone: phases, targets, failed commands and what stood for the whole',
  reaped: 'of a stopped job the process of XcodeBuildMCP is counted too',
  bytes: 'build.log holds two runs for a test, and absolute paths in the command line; sizes follow',
  bundle: 'a result bundle names its files by their content',
} as const

const LEFT_OUT: ReadonlySet<string> = new Set<keyof typeof ALLOWED_DIFFERENCES | 'log_bytes'>([
  'backend',
  'backend_exit_code',
  'backend_term_signal',
  'verdict',
  'reaped',
  'bytes',
  'log_bytes',
])

const LEFT_OUT_HALFWAY: readonly string[] = ['phases', 'targets', 'failed_commands', 'source', 'outcome', 'unmarked_failures']
const EVENTS_OF_HALVES: ReadonlySet<Json | undefined> = new Set(['phase_started', 'phase_completed', 'target_completed', 'warning'])

/** Runs a job in a laboratory of its own, through the shipped binaries, and reads what it left. */
export async function observe(job: EqualityJob, backend: string): Promise<Observed> {
  const lab = await createLab({transport: 'local', sample: job.sample})
  try {
    job.edit?.(lab)
    if (job.scenario !== undefined) writeFileSync(join(lab.dir, 'xcode/.rch-mock.json'), JSON.stringify(job.scenario))
    const args = ['xcode', ...job.args, '--json', '--backend', backend]
    const exit = await run(lab, job, args)
    const [set] = lab.sealedSets()
    if (set === undefined) throw new Error(`${job.name} on ${backend} left no sealed set`)
    return read(lab, set, exit, job)
  } finally {
    await lab.stop()
  }
}

async function run(lab: Lab, {during, env = {}}: EqualityJob, args: readonly string[]): Promise<number | null> {
  const host = lab.start(args, {env})
  host.stdin?.end()
  host.stdout?.resume()
  host.stderr?.resume()
  const ended = new Promise<number | null>((resolve) => host.on('close', (code) => resolve(code)))
  if (during !== undefined) {
    await reached(lab)
    await during(lab, host)
  }
  return ended
}

/** A scenario prints it where the job shall be when something happens to it. */
export const REACHED = 'note: reached'

async function reached({workers: [worker]}: Lab): Promise<void> {
  for (;;) {
    const jobs = join(worker?.root ?? '', 'jobs')
    const logs = existsSync(jobs) ? readdirSync(jobs).map((job) => join(jobs, job, 'artifacts/build.log')) : []
    if (logs.some((log) => existsSync(log) && readFileSync(log, 'utf8').includes(REACHED))) return
    await delay(50)
  }
}

function read(lab: Lab, set: string, exit: number | null, job: EqualityJob): Observed {
  const text = (name: string): string => readFileSync(join(set, name), 'utf8')
  const document = (name: string): Record<string, Json> => JSON.parse(text(name))
  const files = list(set)
  const events: Record<string, Json>[] = text('events.ndjson')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  const leftOut = job.halfway === true ? new Set([...LEFT_OUT, ...LEFT_OUT_HALFWAY]) : LEFT_OUT
  const plain = (value: Json): Json => comparable(value, lab.dir, leftOut)
  return {
    exit,
    summary: plain(document('summary.json')),
    build: plain(document('build_summary.json')),
    tests: files.includes('test_summary.json') ? plain(document('test_summary.json')) : null,
    environment: plain(document('executor_env.json')),
    events: events.filter((event) => isCompared(event, job)).map(plain),
    files: [...new Set(files.map((file) => file.replace(/(result\.xcresult\/Data\/)[^/]+$/, '$1*')))],
    raw: {summary: document('summary.json'), log: text('build.log'), events},
  }
}

function isCompared({type, code}: Record<string, Json>, {fallsBack, halfway}: EqualityJob): boolean {
  if (type === 'heartbeat') return false
  if (fallsBack === true && type === 'warning' && code === 'backend_unavailable') return false
  return !(halfway === true && EVENTS_OF_HALVES.has(type))
}

/** The value without what may differ. */
function comparable(value: Json, dir: string, leftOut: ReadonlySet<string>): Json {
  if (typeof value === 'string')
    return value
      .replaceAll(/(xcodebuild ended by ).*/g, '$1…')
      .replaceAll(dir, 'LAB')
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'ID')
      .replaceAll(/\bns_[0-9a-f]{40}\b/g, 'NS')
  if (Array.isArray(value)) return value.map((item: Json) => comparable(item, dir, leftOut))
  if (typeof value !== 'object' || value === null) return value
  const members: Record<string, Json> = {}
  for (const [name, member] of Object.entries(value)) {
    if (OF_THE_RUN.has(name) || leftOut.has(name)) continue
    members[name] = comparable(name === 'errors' ? withoutStatus(member) : member, dir, leftOut)
  }
  if (members['type'] === 'simulator') delete members['detail']
  return members
}

function withoutStatus(errors: Json): Json {
  const text = JSON.stringify(errors)
    .replaceAll(/"(exit_code|signal)":(\d+|null|"\w+"),?/g, '')
    .replaceAll(',}', '}')
  return JSON.parse(text)
}

function list(folder: string): string[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}

import {spawn, type ChildProcess} from 'node:child_process'
import {appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {execFileSync} from 'node:child_process'
import {installMockXcode, samplesDirectory, type SampleName} from '@rch/mock-xcode'
import {startSshd, type Sshd} from './sshd.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const RCH = join(ROOT, 'bin/run.js')
export const HARNESS = join(ROOT, 'bin/rch-xcode-worker.js')

/** What a shipped binary did. */
export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** The envelope of `--json`. */
  json(): Envelope
}

export interface Envelope extends Readonly<Record<string, unknown>> {
  readonly kind: string
  readonly ok: boolean
  readonly error_code: string | null
  readonly errors: readonly {
    readonly code: string
    readonly message: string
    readonly hint: string | null
    readonly data: Record<string, unknown>
  }[]
}

/** One worker of a lab: its roots, its configuration and, over SSH, its sshd. */
export interface LabWorker {
  readonly name: string
  readonly root: string
  readonly config: string
  readonly sshd: Sshd | null
}

export interface LabOptions {
  readonly sample?: SampleName
  readonly transport?: 'local' | 'ssh'
  readonly backend?: 'xcodebuild' | 'xcodebuildmcp'
  readonly workers?: readonly string[]
  /** Added to each worker.toml. */
  readonly workerToml?: string
  /** Added to each `[[workers]]` table. */
  readonly workerEntry?: string
  /** Makes a key that may run anything, to compare with. */
  readonly jump?: boolean
  /** What the key runs in place of the shipped harness: a script that starts it, and looks on. */
  readonly harness?: string
  /** Where the SSH connections go instead of the sshd itself: a proxy's port. */
  readonly via?: (sshd: Sshd) => Promise<{readonly port: number}>
}

/** A host, a repository with a sample, and workers on mock Xcode, all in one temporary folder. Nothing of the user's is touched. */
export interface Lab extends AsyncDisposable {
  readonly dir: string
  readonly project: string
  readonly workers: readonly LabWorker[]
  readonly env: NodeJS.ProcessEnv
  /** Runs the shipped `rch` to its end. */
  rch(
    args: readonly string[],
    options?: {readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string; readonly timeoutMs?: number},
  ): Promise<Ran>
  /** Starts the shipped `rch` and hands the process over. */
  start(args: readonly string[], options?: {readonly cwd?: string; readonly env?: NodeJS.ProcessEnv}): ChildProcess
  git(...args: readonly string[]): string
  /** The sealed sets on this host, by job id. */
  sealedSets(): readonly string[]
  stop(): Promise<void>
}

export async function createLab(options: LabOptions = {}): Promise<Lab> {
  const {sample = 'HelloKit', transport = 'ssh', workers: names = ['w1']} = options
  const dir = mkdtempSync(join(tmpdir(), 'rch-lab-'))
  const project = join(dir, 'project')
  cpSync(join(samplesDirectory(), sample), project, {recursive: true})
  // XcodeBuildMCP, which a profile prefers, takes seconds to start: only tests about it choose it.
  appendFileSync(join(project, '.rch/xcode.toml'), `\n[profiles.demo.backend]\npreferred = "${options.backend ?? 'xcodebuild'}"\n`)
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.email=lab@example.invalid', '-c', 'user.name=lab', '-c', 'init.defaultBranch=main', ...args], {
      cwd: project,
      encoding: 'utf8',
      env: {PATH: process.env['PATH'], HOME: dir, GIT_CONFIG_NOSYSTEM: '1'},
    })
  git('init', '-q')
  git('add', '-A')
  git('commit', '-qm', 'sample')
  const xcode = join(dir, 'xcode')
  installMockXcode(xcode)
  const workers: LabWorker[] = []
  const entries: string[] = []
  for (const name of names) {
    const root = join(dir, name)
    mkdirSync(root)
    const config = join(root, 'worker.toml')
    writeFileSync(
      config,
      `name = "${name}"\n${options.workerToml ?? ''}\n[roots]\nstage_root = "${root}/stage"\njobs_root = "${root}/jobs"\ncache_root = "${root}/cache"\n[toolchain]\nkind = "mock"\npaths = ["${xcode}"]\n`,
    )
    const sshd =
      transport === 'ssh'
        ? await startSshd({
            harness: [process.execPath, options.harness ?? HARNESS, `--config=${config}`],
            owner: 'lab',
            ...(options.jump === undefined ? {} : {jump: options.jump}),
          })
        : null
    workers.push({name, root, config, sshd})
    const port = sshd === null ? 0 : ((await options.via?.(sshd))?.port ?? sshd.port)
    entries.push(
      sshd === null
        ? `[[workers]]\nname = "${name}"\ntransport = "local"\nworker_config = "${config}"\n${options.workerEntry ?? ''}`
        : `[[workers]]\nname = "${name}"\nhost = "127.0.0.1"\nport = ${port}\nuser = "${sshd.user}"\nrun_key = "${sshd.keys.run}"\nhost_key_fingerprint = "${sshd.fingerprint}"\n${options.workerEntry ?? ''}`,
    )
  }
  mkdirSync(join(dir, 'config'))
  writeFileSync(join(dir, 'config/workers.toml'), `schema_version = 1\n\n${entries.join('\n')}`)
  const env: NodeJS.ProcessEnv = {
    PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
    HOME: dir,
    XDG_DATA_HOME: join(dir, 'data'),
    XDG_STATE_HOME: join(dir, 'state'),
    XDG_CACHE_HOME: join(dir, 'cache'),
    RCH_CONFIG_DIR: join(dir, 'config'),
    RCH_XCODE_WORKER: HARNESS,
    NO_COLOR: '1',
    LANG: 'C.UTF-8',
    TMPDIR: process.env['TMPDIR'] ?? tmpdir(),
  }
  const start: Lab['start'] = (args, {cwd = project, env: more = {}} = {}) =>
    spawn(process.execPath, [RCH, ...args], {cwd, env: {...env, ...more}, stdio: ['pipe', 'pipe', 'pipe']})
  const rch: Lab['rch'] = async (args, {input, timeoutMs = 120_000, ...rest} = {}) => {
    const child = start(args, rest)
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk))
    child.stdin?.on('error', () => {})
    child.stdin?.end(input ?? '')
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.on('close', (...ended) => resolve(ended)),
    )
    clearTimeout(timer)
    const stdout = Buffer.concat(out).toString()
    return {code, signal, stdout, stderr: Buffer.concat(err).toString(), json: () => JSON.parse(stdout)}
  }
  const stop = async (): Promise<void> => {
    for (const worker of workers) {
      endSupervisors(join(worker.root, 'jobs'))
      await worker.sshd?.stop()
    }
    rmSync(dir, {recursive: true, force: true, maxRetries: 5, retryDelay: 100})
  }
  return {
    dir,
    project,
    workers,
    env,
    git,
    rch,
    start,
    sealedSets: () => sealedSets(join(dir, 'data/rch/artifacts/repos')),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function sealedSets(repos: string): string[] {
  return list(repos).flatMap((repo) =>
    list(join(repos, repo, 'jobs'))
      .filter((name) => !name.includes('.'))
      .map((job) => join(repos, repo, 'jobs', job)),
  )
}

/** A test that failed midway leaves no job running behind: only processes that its own workers recorded are ended. */
function endSupervisors(jobs: string): void {
  for (const job of list(jobs)) {
    try {
      const control: {supervisor: {pid: number}; backends: {pid: number}[]} = JSON.parse(
        readFileSync(join(jobs, job, 'control.json'), 'utf8'),
      )
      if (list(join(jobs, job, 'artifacts')).includes('job_index.json')) continue
      for (const {pid} of [control.supervisor, ...control.backends]) process.kill(pid, 'SIGKILL')
    } catch {
      // It was never started, or has ended.
    }
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

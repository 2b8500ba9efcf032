import {spawn} from 'node:child_process'
import {closeSync, existsSync, openSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {WorkerContext} from './context.ts'
import {isAlive, startTime} from '../infra/process-identity.ts'
import {readControl} from './supervisor/control.ts'
import {claimRecovery, findJob, unsealedJobs} from './state/jobs.ts'
import {makeDirectory} from '../infra/files.ts'

/** How long an accepted job may be without a supervisor: from the row's commit to the supervisor's first file. */
const START_GRACE_MS = 15_000

/** Looks after every job whose supervisor is gone. Cheap when all is well; called by verbs that would otherwise wait in vain. */
export async function recoverJobs(context: WorkerContext): Promise<void> {
  for (const job of unsealedJobs(context.db, null)) await recoverJob(context, job.job_id)
}

/**
 * Starts a supervisor for a job that lost its own: it completes the seal, or ends what still runs and seals the job as failed
 * (`worker_restarted`). At most one process does so for a job.
 */
export async function recoverJob(context: WorkerContext, jobId: string): Promise<void> {
  const job = findJob(context.db, jobId)
  if (job === undefined || job.job_index_sha256 !== null) return
  const layout = context.layout.job(jobId)
  const control = readControl(layout.control)
  if (control === undefined ? Date.now() - job.submitted_at < START_GRACE_MS : isAlive(control.supervisor)) return
  if (!claimRecovery(context.db, jobId, process.pid, (pid) => startTime(pid) !== null)) return
  await startSupervisor(context, 'recover', jobId, null)
}

/**
 * Starts a supervisor as a process of its own: own session, no inherited channel but the forwarded values on its stdin. Resolves
 * once it has taken over (its control file is there) or has ended.
 */
export async function startSupervisor(
  context: WorkerContext,
  mode: 'supervise' | 'recover',
  jobId: string,
  env: Readonly<Record<string, string>> | null,
): Promise<void> {
  const layout = context.layout.job(jobId)
  makeDirectory(layout.work)
  const before = readControl(layout.control)?.supervisor.pid
  const log = openSync(join(layout.work, 'supervisor.log'), 'a', 0o600)
  try {
    const config = context.config.file === null ? [] : [`--config=${context.config.file}`]
    const child = spawn(process.execPath, [HARNESS, mode, jobId, ...config], {
      detached: true,
      stdio: ['pipe', log, log],
      cwd: layout.root,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        ...pick(process.env, 'TMPDIR', 'LANG', 'USER', 'LOGNAME', 'RCH_MOCK_STATE'),
      },
    })
    const ended = new Promise<void>((resolve) => {
      child.on('error', () => resolve())
      child.on('exit', () => resolve())
    })
    child.stdin?.on('error', () => {
      // It ended before it read: recovery will tell.
    })
    child.stdin?.end(JSON.stringify(env ?? {}))
    const until = Date.now() + START_GRACE_MS
    while (child.exitCode === null && child.signalCode === null && child.pid !== undefined && Date.now() < until) {
      const control = existsSync(layout.control) ? readControl(layout.control) : undefined
      if (control !== undefined && control.supervisor.pid !== before) break
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10))])
    }
    child.unref()
  } finally {
    closeSync(log)
  }
}

const HARNESS = fileURLToPath(new URL('../../bin/rch-xcode-worker.js', import.meta.url))

function pick(env: NodeJS.ProcessEnv, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
}

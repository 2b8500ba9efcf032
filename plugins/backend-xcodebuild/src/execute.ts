import {spawn} from 'node:child_process'
import {RchError, type BackendExit, type BackendIo, type Invocation} from '@rch/contract'

/**
 * Starts the process as the leader of its own session and reads it to the end. Standard error joins standard output before
 * the program starts, so that the log has the order in which things were written. Ending it is the caller's: its whole group is.
 * Throws `backend_start_failed` when the program could not be executed.
 */
export async function execute(invocation: Invocation, io: BackendIo, signal: AbortSignal): Promise<BackendExit> {
  const child = spawn('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', ...invocation.argv], {
    cwd: invocation.cwd,
    env: {...invocation.env},
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  child.stdout.on('data', (chunk: Buffer) => io.output(chunk, 'stdout'))
  // A survivor may hold the pipe open after the process ended; once the caller has given up on the job nobody waits for it.
  const stop = (): void => {
    child.stdout.destroy()
  }
  signal.addEventListener('abort', stop, {once: true})
  try {
    return await new Promise<BackendExit>((resolve, reject) => {
      child.on('error', reject)
      child.on('spawn', () => {
        if (child.pid !== undefined) io.started({pid: child.pid})
      })
      child.on('close', (exit_code, term_signal) => {
        if (NOT_EXECUTED.has(exit_code)) reject(notExecuted(invocation, exit_code))
        else resolve({exit_code, term_signal, conclusion: null})
      })
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** What a shell leaves with when it cannot execute a program. xcodebuild's own statuses are those of sysexits(3), 64 and above, and 1. */
const NOT_EXECUTED: ReadonlySet<number | null> = new Set([126, 127])

function notExecuted({argv}: Invocation, status: number | null): RchError {
  const backend = argv[0] ?? 'xcodebuild'
  return new RchError('backend_start_failed', undefined, {
    data: {backend, problem: `the shell could not execute it (status ${status}); the end of build.log says why`},
  })
}

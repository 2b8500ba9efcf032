import {spawn} from 'node:child_process'
import type {BackendExit, BackendIo, Invocation} from '@rch/contract'

/**
 * Starts the process as the leader of its own session and reads it to the end. Standard error joins standard output before
 * the program starts, so that the log has the order in which things were written. Ending it is the caller's: its whole group is.
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
      child.on('close', (exit_code, term_signal) => resolve({exit_code, term_signal, conclusion: null}))
    })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

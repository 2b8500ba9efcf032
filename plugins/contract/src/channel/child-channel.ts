import type {ChildProcessWithoutNullStreams} from 'node:child_process'
import type {ChannelEnd, HarnessChannel} from './channel.ts'

/** How long output may still be on its way once the process is gone; a grandchild may hold the pipe open for ever. */
const OUTPUT_GRACE_MS = 1000

/** A child process that speaks the protocol on its stdio as a channel. A failed start is an end with a `problem`. */
export function childChannel(child: ChildProcessWithoutNullStreams): HarnessChannel {
  const ended = new Promise<ChannelEnd>((resolve) => {
    child.on('error', (error) => resolve({exitCode: null, signal: null, problem: error.message}))
    child.once('close', (exitCode, signal) => resolve({exitCode, signal, problem: null}))
    child.once('exit', (exitCode, signal) => {
      setTimeout(() => resolve({exitCode, signal, problem: null}), OUTPUT_GRACE_MS).unref()
    })
  })
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    destroy: () => {
      child.kill('SIGKILL')
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
    },
  }
}

import {EXIT_CODES} from '@rch/contract/errors'
import type {RunProgress} from '../app/run/progress.ts'
import {onReaderGone} from '../infra/reader-gone.ts'

/** What Ctrl-C means to a run while it goes on. */
export interface StopOnInterrupt {
  readonly signal: AbortSignal
  /** From here on the run has an id, and can be gone on with. */
  runIs(runId: string): void
  /** Told whatever happens: it says when the run has an id, and when a job is sealed and only what it left is to be brought home. */
  heard(progress: RunProgress): void
  dispose(): void
}

/** How long a worker may take to end a job before nobody waits for it any more. */
const SEAL_LIMIT_MS = 30_000

/**
 * The first Ctrl-C asks the worker to stop, and its seal is waited for, but not for ever; a second one ends this process at once,
 * the run going on to its end. A reader that went away stops the run as well, since nobody waits for it any more; a detached one is
 * meant to go on.
 */
export function stopOnInterrupt({detach}: {readonly detach: boolean}): StopOnInterrupt {
  const controller = new AbortController()
  let resume: string | null = null
  let limit: NodeJS.Timeout | undefined
  const runIs = (runId: string): void => {
    resume = `rch xcode resume ${runId.slice(0, 12)}`
  }
  const leave = (said: string, status: number): never => {
    process.stderr.write(`rch: ${said}; ${resume === null ? 'nothing was started' : `the run is kept\n  → ${resume}`}\n`)
    process.exit(status)
  }
  const stop = (): void => {
    controller.abort()
    limit ??= setTimeout(
      () => leave(`the worker has not ended the job within ${SEAL_LIMIT_MS / 1000} s`, EXIT_CODES.CANCELLED),
      SEAL_LIMIT_MS,
    ).unref()
  }
  const onSignal = (): void => {
    if (controller.signal.aborted) leave('ended', 130)
    stop()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const forget = onReaderGone(() => {
    if (!detach) stop()
  })
  return {
    signal: controller.signal,
    runIs,
    heard: (progress) => {
      if (progress.type === 'run_started') runIs(progress.run_id)
      if (progress.type === 'event' && progress.event.type === 'complete') clearTimeout(limit)
    },
    dispose: () => {
      clearTimeout(limit)
      forget()
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

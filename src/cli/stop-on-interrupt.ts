import {onReaderGone} from '../infra/reader-gone.ts'

/** What Ctrl-C means to a run while it goes on. */
export interface StopOnInterrupt {
  readonly signal: AbortSignal
  /** From here on the run has an id, and can be gone on with. */
  runIs(runId: string): void
  dispose(): void
}

/**
 * The first Ctrl-C asks the worker to stop; a second one ends this process at once, the run going on to its end. A reader that went away
 * stops the run as well, since nobody waits for it any more; a detached one is meant to go on.
 */
export function stopOnInterrupt({detach}: {readonly detach: boolean}): StopOnInterrupt {
  const controller = new AbortController()
  let resume: string | null = null
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      process.stderr.write(`rch: ended; ${resume === null ? 'nothing was started' : `the run is kept\n  → ${resume}`}\n`)
      process.exit(130)
    }
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const forget = onReaderGone(() => {
    if (!detach) controller.abort()
  })
  return {
    signal: controller.signal,
    runIs: (runId) => {
      resume = `rch xcode resume ${runId.slice(0, 12)}`
    },
    dispose: () => {
      forget()
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

/** The first Ctrl-C asks the worker to stop; a second one ends this process at once, the run going on to its end. */
export function stopOnInterrupt(): {readonly signal: AbortSignal; dispose(): void} {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      process.stderr.write('rch: ended; the run is kept: `rch xcode status` shows it\n')
      process.exit(130)
    }
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    dispose: () => {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}

/** Tells that work goes on while nothing else is said. */
export interface SignOfLife {
  /** Something was said: the silence begins anew. */
  heard(): void
  stop(): void
}

/**
 * Calls `say` with the seconds of silence: before every two of them have gone by at first, then after twice as long each time, up to half
 * a minute, so that a long build fills no log. Never keeps the process alive.
 */
export function signOfLife(say: (seconds: number) => void): SignOfLife {
  let timer: NodeJS.Timeout | undefined
  let since = performance.now()
  let stopped = false
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      say(Math.round((performance.now() - since) / 1000))
      const silentMs = performance.now() - since
      wait(silentMs < OFTEN_MS ? FIRST_MS : Math.min(ms * 2, LONGEST_MS))
    }, ms)
    timer.unref()
  }
  wait(FIRST_MS)
  return {
    heard: () => {
      if (stopped) return
      clearTimeout(timer)
      since = performance.now()
      wait(FIRST_MS)
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
    },
  }
}

const FIRST_MS = 1900
/** As long as most waits last. */
const OFTEN_MS = 10_000
const LONGEST_MS = 30_000

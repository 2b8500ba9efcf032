const listeners = new Set<() => void>()
let gone = false

/**
 * A reader that went away (`… | head -1`) ends this process with 141, as SIGPIPE ends a tool of the system: quietly and at once, or, where
 * a command has something to end first (`onReaderGone`), when that is done. Anything else that is wrong with the output is thrown.
 */
export function guardOutput(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      if (listeners.size === 0) process.exit(gone ? READER_GONE : (process.exitCode ?? READER_GONE))
      if (gone) return
      gone = true
      process.once('exit', () => (process.exitCode = READER_GONE))
      for (const listener of listeners) listener()
    })
  }
}

/** Whether somebody who was written to has gone: nothing more is said. */
export function isReaderGone(): boolean {
  return gone
}

/** From now on a reader that goes away is the caller's to deal with; its process goes on. Answers how to give that up. */
export function onReaderGone(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const READER_GONE = 141

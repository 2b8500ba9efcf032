/** One line of a terminal that says how many files were read so far, and goes away. Nothing where nobody would see it move. */
export function readingLine(
  stream: NodeJS.WriteStream,
  wanted: boolean,
): {readonly read: (files: number) => void; readonly end: () => void} {
  let shownAt = performance.now()
  let shown = false
  return {
    read(files) {
      const now = performance.now()
      if (!wanted || !stream.isTTY || now - shownAt < EVERY_MS) return
      shownAt = now
      shown = true
      stream.write(`\r\u001b[Kreading the source: ${files} files`)
    },
    end() {
      if (shown) stream.write('\r\u001b[K')
      shown = false
    },
  }
}

/** Also how long nothing is shown at first: what is known already takes less. */
const EVERY_MS = 250

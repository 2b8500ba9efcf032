const LF = 10

/** Longest line that is looked at, bytes; what a longer one holds beyond it is dropped. */
export const MAX_LINE_BYTES = 64 * 1024

export interface LineSink {
  /** One line without its `\n`: the range `[start, end)` of `bytes`, valid during the call. */
  line(bytes: Buffer, start: number, end: number, truncated: boolean): void
}

/** Cuts a byte stream into lines; memory is bounded by one chunk and one capped line. */
export function createLineSplitter(sink: LineSink): {push(chunk: Uint8Array): void; end(): void} {
  let parts: Buffer[] = []
  let held = 0
  let truncated = false

  const hold = (piece: Buffer): void => {
    const room = MAX_LINE_BYTES - held
    if (piece.length > room) truncated = true
    if (room <= 0) return
    // A copy: the caller may reuse its buffer.
    const kept = Buffer.from(piece.subarray(0, room))
    parts.push(kept)
    held += kept.length
  }

  const release = (): void => {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
    const wasTruncated = truncated
    parts = []
    held = 0
    truncated = false
    sink.line(line, 0, line.length, wasTruncated)
  }

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      let start = 0
      if (held > 0 || truncated) {
        const first = bytes.indexOf(LF)
        if (first === -1) {
          hold(bytes)
          return
        }
        hold(bytes.subarray(0, first))
        release()
        start = first + 1
      }
      for (;;) {
        const end = bytes.indexOf(LF, start)
        if (end === -1) break
        const tooLong = end - start > MAX_LINE_BYTES
        sink.line(bytes, start, tooLong ? start + MAX_LINE_BYTES : end, tooLong)
        start = end + 1
      }
      if (start < bytes.length) hold(bytes.subarray(start))
    },
    end() {
      if (held > 0 || truncated) release()
    },
  }
}

/**
 * The lines of a stream as bytes, without `\n` and a `\r` in front of it; `null` for a line longer than `most` bytes, of which no
 * more than that is ever held. Only `\n` ends a line: JSON text may hold every other separator that Unicode knows.
 */
export async function* byteLines(source: AsyncIterable<string | Uint8Array>, most: number): AsyncGenerator<Uint8Array | null> {
  let parts: Uint8Array[] = []
  let held = 0
  let tooLong = false
  const keep = (bytes: Uint8Array): void => {
    held += bytes.length
    if (held > most) [tooLong, parts] = [true, []]
    else parts.push(bytes)
  }
  const take = (): Uint8Array | null => {
    const line = tooLong ? null : Buffer.concat(parts)
    ;[parts, held, tooLong] = [[], 0, false]
    return line?.at(-1) === 0x0d ? line.subarray(0, -1) : line
  }
  for await (const read of source) {
    const chunk = typeof read === 'string' ? Buffer.from(read) : read
    let from = 0
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      keep(chunk.subarray(from, end))
      yield take()
      from = end + 1
    }
    if (from < chunk.length) keep(chunk.subarray(from))
  }
  if (held > 0) yield take()
}

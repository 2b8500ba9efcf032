/**
 * Reads one EWAH-compressed bitmap: bit count, word count, 64-bit words, position of the last run-length word. A run-length
 * word says one repeated bit, for how many words, and how many literal words follow it.
 */
export function readEwah(bytes: Buffer, start: number): {readonly bits: ReadonlySet<number>; readonly end: number} {
  const bitCount = bytes.readUInt32BE(start)
  const wordCount = bytes.readUInt32BE(start + 4)
  const words = start + 8
  const end = words + wordCount * 8 + 4
  if (end > bytes.length) throw new RangeError('the bitmap is cut off')
  const bits = new Set<number>()
  let position = 0
  for (let i = 0; i < wordCount;) {
    const word = bytes.readBigUInt64BE(words + i++ * 8)
    const run = Number((word >> 1n) & 0xffffffffn) * 64
    if ((word & 1n) === 1n) for (let k = 0; k < run && position + k < bitCount; k++) bits.add(position + k)
    position += run
    for (let literals = Number(word >> 33n); literals > 0 && i < wordCount; literals--) {
      const literal = bytes.readBigUInt64BE(words + i++ * 8)
      for (let k = 0; k < 64; k++) if (((literal >> BigInt(k)) & 1n) === 1n) bits.add(position + k)
      position += 64
    }
  }
  return {bits, end}
}

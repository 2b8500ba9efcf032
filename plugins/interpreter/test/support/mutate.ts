/** A small reproducible generator: the same seed makes the same mutations. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return below <= 0 ? 0 : state % below
  }
}

/** Cuts, doubles, splices, drops lines and flips bytes, one to four times. */
export function mutate(log: Buffer, other: Buffer, random: (below: number) => number): Buffer {
  let bytes = Buffer.from(log)
  for (let round = 1 + random(4); round > 0; round -= 1) {
    const at = random(bytes.length)
    const length = random(Math.min(4000, bytes.length - at + 1))
    switch (random(7)) {
      case 0:
        bytes = bytes.subarray(0, at)
        break
      case 1:
        bytes = bytes.subarray(at)
        break
      case 2:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
        break
      case 3: {
        const from = random(other.length)
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)])
        break
      }
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
        break
      case 5:
        bytes = Buffer.from(bytes)
        for (let flips = 1 + random(20); flips > 0; flips -= 1) bytes[random(bytes.length)] = random(256)
        break
      default: {
        const lines = bytes.toString('latin1').split('\n')
        const first = random(lines.length)
        const second = random(lines.length)
        const kept = lines[first] ?? ''
        lines[first] = lines[second] ?? ''
        lines[second] = kept
        bytes = Buffer.from(lines.join('\n'), 'latin1')
      }
    }
  }
  return bytes
}

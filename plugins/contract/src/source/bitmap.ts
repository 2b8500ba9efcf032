import {RchError} from '../errors/rch-error.ts'

/** One bit per manifest entry, least significant bit first, padded with zero bits to whole bytes. */
export function encodeBitmap(count: number, set: Iterable<number>): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(count / 8))
  for (const index of set) {
    if (!Number.isInteger(index) || index < 0 || index >= count) throw new RangeError(`bit ${index} of ${count}`)
    bytes[index >> 3]! |= 1 << (index & 7)
  }
  return bytes
}

/** The indexes whose bit is 1, ascending. Throws `protocol_error` unless there are exactly the bytes for `count` bits and no others. */
export function decodeBitmap(bytes: Uint8Array, count: number): readonly number[] {
  const expected = Math.ceil(count / 8)
  if (bytes.length !== expected)
    throw malformed(`The bitmap has ${bytes.length} bytes; ${count} entries need ${expected}.`, bytes.length, expected)
  const set: number[] = []
  for (const [position, byte] of bytes.entries()) {
    for (let rest = byte; rest !== 0; rest &= rest - 1) set.push(position * 8 + (31 - Math.clz32(rest & -rest)))
  }
  const last = set.at(-1)
  if (last !== undefined && last >= count) throw malformed(`The bitmap sets bit ${last}; there are ${count} entries.`, last, count)
  return set
}

function malformed(problem: string, got: number, expected: number): RchError {
  return new RchError('protocol_error', problem, {data: {field: 'bitmap', got, expected}})
}

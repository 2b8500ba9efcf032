import {RchError} from '../errors/rch-error.ts'
import {sha256} from '../identity/hash.ts'

/**
 * A document as its difference to another one that both sides hold: what makes a `missing_blobs` request small after an edit
 * of a large tree. `magic[8] ‖ base digest[32] ‖ target digest[32] ‖ u64be target length`, then operations
 * `u32be copy offset ‖ u32be copy length ‖ u32be insert length ‖ inserted bytes`, applied in order.
 * It is told from a manifest by its first byte, which JSON cannot start with.
 */
const MAGIC = Buffer.from('RCHDELT1')
const HEAD_BYTES = 80
const OPERATION_BYTES = 12
const BRACE = 0x7b

export function isManifestDelta(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.equals(bytes.subarray(0, MAGIC.length))
}

/** The difference, or `null` when it would save less than half of the target. */
export function encodeManifestDelta(base: Uint8Array, target: Uint8Array): Uint8Array | null {
  const known = new Map<string, number>()
  const source = Buffer.from(base.buffer, base.byteOffset, base.byteLength)
  for (const [from, to] of segments(source)) known.set(source.toString('latin1', from, to), from)
  const wanted = Buffer.from(target.buffer, target.byteOffset, target.byteLength)
  const operations: Operation[] = []
  let current: Operation = {copyFrom: 0, copied: 0, insertFrom: 0, inserted: 0}
  for (const [from, to] of segments(wanted)) {
    const found = known.get(wanted.toString('latin1', from, to))
    if (found !== undefined && current.inserted === 0 && (current.copied === 0 || current.copyFrom + current.copied === found)) {
      if (current.copied === 0) current.copyFrom = found
      current.copied += to - from
    } else if (found === undefined) {
      if (current.inserted === 0) current.insertFrom = from
      current.inserted += to - from
    } else {
      operations.push(current)
      current = {copyFrom: found, copied: to - from, insertFrom: 0, inserted: 0}
    }
  }
  operations.push(current)
  const parts: Uint8Array[] = [head(base, target)]
  for (const {copyFrom, copied, insertFrom, inserted} of operations) {
    const operation = Buffer.allocUnsafe(OPERATION_BYTES)
    operation.writeUInt32BE(copyFrom, 0)
    operation.writeUInt32BE(copied, 4)
    operation.writeUInt32BE(inserted, 8)
    parts.push(operation, wanted.subarray(insertFrom, insertFrom + inserted))
  }
  const delta = Buffer.concat(parts)
  return delta.length * 2 < target.length ? delta : null
}

/** The digest of the document that a delta starts from. Throws `protocol_error` for what is no delta. */
export function baseOfManifestDelta(delta: Uint8Array): string {
  return parseHead(delta).base
}

/**
 * The target, its digest checked. `base` must be the document that `baseOfManifestDelta` names.
 * Throws `protocol_error` for a malformed delta, before anything beyond `maxBytes` is allocated.
 */
export function applyManifestDelta(base: Uint8Array, delta: Uint8Array, maxBytes: number): Uint8Array {
  const {target, length} = parseHead(delta)
  if (length > maxBytes) throw malformed(`it makes ${length} bytes, allowed are ${maxBytes}`)
  const view = Buffer.from(delta.buffer, delta.byteOffset, delta.byteLength)
  const result = Buffer.allocUnsafe(length)
  let written = 0
  for (let at = HEAD_BYTES; at < view.length;) {
    if (at + OPERATION_BYTES > view.length) throw malformed('it ends inside an operation')
    const copyFrom = view.readUInt32BE(at)
    const copied = view.readUInt32BE(at + 4)
    const inserted = view.readUInt32BE(at + 8)
    at += OPERATION_BYTES
    if (copyFrom + copied > base.length) throw malformed('it copies from beyond its base')
    if (at + inserted > view.length) throw malformed('it ends inside inserted bytes')
    if (written + copied + inserted > length) throw malformed('it makes more than it says')
    result.set(base.subarray(copyFrom, copyFrom + copied), written)
    result.set(view.subarray(at, at + inserted), written + copied)
    written += copied + inserted
    at += inserted
  }
  if (written !== length) throw malformed('it makes less than it says')
  if (sha256(result) !== target) throw malformed('what it makes has another digest')
  return result
}

interface Operation {
  copyFrom: number
  copied: number
  insertFrom: number
  inserted: number
}

/** Cuts before every opening brace, so that each entry of a compact document is a segment of its own. */
function* segments(bytes: Uint8Array): Generator<readonly [number, number]> {
  let from = 0
  while (from < bytes.length) {
    const next = bytes.indexOf(BRACE, from + 1)
    const to = next < 0 ? bytes.length : next
    yield [from, to]
    from = to
  }
}

function head(base: Uint8Array, target: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(HEAD_BYTES)
  MAGIC.copy(bytes)
  bytes.write(sha256(base), 8, 'hex')
  bytes.write(sha256(target), 40, 'hex')
  bytes.writeBigUInt64BE(BigInt(target.length), 72)
  return bytes
}

function parseHead(delta: Uint8Array): {readonly base: string; readonly target: string; readonly length: number} {
  if (!isManifestDelta(delta) || delta.length < HEAD_BYTES) throw malformed('it has no head')
  const view = Buffer.from(delta.buffer, delta.byteOffset, HEAD_BYTES)
  return {base: view.toString('hex', 8, 40), target: view.toString('hex', 40, 72), length: Number(view.readBigUInt64BE(72))}
}

function malformed(problem: string): RchError {
  return new RchError('protocol_error', `The manifest delta is malformed: ${problem}.`, {data: {field: 'manifest', problem}})
}

import {closeSync, fstatSync, openSync, readSync} from 'node:fs'
import type {BlobRef} from '@rch/contract/source'

/**
 * Many small blobs in one file: their contents one after the other, then an index of `digest[32] ‖ u64be offset ‖ u64be length`
 * per blob, then `magic[8] ‖ u64be count`. One file to create instead of thousands; written once, replaced, never changed.
 */
const MAGIC = Buffer.from('RCHPACK1')
const ROW_BYTES = 48
const FOOT_BYTES = 16

export interface PackedBlob extends BlobRef {
  /** Where the content starts in the pack. */
  readonly offset: number
}

/** The parts of a pack file, to be written in order. */
export function encodePack(blobs: readonly {readonly sha256: string; readonly content: Uint8Array}[]): readonly Uint8Array[] {
  const index = Buffer.allocUnsafe(blobs.length * ROW_BYTES + FOOT_BYTES)
  let offset = 0
  for (const [row, {sha256, content}] of blobs.entries()) {
    const at = row * ROW_BYTES
    index.write(sha256, at, 'hex')
    index.writeBigUInt64BE(BigInt(offset), at + 32)
    index.writeBigUInt64BE(BigInt(content.length), at + 40)
    offset += content.length
  }
  MAGIC.copy(index, blobs.length * ROW_BYTES)
  index.writeBigUInt64BE(BigInt(blobs.length), blobs.length * ROW_BYTES + 8)
  return [...blobs.map((blob) => blob.content), index]
}

/** What a pack holds, or `null` when the file is no whole pack (a power cut can leave one). Throws what opening throws. */
export function readPackIndex(path: string): readonly PackedBlob[] | null {
  const fd = openSync(path, 'r')
  try {
    const size = fstatSync(fd).size
    if (size < FOOT_BYTES) return null
    const foot = readExactly(fd, size - FOOT_BYTES, FOOT_BYTES)
    if (foot === null || !MAGIC.equals(foot.subarray(0, 8))) return null
    const count = Number(foot.readBigUInt64BE(8))
    const contents = size - FOOT_BYTES - count * ROW_BYTES
    if (contents < 0) return null
    const index = readExactly(fd, contents, count * ROW_BYTES)
    return index === null ? null : parseRows(index, contents)
  } finally {
    closeSync(fd)
  }
}

/** Bytes of an open file, or `null` when it ends before them. */
export function readExactly(fd: number, offset: number, length: number): Buffer | null {
  const bytes = Buffer.allocUnsafe(length)
  return readInto(fd, offset, bytes) ? bytes : null
}

/** Fills a buffer from an open file; `false` when the file ends before. */
export function readInto(fd: number, offset: number, bytes: Uint8Array): boolean {
  for (let done = 0; done < bytes.length;) {
    const got = readSync(fd, bytes, done, bytes.length - done, offset + done)
    if (got === 0) return false
    done += got
  }
  return true
}

function parseRows(index: Buffer, contents: number): readonly PackedBlob[] | null {
  const rows: PackedBlob[] = []
  for (let at = 0; at < index.length; at += ROW_BYTES) {
    const offset = Number(index.readBigUInt64BE(at + 32))
    const bytes = Number(index.readBigUInt64BE(at + 40))
    if (offset + bytes > contents) return null
    rows.push({sha256: index.toString('hex', at, at + 32), offset, bytes})
  }
  return rows
}

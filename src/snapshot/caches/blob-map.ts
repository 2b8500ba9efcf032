import {appendFileSync, readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {makeDirectory, writePiecesAtomic} from '../../infra/files.ts'

/**
 * SHA-256 and size of git blobs by blob id, for files that a checkout writes byte for byte. It belongs to the repository, not to
 * a work tree: branches, clones and worktrees share it. A file of fixed records that only grows at its end; a record that is
 * damaged or torn is no record.
 */
export interface BlobMap {
  /** Position of the blob whose id stands at `bytes[offset]`, or -1. */
  find(bytes: Uint8Array, offset: number): number
  sizeAt(position: number): number
  sha256At(position: number): string
  /** Blobs to be added; none of them is found before the map is opened again. */
  lessons(): BlobLessons
}

export interface BlobLessons {
  readonly count: number
  /** Takes the blob whose id stands at `bytes[offset]`. */
  add(bytes: Uint8Array, offset: number, size: number, sha256: string): void
  /** Writes them, once. A cache: failing to write it costs time later, never correctness. */
  save(): void
}

/** @param oidBytes 20 or 32; a map of another kind is ignored and replaced. */
export function openBlobMap(path: string, oidBytes: 20 | 32): BlobMap {
  const stored = load(path, oidBytes)
  const stride = recordBytes(oidBytes)
  const {bytes} = stored
  const slots = buildTable(stored, oidBytes)
  // Digests stand in the file as text: one conversion for all, a slice for each.
  const text = bytes.toString('latin1', 0, bytes.length)
  return {
    find(key, offset) {
      let slot = mix(key, offset) & (slots.length - 1)
      for (let at = slots[slot] ?? 0; at !== 0; at = slots[slot] ?? 0) {
        if (sameBytes(bytes, at, key, offset, oidBytes)) return at
        slot = (slot + 1) & (slots.length - 1)
      }
      return -1
    },
    sizeAt: (position) => bytes.readUInt32LE(position + oidBytes) + bytes.readUInt32LE(position + oidBytes + 4) * 2 ** 32,
    sha256At: (position) => text.slice(position + oidBytes + 8, position + oidBytes + 72),
    lessons() {
      const records = new Records(oidBytes)
      return {
        get count() {
          return records.count
        },
        add: (bytes, offset, size, sha256) => records.add(bytes, offset, size, sha256),
        save() {
          if (records.count === 0) return
          try {
            makeDirectory(dirname(path))
            const tooLong = stored.count * stride > MAX_BYTES
            if (!stored.appendable || tooLong) {
              const kept = tooLong ? bytes.subarray(bytes.length - Math.floor(stored.count / 2) * stride) : bytes.subarray(HEADER_BYTES)
              writePiecesAtomic(path, [header(oidBytes), kept, ...records.pieces()])
            } else for (const piece of records.pieces()) appendFileSync(path, piece, {mode: 0o600})
          } catch {
            // A full or read-only disk: the next snapshot reads these files again.
          }
        },
      }
    },
  }
}

interface Stored {
  /** Header and whole records. */
  readonly bytes: Buffer
  readonly count: number
  /** The file is as we would write it, so records may be appended. */
  readonly appendable: boolean
}

function load(path: string, oidBytes: number): Stored {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    return {bytes: header(oidBytes), count: 0, appendable: false}
  }
  if (!bytes.subarray(0, HEADER_BYTES).equals(header(oidBytes))) return {bytes: header(oidBytes), count: 0, appendable: false}
  const stride = recordBytes(oidBytes)
  const count = Math.floor((bytes.length - HEADER_BYTES) / stride)
  const whole = HEADER_BYTES + count * stride
  return {bytes: bytes.subarray(0, whole), count, appendable: whole === bytes.length}
}

/** Open addressing over byte positions; 0 is an empty slot, because the header stands there. */
function buildTable({bytes, count}: Stored, oidBytes: number): Uint32Array {
  let size = 1024
  while (size < count * 2) size *= 2
  const slots = new Uint32Array(size)
  const stride = recordBytes(oidBytes) / 4
  const words = wordsOf(bytes)
  for (let i = 0, at = HEADER_BYTES / 4; i < count; i++, at += stride) {
    if (checkOf(words, at, stride - 1) !== words[at + stride - 1]) continue
    let slot = (words[at] ?? 0) & (size - 1)
    while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
    slots[slot] = at * 4
  }
  return slots
}

/** The bytes as words of this machine's order; records start at multiples of four. */
function wordsOf(bytes: Buffer): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Buffer.from(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  return new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length >>> 2)
}

/** Records as they are written, in pieces of whole ones. */
class Records {
  readonly #oidBytes: number
  readonly #stride: number
  readonly #full: Buffer[] = []
  #piece = Buffer.alloc(0)
  #words: Uint32Array = new Uint32Array(0)
  #length = 0
  count = 0

  constructor(oidBytes: number) {
    this.#oidBytes = oidBytes
    this.#stride = recordBytes(oidBytes)
  }

  add(bytes: Uint8Array, offset: number, size: number, sha256: string): void {
    if (this.#length === this.#piece.length) {
      this.#full.push(this.#piece)
      this.#piece = Buffer.from(new ArrayBuffer(PIECE_RECORDS * this.#stride))
      this.#words = wordsOf(this.#piece)
      this.#length = 0
    }
    const at = this.#length
    const piece = this.#piece
    for (let k = 0; k < this.#oidBytes; k++) piece[at + k] = bytes[offset + k] ?? 0
    piece.writeUInt32LE(size % 2 ** 32, at + this.#oidBytes)
    piece.writeUInt32LE(Math.floor(size / 2 ** 32), at + this.#oidBytes + 4)
    piece.write(sha256, at + this.#oidBytes + 8, 'latin1')
    this.#length += this.#stride
    this.count++
    this.#words[this.#length / 4 - 1] = checkOf(this.#words, at / 4, this.#stride / 4 - 1)
  }

  pieces(): readonly Buffer[] {
    return [...this.#full, this.#piece.subarray(0, this.#length)]
  }
}

const PIECE_RECORDS = 2048

/** Object ids are digests, so any four of their bytes are as good as a hash. Little-endian, as every machine here is. */
function mix(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
}

function sameBytes(a: Uint8Array, at: number, b: Uint8Array, bt: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[at + i] !== b[bt + i]) return false
  return true
}

function checkOf(words: Uint32Array, start: number, length: number): number {
  let sum = 0x811c9dc5
  for (let i = start; i < start + length; i++) sum = Math.imul(sum ^ (words[i] ?? 0), 0x01000193) ^ (sum >>> 15)
  return sum >>> 0
}

function recordBytes(oidBytes: number): number {
  return oidBytes + 8 + 64 + 4
}

function header(oidBytes: number): Buffer {
  return Buffer.from(`rch blob map 1, ${oidBytes}`.padEnd(HEADER_BYTES - 1) + '\n', 'latin1')
}

const HEADER_BYTES = 32
const MAX_BYTES = 256 * 1024 * 1024

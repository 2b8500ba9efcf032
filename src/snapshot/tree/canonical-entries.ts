import type {SourceEntry} from '@rch/contract/source'

/**
 * Entries as one canonical JSON array, in pieces of some kilobytes: the bytes that `source_tree_hash` is made of. Each piece
 * is written over by the next one.
 */
export function* canonicalEntries(entries: readonly SourceEntry[]): Generator<Uint8Array> {
  yield* canonicalStretch(entries, 0)
  yield canonicalEnd(entries)
}

/** The entries from `start` on of that array, with what stands before each of them. */
export function* canonicalStretch(entries: readonly SourceEntry[], start: number): Generator<Uint8Array> {
  const writer = new EntryWriter()
  for (let i = start; i < entries.length; i++) {
    const entry = entries[i]
    if (entry === undefined) break
    writer.text(i === 0 ? '[' : ',')
    writer.entry(entry)
    if (writer.length >= PIECE) yield writer.taken()
  }
  if (writer.length > 0) yield writer.taken()
}

/** What stands after the last of them. */
export function canonicalEnd({length}: readonly SourceEntry[]): Uint8Array {
  return Buffer.from(length === 0 ? '[]' : ']')
}

const PIECE = 32 * 1024

/** One entry as RFC 8785 writes it. */
export function canonicalEntry(entry: SourceEntry): string {
  const writer = new EntryWriter()
  writer.entry(entry)
  return Buffer.from(writer.taken()).toString()
}

/** Writes entries into one buffer, piece by piece, without making a string of each. */
export class EntryWriter {
  #buffer = Buffer.allocUnsafe(2 * PIECE)
  length = 0

  text(text: string): void {
    this.length += this.#room(text.length).write(text, this.length, 'latin1')
  }

  /** JSON's and JCS's escaping of strings agree for well-formed text, which every path here is. */
  entry(entry: SourceEntry): void {
    if (entry.type === 'file') {
      this.text(`{"bytes":${entry.bytes},"mode":"${entry.mode}","path":`)
      this.#quoted(entry.path)
      this.text(',"sha256":"')
      this.text(entry.sha256)
      this.text('","type":"file"}')
    } else {
      this.text('{"link_target":')
      this.#quoted(entry.link_target)
      this.text(',"mode":"120000","path":')
      this.#quoted(entry.path)
      this.text(',"type":"symlink"}')
    }
  }

  /** What was written since the last time; valid until something else is. */
  taken(): Uint8Array {
    const piece = this.#buffer.subarray(0, this.length)
    this.length = 0
    return piece
  }

  #quoted(text: string): void {
    if (PLAIN.test(text)) {
      this.text('"')
      this.text(text)
      this.text('"')
    } else {
      const quoted = JSON.stringify(text)
      this.length += this.#room(quoted.length * 3).write(quoted, this.length)
    }
  }

  #room(bytes: number): Buffer {
    if (this.length + bytes > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(this.#buffer.length * 2 + bytes)
      this.#buffer.copy(larger, 0, 0, this.length)
      this.#buffer = larger
    }
    return this.#buffer
  }
}

/** Needs no escape and takes a byte for each character. */
const PLAIN = /^[ !#-[\]-~]*$/

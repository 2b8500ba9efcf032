import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {hash} from 'node:crypto'
import {RchError} from '@rch/contract'
import {blobHeader, type BlobLayout, type BlobSection, type SourceFile} from '@rch/contract/source'

/** `O_NONBLOCK` so that a pipe put in a file's place cannot hold us up. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Makes any range of a `blobs` stream from the files, and checks on the way that they are still what the manifest says:
 * a content that lies whole in a range by its digest, a larger one by its size; of that one the worker's check has the last word,
 * and hashing it here too would take as long as sending it. Throws `source_changed_during_snapshot` naming the file.
 */
export class RangeReader {
  readonly #layout: BlobLayout<SourceFile>
  readonly #locate: (entry: SourceFile) => string
  /** The content that the last range ended in. */
  #open: {readonly index: number; readonly fd: number} | null = null

  constructor(layout: BlobLayout<SourceFile>, locate: (entry: SourceFile) => string) {
    this.#layout = layout
    this.#locate = locate
  }

  /** Fills the start of `into` with `[from, from + into.length)` of the stream. */
  read(from: number, into: Uint8Array): void {
    for (const section of this.#layout.sections(from, from + into.length)) {
      const place = into.subarray(section.at - from, section.at - from + section.to - section.from)
      const blob = this.#layout.blobs[section.index]!
      if (section.part === 'header') place.set(blobHeader(blob).subarray(section.from, section.to))
      else if (section.to - section.from === blob.bytes) this.#readWhole(blob, place)
      else this.#readPiece(section, blob, place)
    }
  }

  close(): void {
    if (this.#open !== null) closeSync(this.#open.fd)
    this.#open = null
  }

  #readWhole(blob: SourceFile, place: Uint8Array): void {
    const fd = openFile(this.#locate(blob), blob)
    try {
      fill(fd, place, 0, blob)
    } finally {
      closeSync(fd)
    }
    if (hash('sha256', place) !== blob.sha256) throw changed(blob)
  }

  #readPiece(section: BlobSection, blob: SourceFile, place: Uint8Array): void {
    if (this.#open?.index !== section.index) {
      this.close()
      this.#open = {index: section.index, fd: openFile(this.#locate(blob), blob)}
    }
    fill(this.#open.fd, place, section.from, blob)
    if (section.to === blob.bytes) this.close()
  }
}

function openFile(path: string, blob: SourceFile): number {
  let fd: number
  try {
    fd = openSync(path, OPEN_FLAGS)
  } catch (error) {
    throw changed(blob, error)
  }
  const stat = fstatSync(fd)
  if (stat.isFile() && stat.size === blob.bytes) return fd
  closeSync(fd)
  throw changed(blob)
}

function fill(fd: number, place: Uint8Array, position: number, blob: SourceFile): void {
  for (let done = 0; done < place.length;) {
    const got = readSync(fd, place, done, place.length - done, position + done)
    if (got === 0) throw changed(blob)
    done += got
  }
}

function changed(blob: SourceFile, cause?: unknown): RchError {
  return new RchError('source_changed_during_snapshot', `${blob.path} changed while it was sent.`, {data: {paths: [blob.path]}, cause})
}

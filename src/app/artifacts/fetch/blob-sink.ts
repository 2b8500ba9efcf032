import {createHash, type Hash} from 'node:crypto'
import {closeSync, constants, copyFileSync, mkdirSync, openSync, writeSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** A file of a set as the seal names it. */
export interface WantedFile {
  /** Relative to the set, checked. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** What arrived is not what was asked for. */
export class NotAsSealed extends Error {
  readonly path: string
  readonly problem: string

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`)
    this.path = path
    this.problem = problem
  }
}

/** SHA-256 and length before each content of the stream. */
export const HEADER_BYTES = 40

/** Equal contents travel once. */
export function distinctFiles(files: readonly WantedFile[]): readonly WantedFile[] {
  return [...new Map(files.map((file) => [file.sha256, file])).values()]
}

interface OpenFile {
  readonly fd: number
  readonly hash: Hash
  left: number
}

/** Cuts a stream of blobs, each distinct content once, into the files that it holds; each is checked against its digest as it ends. */
export class BlobSink {
  readonly #directory: string
  readonly #copies: ReadonlyMap<string, readonly WantedFile[]>
  readonly #queue: readonly WantedFile[]
  readonly #folders = new Set<string>()
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerBytes = 0
  #index = 0
  #open: OpenFile | null = null
  #bytes = 0

  constructor(directory: string, files: readonly WantedFile[]) {
    this.#directory = directory
    this.#queue = distinctFiles(files)
    this.#copies = Map.groupBy(files, (file) => file.sha256)
  }

  /** The next piece of the stream. Answers how many bytes of contents came so far. @throws NotAsSealed */
  write(chunk: Uint8Array): number {
    for (let at = 0; at < chunk.length;) {
      const file = this.#queue[this.#index]
      if (file === undefined) throw new NotAsSealed('(stream)', 'more bytes than were asked for')
      if (this.#open === null) at += this.#readHeader(file, chunk.subarray(at))
      else at += this.#readContent(file, this.#open, chunk.subarray(at))
    }
    return this.#bytes
  }

  /** @throws NotAsSealed when something has not come. */
  end(): void {
    const missing = this.#queue[this.#index]
    if (missing !== undefined) throw new NotAsSealed(missing.path, 'it did not come')
  }

  close(): void {
    if (this.#open !== null) closeSync(this.#open.fd)
    this.#open = null
  }

  #readHeader(file: WantedFile, chunk: Uint8Array): number {
    const part = chunk.subarray(0, HEADER_BYTES - this.#headerBytes)
    this.#header.set(part, this.#headerBytes)
    this.#headerBytes += part.length
    if (this.#headerBytes < HEADER_BYTES) return part.length
    this.#headerBytes = 0
    const isAsked = this.#header.toString('hex', 0, 32) === file.sha256 && this.#header.readBigUInt64BE(32) === BigInt(file.bytes)
    if (!isAsked) throw new NotAsSealed(file.path, 'the worker announces other contents')
    this.#open = {fd: openSync(this.#placeOf(file), 'wx', 0o600), hash: createHash('sha256'), left: file.bytes}
    if (file.bytes === 0) this.#finish(file)
    return part.length
  }

  #readContent(file: WantedFile, open: OpenFile, chunk: Uint8Array): number {
    const part = chunk.subarray(0, open.left)
    for (let offset = 0; offset < part.length;) offset += writeSync(open.fd, part, offset)
    open.hash.update(part)
    open.left -= part.length
    this.#bytes += part.length
    if (open.left === 0) this.#finish(file)
    return part.length
  }

  #finish(file: WantedFile): void {
    if (this.#open === null) return
    closeSync(this.#open.fd)
    const found = this.#open.hash.digest('hex')
    this.#open = null
    if (found !== file.sha256) throw new NotAsSealed(file.path, `it hashes to ${found}`)
    for (const copy of this.#copies.get(file.sha256) ?? []) {
      if (copy.path !== file.path) copyFileSync(join(this.#directory, file.path), this.#placeOf(copy), constants.COPYFILE_EXCL)
    }
    this.#index += 1
  }

  /** Its absolute path, in a folder that is there. */
  #placeOf({path}: WantedFile): string {
    const place = join(this.#directory, path)
    const folder = dirname(place)
    if (!this.#folders.has(folder)) mkdirSync(folder, {recursive: true, mode: 0o700})
    this.#folders.add(folder)
    return place
  }
}

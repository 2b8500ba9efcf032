import {createHash} from 'node:crypto'
import {DOMAINS} from '@rch/contract/identity'
import {comparePaths, type SourceEntry} from '@rch/contract/source'
import {canonicalEnd, canonicalEntries, canonicalStretch} from './canonical-entries.ts'
import {directoryOf, type Tree} from './tree.ts'

/** A tree whose entries become known in order: what follows from the first ones is worked out while the last are still being read. */
export class GrowingTree {
  readonly #hash = createHash('sha256').update(DOMAINS.sourceTree)
  /** Known from the start, sorted; each comes in where it belongs. */
  readonly #others: readonly SourceEntry[]
  readonly #entries: SourceEntry[] = []
  readonly #directories: string[] = []
  #nextOther = 0
  #hashed = 0
  #bytes = 0
  #largestFile = 0

  /** @param others in any order. */
  constructor(others: readonly SourceEntry[]) {
    this.#others = others.toSorted((a, b) => comparePaths(a.path, b.path))
  }

  /** @param entries sorted, and after all that were taken before. */
  take(entries: readonly SourceEntry[]): void {
    for (const entry of entries) {
      for (let other = this.#others[this.#nextOther]; other !== undefined && comparePaths(other.path, entry.path) < 0;) {
        this.#push(other)
        other = this.#others[++this.#nextOther]
      }
      this.#push(entry)
    }
    if (this.#entries.length - this.#hashed >= STRETCH) this.#hashMore()
  }

  /** The tree of all that was taken. */
  finish(): Tree {
    for (const other of this.#others.slice(this.#nextOther)) this.#push(other)
    this.#nextOther = this.#others.length
    this.#hashMore()
    const entries = this.#entries
    return {
      count: entries.length,
      bytes: this.#bytes,
      largestFile: this.#largestFile,
      directories: this.#directories,
      entries,
      hash: this.#hash.copy().update(canonicalEnd(entries)).digest('hex'),
      canonical: () => canonicalEntries(entries),
    }
  }

  #hashMore(): void {
    for (const piece of canonicalStretch(this.#entries, this.#hashed)) this.#hash.update(piece)
    this.#hashed = this.#entries.length
  }

  #push(entry: SourceEntry): void {
    this.#entries.push(entry)
    const directory = directoryOf(entry.path, this.#directories.at(-1))
    if (directory !== undefined) this.#directories.push(directory)
    if (entry.type !== 'file') return
    this.#bytes += entry.bytes
    if (entry.bytes > this.#largestFile) this.#largestFile = entry.bytes
  }
}

/** How many entries are worth the start of a text. */
const STRETCH = 512

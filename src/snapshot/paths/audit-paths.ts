import {collisionKey, pathProblem} from '@rch/contract/source'

export interface PathAudit {
  readonly unsafe: readonly {readonly path: string; readonly problem: string}[]
  /** Groups of paths (directories end in `/`) that are one name on a case-insensitive, normalising volume. */
  readonly collisions: readonly (readonly string[])[]
}

/**
 * Checks all paths of a sorted tree. Plain ASCII names, nearly all there are, cost one pass over their characters: every
 * directory and file gets a 32-bit hash of its collision key, and only equal hashes are compared as keys.
 */
export function auditPaths(entries: readonly {readonly path: string}[]): PathAudit {
  const unsafe: {path: string; problem: string}[] = []
  const names = new NameTable(entries.length)
  let directory: Directory = {text: '', hash: BASIS, isPlain: true}
  for (const {path} of entries) {
    const start = path.lastIndexOf('/') + 1
    // Most files lie where the one before does.
    if (start !== directory.text.length || !path.startsWith(directory.text)) directory = enter(path.slice(0, start), directory, names)
    let {hash, isPlain} = directory
    for (let i = start; i < path.length; i++) {
      const code = path.charCodeAt(i)
      if (code < 0x20 || code >= 0x7f) isPlain = false
      hash = mix(hash, code)
    }
    if (start === path.length || isDots(path, start, path.length) || path.length > SAFE_LENGTH) isPlain = false
    if (isPlain) names.add(hash, path, path.length)
    else {
      const problem = pathProblem(path)
      if (problem !== undefined) unsafe.push({path, problem})
      addByKey(names, path)
    }
  }
  return {unsafe, collisions: names.collisions()}
}

/** Below these every limit of a path holds. */
const SAFE_LENGTH = 255
const SAFE_DEPTH = 64
const SLASH = 0x2f
const BASIS = 0x811c9dc5 | 0
const PRIME = 0x01000193

/** What the first characters of a path came to, up to and with a slash. */
interface Directory {
  readonly text: string
  readonly hash: number
  /** Nothing in it needs a closer look. */
  readonly isPlain: boolean
}

/** Adds a directory and those above it, as far as the one before was not in them. */
function enter(text: string, {text: previous}: Directory, names: NameTable): Directory {
  const shared = sharedLength(previous, text)
  let hash = BASIS
  let isPlain = true
  let component = 0
  let depth = 1
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x20 || code >= 0x7f) isPlain = false
    if (code === SLASH) {
      if (i >= shared) names.add(hash, text, i)
      if (i === component || isDots(text, component, i)) isPlain = false
      component = i + 1
      depth++
    }
    hash = mix(hash, code)
  }
  return {text, hash, isPlain: isPlain && depth <= SAFE_DEPTH}
}

/** FNV-1a over characters, letters folded. */
function mix(hash: number, code: number): number {
  return Math.imul(hash ^ (code >= 0x41 && code <= 0x5a ? code + 0x20 : code), PRIME)
}

/** How many first characters two paths share: directories that end within them are the same. */
function sharedLength(previous: string, path: string): number {
  const length = Math.min(previous.length, path.length)
  let shared = 0
  while (shared < length && previous.charCodeAt(shared) === path.charCodeAt(shared)) shared++
  return shared
}

function isDots(path: string, start: number, end: number): boolean {
  return path.charCodeAt(start) === 0x2e && (end - start === 1 || (end - start === 2 && path.charCodeAt(start + 1) === 0x2e))
}

/** The slow way, through the key itself: every directory again, and the file. */
function addByKey(names: NameTable, path: string): void {
  for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
    const stop = end === -1 ? path.length : end
    names.add(hashText(collisionKey(path.slice(0, stop))), path, stop)
    if (end === -1) return
  }
}

function hashText(text: string): number {
  let hash = BASIS
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  return hash
}

/** Names (prefixes of paths) by the hash of their key. Typed arrays: 100,000 names must not cost the collector anything. */
class NameTable {
  readonly #paths: string[] = []
  #ends = new Uint16Array(0)
  #hashes = new Int32Array(0)
  #slots = new Int32Array(0)
  #suspects: number[] = []

  constructor(expected: number) {
    this.#resize(expected * 2)
  }

  /** Adds `path.slice(0, end)`. */
  add(hash: number, path: string, end: number): void {
    const position = this.#paths.length
    if (position === this.#ends.length) this.#resize(position * 2)
    this.#paths.push(path)
    this.#ends[position] = Math.min(end, 0xffff)
    this.#hashes[position] = hash
    this.#insert(position)
  }

  /** Slots hold positions plus one; equal hashes make both names suspects. */
  #insert(position: number): void {
    const mask = this.#slots.length - 1
    const hash = this.#hashes[position] ?? 0
    let slot = hash & mask
    for (let other = this.#slots[slot] ?? 0; other !== 0; other = this.#slots[slot] ?? 0) {
      if (this.#hashes[other - 1] === hash) {
        this.#suspects.push(other - 1, position)
        return
      }
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = position + 1
  }

  #resize(names: number): void {
    let slots = 1024
    while (slots < names * 2) slots *= 2
    const hashes = new Int32Array(slots / 2)
    const ends = new Uint16Array(slots / 2)
    hashes.set(this.#hashes)
    ends.set(this.#ends)
    this.#hashes = hashes
    this.#ends = ends
    this.#slots = new Int32Array(slots)
    this.#suspects = []
    for (let i = 0; i < this.#paths.length; i++) this.#insert(i)
  }

  collisions(): string[][] {
    const groups = new Map<string, Set<string>>()
    for (const position of this.#suspects) {
      const path = this.#paths[position] ?? ''
      const end = this.#ends[position] ?? 0
      const name = path.slice(0, end)
      const key = collisionKey(name)
      const group = groups.get(key) ?? new Set()
      groups.set(key, group.add(end < path.length ? `${name}/` : name))
    }
    return [...groups.values()].filter((group) => group.size > 1).map((group) => [...group])
  }
}

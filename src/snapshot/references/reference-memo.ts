import {readFileSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import * as z from 'zod'
import {makeDirectory, writeFileAtomic} from '../../infra/files.ts'
import {changedMs} from '../hash/hash-file.ts'
import {unsettledFrom} from '../tree-builder.ts'
import type {Reference} from './reference.ts'

/** What a container refers to, as long as no file that says so has changed: large projects take longer to parse than to snapshot. */
export interface ReferenceMemo {
  recall(collect: () => Collected): readonly Reference[]
}

export interface Collected {
  readonly references: readonly Reference[]
  /** Every file and directory (ending in `/`) that was read or found missing. */
  readonly read: Iterable<string>
}

/** @param key names the container; another one's memo is not used. */
export function openReferenceMemo(file: string, root: string, key: string): ReferenceMemo {
  return {
    recall(collect) {
      const stored = load(file)
      if (stored?.key === key && stored.stamps.every(([path, stamp]) => stampOf(root, path) === stamp)) return stored.references
      const startedMs = Date.now()
      const {references, read} = collect()
      const stamps = [...read].map((path) => [path, stampOf(root, path, startedMs)] as const)
      if (stamps.every(([, stamp]) => stamp !== RECENT)) save(file, {key, stamps, references})
      return references
    },
  }
}

const RECENT = 'recent'

function stampOf(root: string, path: string, startedMs = Number.POSITIVE_INFINITY): string {
  const stat = statSync(join(root, path), {throwIfNoEntry: false})
  if (stat === undefined) return 'absent'
  if (changedMs(stat.ctimeMs) >= unsettledFrom(startedMs)) return RECENT
  return `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
}

const Memo = z.strictObject({
  version: z.literal(1),
  key: z.string(),
  stamps: z.array(z.tuple([z.string(), z.string()])),
  references: z.array(z.strictObject({path: z.string(), by: z.string(), kind: z.enum(['file', 'folder']), built: z.boolean()})),
})

function load(file: string): Omit<z.infer<typeof Memo>, 'version'> | undefined {
  try {
    return Memo.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

function save(
  file: string,
  memo: {readonly key: string; readonly stamps: readonly (readonly [string, string])[]; readonly references: readonly Reference[]},
): void {
  try {
    makeDirectory(dirname(file))
    writeFileAtomic(file, JSON.stringify({version: 1, ...memo}))
  } catch {
    // A full or read-only disk: the next snapshot parses the project again.
  }
}

import {join} from 'node:path'
import * as z from 'zod'
import {readSealed} from '../../infra/sealed-file.ts'
import {changedMs} from '../hash/hash-file.ts'
import {unsettledFrom} from '../tree-builder.ts'
import type {Reference} from './reference.ts'
import {statIfOpen} from './stat-if-open.ts'
import {keepSealed} from '../caches/keep-sealed.ts'

/** What a container refers to, as long as no file that says so has changed: large projects take longer to parse than to snapshot. */
export interface ReferenceMemo {
  recall(collect: () => Collected): readonly Reference[]
  /** The last check that found nothing left out, of these very references. */
  readonly passed: PassedCheck | undefined
  pass(check: PassedCheck): void
}

/** A check that found nothing left out. */
export interface PassedCheck {
  /** The snapshot's paths. */
  readonly pathsKey: string
  /** When its scan began, in milliseconds since the epoch. */
  readonly startedMs: number
  /** References to what was not there; where it appears, a check is due. */
  readonly absent: readonly Reference[]
}

export interface Collected {
  readonly references: readonly Reference[]
  /** Every file and directory (ending in `/`) that was read or found missing. */
  readonly read: Iterable<string>
}

/** @param key names the container; another one's memo is not used. */
export function openReferenceMemo(file: string, root: string, key: string): ReferenceMemo {
  let memo: Omit<Stored, 'version'> | undefined
  return {
    recall(collect) {
      const stored = load(file)
      if (stored?.key === key && stored.stamps.every(([path, stamp]) => stampOf(root, path) === stamp)) {
        memo = stored
        return stored.references
      }
      const startedMs = Date.now()
      const {references, read} = collect()
      const stamps = [...read].map((path): [string, string] => [path, stampOf(root, path, startedMs)])
      if (stamps.every(([, stamp]) => stamp !== RECENT)) memo = {key, stamps, references: [...references], passed: null}
      return references
    },
    get passed() {
      return memo?.passed ?? undefined
    },
    pass({pathsKey, startedMs, absent}) {
      if (memo !== undefined) save(file, {version: 1, ...memo, passed: {pathsKey, startedMs, absent: [...absent]}})
    },
  }
}

const RECENT = 'recent'

function stampOf(root: string, path: string, startedMs = Number.POSITIVE_INFINITY): string {
  const stat = statIfOpen(join(root, path))
  if (stat === undefined) return 'absent'
  if (changedMs(stat.ctimeMs) >= unsettledFrom(startedMs)) return RECENT
  return `${stat.ino} ${stat.size} ${stat.mtimeMs} ${stat.ctimeMs}`
}

const ReferenceSchema = z.strictObject({path: z.string(), by: z.string(), kind: z.enum(['file', 'folder']), built: z.boolean()})

type Stored = z.infer<typeof Memo>

const Memo = z.strictObject({
  version: z.literal(1),
  key: z.string(),
  stamps: z.array(z.tuple([z.string(), z.string()])),
  references: z.array(ReferenceSchema),
  passed: z.strictObject({pathsKey: z.string(), startedMs: z.number(), absent: z.array(ReferenceSchema)}).nullable(),
})

function load(file: string): Stored | undefined {
  try {
    return Memo.parse(JSON.parse(readSealed(file)?.toString('utf8') ?? ''))
  } catch {
    return undefined
  }
}

function save(file: string, memo: Stored): void {
  keepSealed(file, [JSON.stringify(memo)])
}

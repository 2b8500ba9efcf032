import type {EffectiveProfile} from '@rch/contract'
import type {BlobMap} from './caches/blob-map.ts'
import type {PathAudits} from './paths/path-audits.ts'
import type {Selection} from './rules/selection.ts'
import type {StatCache} from './caches/stat-cache.ts'
import type {TreeMemo} from './caches/tree-memo.ts'

/** What every part of one scan needs to know. */
export interface ScanContext {
  /** Absolute, without symbolic links. */
  readonly root: string
  readonly source: EffectiveProfile['source']
  readonly selection: Selection
  /** Paths that belong to the snapshot wherever they exist. */
  readonly always: ReadonlySet<string>
  readonly cache: StatCache
  /** Where the sorted index is kept. */
  readonly preparedFile: string
  readonly memo: TreeMemo
  readonly audits: PathAudits
  blobs(oidBytes: 20 | 32): BlobMap
  /** When this scan began, in milliseconds since the epoch. */
  readonly startedMs: number
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number) => void) | undefined
}

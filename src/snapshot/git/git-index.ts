/**
 * A git index in memory, one array per field so that 100,000 entries cost milliseconds. Entries are in git's order: by the
 * bytes of the path, then by stage.
 */
export interface GitIndex {
  readonly count: number
  /** UTF-8 paths; Latin-1 for those in `undecodable`. */
  readonly paths: readonly string[]
  /** Positions whose path is not valid UTF-8. */
  readonly undecodable: readonly number[]
  readonly modes: Uint32Array
  /** Size of the work-tree file when git last looked, modulo 2^32; 0 when git does not vouch for it. */
  readonly sizes: Uint32Array
  /** `INDEX_FLAGS`, or-ed. */
  readonly flags: Uint8Array
  /** Whether the stat data that git recorded stand in the 40 bytes before each object id. */
  readonly hasStats: boolean
  /** Where in `bytes` each object id starts. */
  readonly oidOffsets: Uint32Array
  readonly bytes: Buffer
  readonly oidBytes: 20 | 32
}

export const INDEX_FLAGS = {assumeValid: 1, skipWorktree: 2, intentToAdd: 4, conflicted: 8} as const

/** What a split index says about the shared index below it. */
export interface SplitLink {
  /** Hex id of the shared index. */
  readonly base: string
  readonly bitmaps: Buffer
}

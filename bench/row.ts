/** A ratio: what was measured, against what, in the same run on the same things. */
export interface BenchRow {
  readonly name: string
  readonly against: string
  /** Ours divided by theirs, at most. */
  readonly bar: number
  readonly ratio: number
  /** The smallest and the largest ratio of a pair, where pairs were kept. */
  readonly spread?: {readonly min: number; readonly max: number}
  /** Milliseconds. */
  readonly ours: Timing
  readonly theirs: Timing
  /** What both sides had in common: cache state, fsync, compression. */
  readonly conditions: string
}

/** Something that has a bar of its own, against no other tool. */
export interface AbsoluteRow {
  readonly name: string
  readonly unit: 'µs' | 'ms' | 's' | 'MB' | 'bytes'
  /** At most. */
  readonly bar: number
  readonly value: number
  readonly spread?: {readonly min: number; readonly max: number}
  readonly conditions: string
}

/** Median and spread, min to max. */
export interface Timing {
  readonly median: number
  readonly min: number
  readonly max: number
}

export function timing(samples: readonly number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b)
  return {median: sorted[sorted.length >> 1] ?? 0, min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0}
}

export function isMet(row: BenchRow | AbsoluteRow): boolean {
  return ('ratio' in row ? row.ratio : row.value) <= row.bar
}

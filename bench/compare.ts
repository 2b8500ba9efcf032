import {timing, type BenchRow} from './row.ts'

export const PAIRS = 9

/** What is measured: the time of the whole, or the part of it that the work itself says it is about. */
type Work = () => unknown

/** Milliseconds that the work measured itself. */
export interface Measured {
  readonly ms: number
}

/**
 * Interleaved pairs, after one of each that does not count. The ratio is the median of the pairs' ratios, so that a machine which
 * slows down meanwhile slows both. `prepare` runs before every single measurement and is not measured.
 */
export async function compare(
  ours: Work,
  theirs: Work,
  options: {readonly pairs?: number; readonly prepare?: Work} = {},
): Promise<Pick<BenchRow, 'ours' | 'theirs' | 'ratio' | 'spread'>> {
  const {pairs = PAIRS, prepare = () => {}} = options
  const measure = async (work: Work): Promise<number> => {
    await prepare()
    const start = performance.now()
    const own = await work()
    return isMeasured(own) ? own.ms : performance.now() - start
  }
  const mine: number[] = []
  const others: number[] = []
  for (let pair = 0; pair <= pairs; pair += 1) {
    const [one, other] = [await measure(ours), await measure(theirs)]
    if (pair === 0) continue
    mine.push(one)
    others.push(other)
  }
  const {median, ...spread} = timing(mine.map((one, index) => one / (others[index] ?? one)))
  return {ours: timing(mine), theirs: timing(others), ratio: median, spread}
}

function isMeasured(value: unknown): value is Measured {
  return typeof value === 'object' && value !== null && 'ms' in value && typeof value.ms === 'number'
}

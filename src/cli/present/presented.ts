import type {OnProgress} from '../../app/run/progress.ts'
import {plainPresenter} from './plain-presenter.ts'

export interface PresentOptions {
  /** The actions of the run, in order; `null` where they are not known yet. */
  readonly steps: readonly string[] | null
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly troubleOnly?: boolean
  readonly logShown?: boolean
}

/** Shows a run while it works: a live list where somebody looks at a terminal, plain lines everywhere else. */
export async function presented<T>(options: PresentOptions, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const write = (line: string): unknown => process.stderr.write(`${line}\n`)
  if (options.steps === null || !isLive(options)) {
    const plain = plainPresenter(write, {...options, most: MAX_FAILURES})
    return work(plain.onProgress).finally(plain.stop)
  }
  const {livePresenter} = await import('./live.ts')
  const live = livePresenter(options.steps, write)
  try {
    const done = await work(live.onProgress)
    await live.finish(true)
    return done
  } catch (error) {
    await live.finish(false)
    throw error
  }
}

/** Of a run that goes wrong in hundreds of places, as it goes: enough to stop and think. */
const MAX_FAILURES = 20

/** A terminal that says it has no width would get a letter per line. */
const MIN_COLUMNS = 40

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Whether somebody looks at a terminal that a list can be drawn on. */
export function isLive(
  {json, quiet, verbose, troubleOnly = false}: Pick<PresentOptions, 'json' | 'quiet' | 'verbose' | 'troubleOnly'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
  terminals: readonly Terminal[] = [process.stdout, process.stderr],
): boolean {
  const {CI, TERM, GITHUB_ACTIONS} = env
  if (json || quiet || verbose || troubleOnly || CI !== undefined || GITHUB_ACTIONS !== undefined || TERM === 'dumb') return false
  return terminals.every(({isTTY, columns}) => isTTY === true && (columns ?? 0) >= MIN_COLUMNS)
}

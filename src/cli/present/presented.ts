import type {OnProgress} from '../../app/run/progress.ts'
import {linePresenter} from './lines.ts'

export interface PresentOptions {
  /** The actions of the run, in order; `null` where they are not known yet. */
  readonly steps: readonly string[] | null
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** Shows a run while it works: a live list where somebody looks at a terminal, plain lines everywhere else. */
export async function presented<T>(options: PresentOptions, work: (onProgress: OnProgress) => Promise<T>): Promise<T> {
  const write = (line: string): unknown => process.stderr.write(`${line}\n`)
  if (options.steps === null || !isLive(options)) return work(linePresenter(write, {...options, most: MAX_FAILURES}))
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

function isLive({json, quiet, verbose}: PresentOptions): boolean {
  const {CI, TERM, GITHUB_ACTIONS} = process.env
  return (
    !json &&
    !quiet &&
    !verbose &&
    CI === undefined &&
    GITHUB_ACTIONS === undefined &&
    TERM !== 'dumb' &&
    process.stdout.isTTY &&
    process.stderr.isTTY
  )
}

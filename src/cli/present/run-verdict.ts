import {readRecord} from '../../app/report/report-record.ts'
import {reportInput} from '../../app/report/report-text.ts'
import {whatFailed, type Failures} from '../../app/report/what-failed.ts'
import {paletteOf} from '../../reports/palette.ts'
import {renderText} from '../../reports/render-text.ts'

export interface RunVerdict extends Failures {
  /** For people: how it ended, the first failures with place and message, how to run the first again. */
  readonly text: string
}

/** As many as fit on a screen; the report has the rest. */
const SHOWN = {failure: 4, error: 4, warning: 0, retried: 3, difference: 1} as const

/** What a run that failed has to say at once; null where its documents cannot be read, since that must not hide how it ended. */
export function runVerdict(
  run: {readonly run_id: string; readonly attempt: number; readonly directory: string},
  colours: boolean,
  columns: number | null,
): RunVerdict | null {
  try {
    const input = {...reportInput(readRecord({type: 'run', ...run})), more: []}
    return {text: renderText(input, paletteOf(colours), SHOWN, columns), ...whatFailed(input)}
  } catch {
    return null
  }
}

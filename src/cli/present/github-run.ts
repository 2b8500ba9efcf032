import {reportOn} from '../../app/report/report.ts'
import {githubPresenter} from './github.ts'

/**
 * Tells GitHub Actions how a run ended: annotations on standard error, which the runner reads as well and `--json` leaves free, and the job
 * summary. `folder` says where the source lies in the repository. What cannot be told is no failure of the run.
 */
export function tellGithub(
  run: {readonly run_id: string; readonly attempt: number; readonly directory: string},
  folder: () => string,
): void {
  const {run_id, attempt, directory} = run
  try {
    const {input} = reportOn({type: 'run', run_id, attempt, directory}, {format: 'text', budget: null, colours: false, columns: null})
    githubPresenter((text) => process.stderr.write(text), process.env).report(input, `rch xcode ${run_id.slice(0, 12)}`, folder())
  } catch (error) {
    process.stderr.write(`note: GitHub was told nothing: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}

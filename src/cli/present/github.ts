import {appendFileSync} from 'node:fs'
import {escapeData, githubCommands} from '../../reports/github.ts'
import {markdownSummary} from '../../reports/markdown.ts'
import type {ReportInput} from '../../reports/report-blocks.ts'

export interface GithubPresenter {
  /** Folds the lines that follow, until the next group or `end`. */
  group(title: string): void
  end(): void
  /**
   * Annotations beside the lines, and a job summary where there is one. `folder` is where the source lies in the repository, if not at its
   * top.
   */
  report(input: ReportInput, title: string, folder?: string): void
}

/**
 * Speaks to GitHub Actions: workflow commands to `write`, the summary to the file that GITHUB_STEP_SUMMARY names. A summary that cannot be
 * written is a notice, never a failure.
 */
export function githubPresenter(write: (text: string) => void, env: Readonly<Record<string, string | undefined>>): GithubPresenter {
  let open = false
  const end = (): void => {
    if (open) write('::endgroup::\n')
    open = false
  }
  return {
    group(title) {
      end()
      write(`::group::${escapeData(title)}\n`)
      open = true
    },
    end,
    report(input, title, folder = '') {
      end()
      write(githubCommands(input.findings, folder, input.trouble ?? null))
      writeSummary(markdownSummary(input, title), write, env)
    },
  }
}

function writeSummary(text: string, write: (text: string) => void, env: Readonly<Record<string, string | undefined>>): void {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, text)
  } catch (error) {
    write(`::notice title=rch::${escapeData(`The job summary cannot be written: ${error instanceof Error ? error.message : 'unknown'}`)}\n`)
  }
}

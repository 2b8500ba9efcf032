/** A diagnostic of a build. Lines and columns count from 1; without a file it belongs to the target or the build. */
export interface BuildIssue {
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly target?: string
}

/** The text a compiler prints: place, message, source line and caret. */
export function issueText(issue: BuildIssue, sourceLine: string | undefined): string {
  if (issue.file === undefined) return `${issue.severity}: ${issue.message}\n`
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== undefined).join(':')
  const quoted =
    sourceLine === undefined || issue.column === undefined
      ? ''
      : `${sourceLine}\n${sourceLine.slice(0, issue.column - 1).replaceAll(/[^\t]/g, ' ')}^\n`
  return `${place}: ${issue.severity}: ${issue.message}\n${quoted}`
}

import {annotationsOf} from './annotations.ts'
import {githubCommands} from './github.ts'
import {junitXml} from './junit.ts'
import type {Palette} from './palette.ts'
import type {ReportInput} from './report-blocks.ts'
import {renderText, renderWithinBudget} from './render-text.ts'
import {sarifLog} from './sarif.ts'

export type FindingsFormat = 'text' | 'junit' | 'sarif' | 'annotations' | 'github'

/** Findings in one of the forms that `report` and `interpret` print. */
export function renderFindings(
  input: ReportInput,
  options: {
    readonly format: FindingsFormat
    readonly budget: number | null
    readonly palette: Palette
    readonly title: string
    /** Of the terminal; null where there is none. */ readonly columns: number | null
  },
): string {
  const {findings} = input
  switch (options.format) {
    case 'text':
      return options.budget === null ? renderText(input, options.palette, {}, options.columns) : renderWithinBudget(input, options.budget)
    case 'junit':
      return junitXml(findings, options.title)
    case 'sarif':
      return `${JSON.stringify(sarifLog(findings), null, 2)}\n`
    case 'annotations':
      return `${JSON.stringify({annotations: annotationsOf(findings)}, null, 2)}\n`
    default:
      return githubCommands(findings)
  }
}

import type {ToolContext} from '../tool/tool-context.ts'

/** Says why nothing was done, as xcodebuild does, and gives the status to leave with. */
export function refuse(context: Pick<ToolContext, 'output'>, status: number, message: string): number {
  context.output.err(`xcodebuild: error: ${message}\n`)
  return status
}

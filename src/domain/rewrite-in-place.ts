import type {Decision} from '@rch/contract'

/** The prefix that takes xcodebuild's place; everything behind it stays byte for byte. */
export const DROP_IN = 'rch xcode run --drop-in -- '

/** A shell string with exactly the accepted command's words handed to the lane; `null` when it was not accepted. */
export function rewriteInPlace(text: string, decision: Pick<Decision, 'verdict' | 'splice'>): string | null {
  if (decision.verdict !== 'accept') return null
  const {start, end} = decision.splice ?? {start: text.length - text.trimStart().length, end: text.length}
  return text.slice(0, start) + DROP_IN + text.slice(start, end) + text.slice(end)
}

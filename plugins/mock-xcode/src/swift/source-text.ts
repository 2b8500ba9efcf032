import type {SyntaxDiagnostic} from './token.ts'

/** A Swift source with its line index and the diagnostics found so far. */
export interface SourceText {
  readonly text: string
  readonly diagnostics: SyntaxDiagnostic[]
  position(offset: number): {readonly line: number; readonly column: number}
  report(offset: number, message: string, severity?: SyntaxDiagnostic['severity']): void
}

/** Line and column are 1-based; a column counts UTF-16 units. */
export function sourceText(text: string): SourceText {
  const starts = lineStarts(text)
  const diagnostics: SyntaxDiagnostic[] = []
  const position = (offset: number): {line: number; column: number} => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return {line: low + 1, column: offset - (starts[low] ?? 0) + 1}
  }
  return {
    text,
    diagnostics,
    position,
    report(offset, message, severity = 'error') {
      diagnostics.push({severity, message, ...position(offset)})
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

import {RchError} from '@rch/contract'

/** `project_unreadable` at an offset of the text: line and column count from 1, columns in UTF-16 units. */
export function readError(what: string, problem: string, text: string, offset: number): RchError {
  const {line, column} = placeOf(text, offset)
  return new RchError('project_unreadable', `${what}: ${problem} (line ${line}, column ${column})`, {data: {what, problem, line, column}})
}

/** `project_unreadable` for a document whose text is well formed and whose content is not. */
export function shapeError(what: string, problem: string): RchError {
  return new RchError('project_unreadable', `${what}: ${problem}`, {data: {what, problem}})
}

function placeOf(text: string, offset: number): {line: number; column: number} {
  let line = 1
  let start = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
    start = at + 1
  }
  return {line, column: offset - start + 1}
}

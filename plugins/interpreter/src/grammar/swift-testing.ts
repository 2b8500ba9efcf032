export type SwiftTestingLine =
  | {readonly kind: 'run-started'}
  | {readonly kind: 'run-ended'; readonly outcome: 'passed' | 'failed'; readonly tests: number; readonly seconds: number | null}
  | {readonly kind: 'started'; readonly scope: 'test' | 'suite'; readonly name: SwiftName}
  | {
      readonly kind: 'passed' | 'failed'
      readonly scope: 'test' | 'suite'
      readonly name: SwiftName
      readonly seconds: number | null
      readonly knownIssues: number
    }
  | {readonly kind: 'skipped'; readonly scope: 'test' | 'suite'; readonly name: SwiftName; readonly reason: string | null}
  | {
      readonly kind: 'issue'
      readonly known: boolean
      readonly warning: boolean
      readonly name: SwiftName
      readonly message: string
      readonly file: string | null
      readonly line: number | null
      readonly column: number | null
      readonly arguments: string | null
    }
  | {readonly kind: 'detail'; readonly text: string}
  | {readonly kind: 'other'}

export interface SwiftName {
  /** `f(x:)` or `Suite`; null when only a display name was printed. */
  readonly function: string | null
  readonly display: string | null
}

// The symbols of terminals, of Windows and of Xcode's console, and the SF Symbols of a terminal on macOS.
const SYMBOL = /^[\u200B\u2060]?([◇◊◯○●✔✓√✘✖✗×➜━↳→±⚠▲⎙]|[\u{F0000}-\u{10FFFD}])\uFE0E? {1,2}(.*)$/u
const DETAIL = /^[\u200B]?[↳→±⎙\u{100135}\u{10017A}\u{100237}]/u
const NAME = String.raw`("(?:[^"]|"(?! (?:\(aka|with|started|passed|failed|skipped|recorded|was)))*"|.+?)(?: \(aka '(.+?)'\))?(?: with \d+ test cases?)?`
const RUN_END = /^Test run with (\d+) tests?(?: in \d+ suites?)? (passed|failed) after ([\d.,]+) seconds/
const STARTED = new RegExp(String.raw`^(Test|Suite) ${NAME} started\.$`)
const ENDED = new RegExp(String.raw`^(Test|Suite) ${NAME} (passed|failed) after ([\d.,]+) seconds(.*)$`)
const SKIPPED = new RegExp(String.raw`^(Test|Suite) ${NAME} (?:skipped|was cancelled(?: after [\d.,]+ seconds)?)(?::? "?(.*?)"?)?\.?$`)
const ISSUE = new RegExp(
  String.raw`^(?:Test|Suite) ${NAME} recorded an? (known )?(issue|warning)(?: with (\d+ arguments? .*?))?(?: at ((?:(?! at ).)+?):(\d+):(\d+))?: (.*)$`,
)
const CASE_OF = /^Test case passing \d+ arguments? /

/** Reads one line of Swift Testing's console output, either symbol set; `null` when the line is something else. */
export function parseSwiftTesting(line: string): SwiftTestingLine | null {
  const [, , text] = SYMBOL.exec(line) ?? []
  if (text === undefined) return null
  if (DETAIL.test(line)) return {kind: 'detail', text}
  if (!/^(?:Test|Suite|Passing) /.test(text)) return null
  if (text === 'Test run started.') return {kind: 'run-started'}
  if (CASE_OF.test(text) || text.startsWith('Passing ')) return {kind: 'other'}
  const run = RUN_END.exec(text)
  if (run !== null) {
    return {kind: 'run-ended', outcome: run[2] === 'failed' ? 'failed' : 'passed', tests: Number(run[1]), seconds: seconds(run[3])}
  }
  const started = STARTED.exec(text)
  if (started !== null) return {kind: 'started', scope: scope(started[1]), name: name(started[2], started[3])}
  const issue = ISSUE.exec(text)
  if (issue !== null) return readIssue(issue)
  const ended = ENDED.exec(text)
  if (ended !== null) {
    return {
      kind: ended[4] === 'failed' ? 'failed' : 'passed',
      scope: scope(ended[1]),
      name: name(ended[2], ended[3]),
      seconds: seconds(ended[5]),
      knownIssues: Number(/(\d+) known issues?/.exec(ended[6] ?? '')?.[1] ?? 0),
    }
  }
  const skipped = SKIPPED.exec(text)
  if (skipped !== null) {
    return {kind: 'skipped', scope: scope(skipped[1]), name: name(skipped[2], skipped[3]), reason: skipped[4]?.trim() || null}
  }
  return {kind: 'other'}
}

function readIssue(match: RegExpExecArray): SwiftTestingLine {
  const [, printed, aka, known, noun, args, file, line, column, message = ''] = match
  return {
    kind: 'issue',
    known: known !== undefined,
    warning: noun === 'warning',
    name: name(printed, aka),
    message,
    file: file ?? null,
    line: line === undefined ? null : Number(line),
    column: column === undefined ? null : Number(column),
    arguments: args === undefined ? null : args.replace(/^\d+ arguments? /, ''),
  }
}

function scope(word: string | undefined): 'test' | 'suite' {
  return word === 'Suite' ? 'suite' : 'test'
}

function name(printed: string | undefined, aka: string | undefined): SwiftName {
  const text = printed ?? ''
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return {function: text, display: null}
  return {function: aka ?? null, display: text.slice(1, -1)}
}

function seconds(text: string | undefined): number | null {
  const value = Number((text ?? '').replace(',', '.'))
  return Number.isFinite(value) ? value : null
}

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

// The coloured dots of tags may follow. The symbols of terminals, of Windows and of Xcode's console, and the SF Symbols of a terminal on macOS.
const SYMBOL = /^[\u200B\u2060]?([◇◊◯○●✔✓√✘✖✗×➜━↳→±⚠▲⎙]|[\u{F0000}-\u{10FFFD}])[\uFE0E\uFE0F]? {1,2}(?:●+ +)?(.*)$/u
const DETAIL = /^[\u200B]?[↳→±⎙\u{100135}\u{10017A}\u{100237}]/u
const RUN_END = /^Test run with (\d+) tests?(?: in \d+ suites?)? (passed|failed) after ([\d.,]+) seconds/
// What may follow a name. Searched for from the left: names are free text, and nothing here may look back.
const AFTER_DISPLAY = /"(?= (?:\(aka '|with \d|started\.|passed after |failed after |skipped|recorded an? |was cancelled))/
const AFTER_FUNCTION = / (?:\(aka '|with \d+ test case|started\.|passed after |failed after |skipped|recorded an? |was cancelled)/
const CASES = /^ with \d+ test cases?/
const ENDED = /^ (passed|failed) after ([\d.,]+) seconds(.*)$/
const SKIPPED = /^ (?:skipped|was cancelled)(?: after [\d.,]+ seconds)?(?:\.|:? "?(.*))?$/
const ISSUE = /^ recorded an? (known )?(issue|warning)/
const ARGUMENTS = /^ with \d+ arguments? /
const PLACE = /:(\d+):(\d+): /
const MAX_PLACES = 8
const PLACES = new RegExp(PLACE, 'g')
const MAX_NAME = 8192
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
  const subject = readName(text)
  if (subject === null) return {kind: 'other'}
  const {scope, name, rest} = subject
  if (rest === ' started.') return {kind: 'started', scope, name}
  const issue = ISSUE.exec(rest)
  if (issue !== null) {
    return {kind: 'issue', known: issue[1] !== undefined, warning: issue[2] === 'warning', name, ...readIssue(rest.slice(issue[0].length))}
  }
  const ended = ENDED.exec(rest)
  if (ended !== null) {
    const knownIssues = Number(/(\d+) known issues?/.exec(ended[3] ?? '')?.[1] ?? 0)
    return {kind: ended[1] === 'failed' ? 'failed' : 'passed', scope, name, seconds: seconds(ended[2]), knownIssues}
  }
  const skipped = SKIPPED.exec(rest)
  if (skipped === null) return {kind: 'other'}
  return {kind: 'skipped', scope, name, reason: skipped[1]?.replace(/"?\.?$/, '').trim() || null}
}

/** `Test "Display name" (aka 'f()') with 3 test cases …` */
function readName(text: string): {scope: 'test' | 'suite'; name: SwiftName; rest: string} | null {
  const space = text.indexOf(' ')
  const scope = text.startsWith('Suite ') ? 'suite' : 'test'
  const subject = text.slice(space + 1)
  const quoted = subject.startsWith('"')
  const found = quoted ? AFTER_DISPLAY.exec(subject.slice(1)) : AFTER_FUNCTION.exec(subject)
  if (found === null || found.index > MAX_NAME) return null
  const end = quoted ? found.index + 2 : found.index
  let rest = subject.slice(end)
  let aka: string | null = null
  if (rest.startsWith(" (aka '")) {
    const close = rest.indexOf("')")
    if (close === -1) return null
    aka = rest.slice(" (aka '".length, close)
    rest = rest.slice(close + 2)
  }
  rest = rest.replace(CASES, '')
  const printed = subject.slice(0, end)
  const name = quoted ? {function: aka, display: printed.slice(1, -1)} : {function: printed, display: null}
  return {scope, name, rest}
}

/** ` with 2 arguments a → 1, b → 2 at F.swift:9:5: message`; arguments and place may be missing. */
function readIssue(rest: string): {
  message: string
  file: string | null
  line: number | null
  column: number | null
  arguments: string | null
} {
  const counted = ARGUMENTS.exec(rest)
  const place = placeIn(rest, counted !== null)
  const at = place === null ? -1 : rest.lastIndexOf(' at ', place.index)
  if (place === null || at === -1) {
    const colon = rest.indexOf(': ')
    const message = colon === -1 ? rest.trim() : rest.slice(colon + 2)
    return {message, file: null, line: null, column: null, arguments: null}
  }
  return {
    message: rest.slice(place.index + place[0].length),
    file: rest.slice(at + ' at '.length, place.index),
    line: Number(place[1]),
    column: Number(place[2]),
    arguments: counted === null ? null : rest.slice(counted[0].length, at),
  }
}

/** The first place, or with arguments the first outside of their quotes. */
function placeIn(rest: string, quoted: boolean): RegExpExecArray | null {
  const first = PLACE.exec(rest)
  if (first === null || !quoted) return first
  let looked = 0
  for (const match of rest.matchAll(PLACES)) {
    if (isOutsideQuotes(rest.slice(0, match.index))) return match
    looked += 1
    if (looked === MAX_PLACES) break
  }
  return first
}

function isOutsideQuotes(before: string): boolean {
  return (before.replaceAll('\\"', '').split('"').length - 1) % 2 === 0
}

function seconds(text: string | undefined): number | null {
  const value = Number((text ?? '').replace(',', '.'))
  return Number.isFinite(value) ? value : null
}

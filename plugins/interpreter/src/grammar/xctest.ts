import {MINUS, PLUS} from '../characters.ts'

export interface PrintedTest {
  /** The module or bundle that the line names, if any. */
  readonly module: string | null
  readonly suite: string | null
  readonly name: string
  readonly framework: 'xctest' | 'swift-testing'
}

export type CaseLine =
  | {readonly kind: 'started'; readonly test: PrintedTest; readonly iteration: number | null}
  | {
      readonly kind: 'passed' | 'failed' | 'skipped'
      readonly test: PrintedTest
      readonly seconds: number | null
      readonly iteration: number | null
      readonly device: string | null
    }

const CASE =
  /^Test [Cc]ase '(.+?)' (started|passed|failed|skipped|crashed|errored)(?: on '(.*?)')?(?: at [^()]*)?(?:\s*\(Iteration (\d+) of \d+\))?(?:\s*\(([\d.,]+) seconds\))?(?:\s*\(Iteration (\d+) of \d+\))?\.?\s*$/
const OBJC = /^[-+]\[(\S+) (.+)\]$/
const SUITE = /^Test [Ss]uite '(.+?)' (started|passed|failed|finished|skipped)(?: (?:at|on) '?(.*?)'?)?\.?$/
const EXECUTED =
  /^\s*Executed (\d+) tests?, with (?:(\d+) tests? skipped and )?(\d+) failures? \((\d+) unexpected\) in ([\d.,]+) \(([\d.,]+)\) seconds/
const ASSERTION = /^(?:(.*?):(\d+)(?::(\d+))?: )?error: (?:[-+]\[(\S+) ([^\]]+)\]|([\w.]+)\.(\w+)) : (.*)$/
const SKIP = /^(.*?):(\d+)(?::(\d+))?: (?:[-+]\[(\S+) ([^\]]+)\]|([\w.]+)\.(\w+)) : Test skipped(?: - |: )?(.*)$/
const EXPECTED = /^(?:(.*?):(\d+)(?::(\d+))?: )?Expected failure in (?:[-+]\[(\S+) ([^\]]+)\]|([\w.]+)\.(\w+)(?:\(\))?)\s*:? ?(.*)$/
const RESTART = /Restarting after unexpected exit(?:, crash, or test timeout| or crash)?(?: in (.+?))?; summary will include totals/

/** Both the serial form, `Test Case '-[M.C t]' passed (0.1 seconds).`, and the parallel one, `Test case 'C.t()' passed on '…'`. */
export function parseCase(line: string): CaseLine | null {
  if (line.length > MAX_CASE) return null
  const usual = parseUsual(line)
  if (usual !== null) return usual
  const [, printed, word, device, before, seconds, after] = CASE.exec(line) ?? []
  if (printed === undefined || word === undefined) return null
  const test = parsePrintedTest(printed)
  const iteration = before ?? after
  const common = {test, iteration: iteration === undefined ? null : Number(iteration)}
  if (word === 'started') return {kind: 'started', ...common}
  const kind = word === 'passed' || word === 'skipped' ? word : 'failed'
  return {kind, ...common, seconds: secondsOf(seconds), device: device ?? null}
}

/** Longer than any name that a compiler takes. */
const MAX_CASE = 8192
const USUAL = "Test Case '-["

/** The two lines that most of a test log consists of, `Test Case '-[M.C t]' started.` and `… passed (0.1 seconds).`, without a pattern. */
function parseUsual(line: string): CaseLine | null {
  if (!line.startsWith(USUAL)) return null
  const space = line.indexOf(' ', USUAL.length)
  const close = space === -1 ? -1 : line.indexOf("]' ", space)
  const name = line.slice(space + 1, close)
  if (close === -1 || name.includes('(')) return null
  const test = withModule(line.slice(USUAL.length, space), name)
  const rest = line.slice(close + 3)
  if (rest === 'started.') return {kind: 'started', test, iteration: null}
  if (!rest.startsWith('passed (') || !rest.endsWith(' seconds).')) return null
  const seconds = secondsOf(rest.slice('passed ('.length, -' seconds).'.length))
  return seconds === null ? null : {kind: 'passed', test, seconds, iteration: null, device: null}
}

/** `-[M.C t]`, `M.C.t`, `C.t()`, `Suite/f(x:)`, `f()`. */
export function parsePrintedTest(printed: string): PrintedTest {
  const first = printed.charCodeAt(0)
  const objc = first === MINUS || first === PLUS ? OBJC.exec(printed) : null
  if (objc !== null) {
    const [, owner = '', name = ''] = objc
    return name.includes('(') ? {module: null, suite: owner, name, framework: 'swift-testing'} : withModule(owner, name)
  }
  const paren = printed.indexOf('(')
  const head = paren === -1 ? printed : printed.slice(0, paren)
  const slash = head.lastIndexOf('/')
  if (slash !== -1) {
    const suite = printed.slice(0, slash)
    const name = printed.slice(slash + 1)
    // `Class/method()` is how older Xcodes name an XCTest; only Swift Testing nests or labels its arguments.
    return {module: null, suite, name, framework: 'swift-testing'}
  }
  const dot = head.lastIndexOf('.')
  if (dot === -1) return {module: null, suite: null, name: printed, framework: paren === -1 ? 'xctest' : 'swift-testing'}
  const name = printed.slice(dot + 1)
  if (paren !== -1 && !name.endsWith('()')) return {module: null, suite: printed.slice(0, dot), name, framework: 'swift-testing'}
  return withModule(printed.slice(0, dot), name.replace(/\(\)$/, ''))
}

export function parseSuite(line: string): {name: string; word: string; device: string | null} | null {
  const [, name, word, rest] = SUITE.exec(line) ?? []
  if (name === undefined || word === undefined) return null
  return {name, word, device: rest !== undefined && / on '/.test(line.slice(name.length)) ? rest : null}
}

export function parseExecuted(
  line: string,
): {executed: number; skipped: number; failures: number; unexpected: number; seconds: number | null} | null {
  const [, executed, skipped, failures, unexpected, , seconds] = EXECUTED.exec(line) ?? []
  if (executed === undefined) return null
  return {
    executed: Number(executed),
    skipped: Number(skipped ?? 0),
    failures: Number(failures),
    unexpected: Number(unexpected),
    seconds: secondsOf(seconds),
  }
}

export interface PlacedLine {
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  readonly test: PrintedTest
  readonly message: string
}

/** `file:line: error: -[M.C t] : message`. */
export function parseAssertion(line: string): PlacedLine | null {
  if (!line.includes('error: ')) return null
  const match = ASSERTION.exec(line)
  // Without a place only the brackets tell a test from a sentence.
  return match !== null && match[2] === undefined && match[4] === undefined ? null : placed(match)
}

/** `file:line: -[M.C t] : Test skipped - reason`. */
export function parseSkip(line: string): PlacedLine | null {
  return line.includes(': Test skipped') ? placed(SKIP.exec(line)) : null
}

/** `file:line: Expected failure in -[M.C t]: message`. */
export function parseExpectedFailure(line: string): PlacedLine | null {
  return line.includes('Expected failure in ') ? placed(EXPECTED.exec(line)) : null
}

/** The runner died and is started again; `after` is what it ran, as printed, when the line says so. */
export function parseRestart(line: string): {after: string | null} | null {
  const match = RESTART.exec(line)
  return match === null ? null : {after: match[1] ?? null}
}

/** The target that a bundle suite stands for: `X.xctest`, `/path/X.octest(Tests)`. */
export function bundleOf(suite: string): string | null {
  return /(?:^|\/)([^/]+)\.(?:xctest|octest)(?:\([\w ]*\))?$/.exec(suite)?.[1] ?? null
}

export function isOutermostSuite(name: string): boolean {
  return name === 'All tests' || name === 'Selected tests' || name === 'Multiple Selected Tests'
}

function placed(match: RegExpExecArray | null): PlacedLine | null {
  if (match === null) return null
  const [, file = '', line, column, objcClass, objcMethod, className, method, message = ''] = match
  const test = objcClass === undefined ? withModule(className ?? '', method ?? '') : withModule(objcClass, objcMethod ?? '')
  const known = file !== '' && !file.startsWith('<') ? withoutPrint(file) : null
  const at = Number(line ?? 0)
  return {file: known, line: at > 0 ? at : null, column: column === undefined ? null : Number(column), test, message}
}

/** What a test printed without a line break stands before the path. */
function withoutPrint(file: string): string {
  const at = file.startsWith('/') ? -1 : file.search(/\s\/\S/)
  return at === -1 ? file : file.slice(at + 1)
}

function withModule(qualified: string, name: string): PrintedTest {
  const dot = qualified.indexOf('.')
  if (dot === -1) return {module: null, suite: qualified, name, framework: 'xctest'}
  return {module: qualified.slice(0, dot), suite: qualified.slice(dot + 1), name, framework: 'xctest'}
}

function secondsOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const value = Number(text.includes(',') ? text.replace(',', '.') : text)
  return value >= 0 && Number.isFinite(value) ? value : null
}

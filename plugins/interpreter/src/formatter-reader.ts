import {COLON, HASH, OPENING_BRACKET} from './characters.ts'
import type {DiagnosticReader} from './diagnostic-reader.ts'
import type {ParsedDiagnostic} from './grammar/diagnostic.ts'
import {parsePrintedTest, type PrintedTest} from './grammar/xctest.ts'
import type {FormattedFailure} from './formatted-failure.ts'
import type {Phases} from './phases.ts'
import type {TestReader} from './test-reader.ts'

/** Reads what xcbeautify and xcpretty leave of a log: ticks, crosses and signs where lines of xcodebuild stood. */
export interface FormatterReader {
  /** A line that starts with a symbol. */
  line(line: string): boolean
  /** A plain line of a formatter: `Test Suite X started`, `[x] …`, `::error …`. */
  header(line: string): boolean
  active(): boolean
  /** xcodebuild's own lines were seen: signs and ticks are somebody's print. */
  disable(): void
}

const RESULT = /^\s*([✔✓✖✗⊘⧗⧖◷]) (?:\[([^\]]+)\] )?(.+?)(?: on '(.*?)')?(?: \(([\d.]+) (?:seconds|sec|s)\)+(?: \d+ issue\(s\))?)?$/u
const FAILED = /^\s*[✖✗] (.+?), (.*)$/u
const SIGN = /^(❌|⚠️?|\[x\]|\[!\]) {1,2}(.*)$/u
const COMMAND = /^::(error|warning)(?: ([^:]*))?::(.*)$/
/** The same for Azure. */
const AZURE = /^##vso\[task\.logissue type=(error|warning);?([^\]]*)\](.*)$/
// What stands in a workflow command where a test failed, serial and parallel, and in Swift Testing.
const COMMAND_FAILED = /^ {4}(\w+(?:\(.*?\))?), (.*)$/
const COMMAND_PARALLEL = /^ {4}(\S+) on '(.*)' \(([\d.]+) seconds\)$/
const COMMAND_SWIFT = /^(.+) \(([\d.]+) seconds\) \d+ issue\(s\)$/
const COMMAND_ISSUE = /^Recorded an issue(?: \((.*)\))?$/
const COMMAND_TOTAL = /^(?:Suite .+|Test run with \d+ tests) failed after /
const SWIFT_ISSUE = /^ ?Test (.+?) recorded an issue(?: with \d+ argument\(s\))?(?: at (.*?):(\d+):(\d+)(?:: (.*))?)?$/
// The same as a runner shows it, and what a runner says for itself.
const RUNNER_COMMAND = /^##\[(error|warning)\](.*)$/
const RUNNER_OWN = /^(?:Process completed with exit code|The operation was canceled|The job running on runner|Node\.js \d+ actions)/
const BANNER = '----- xcbeautify -----'
const SUITE = /^Test Suite (?!')(.+?) started(?: on '(.*)')?$/
const PLACE = /^(\/?[^:\s][^:]*\.\w+)(?::(\d+)(?::(\d+))?)?: (.*)$/
const VERDICT = /^(?:Test|Build|Clean|Archive|Analyze) (?:Succeeded|Failed)$/
const CLASS = /^[A-Za-z_]\w*$/

export function createFormatterReader(diagnostics: DiagnosticReader, tests: TestReader, phases: Phases): FormatterReader {
  let active = false
  let disabled = false
  let suite: string | null = null
  /** Of Swift Testing: told before its test is. */
  let issue: FormattedFailure | null = null

  const printedTest = (name: string): PrintedTest => {
    const printed = parsePrintedTest(name)
    return printed.suite === null && printed.framework === 'xctest' ? {...printed, suite} : printed
  }

  const diagnostic = (severity: 'error' | 'warning', text: string): boolean => {
    const [, file, line, column, message] = PLACE.exec(text) ?? []
    const tool = /^(ld|clang|xcodebuild): (?:error: |warning: )?(.*)$/.exec(text)
    const parsed: ParsedDiagnostic = {
      severity,
      message: message ?? tool?.[2] ?? text.replace(/^(?:error|warning): /, ''),
      file: file ?? null,
      line: line === undefined ? null : Number(line),
      column: column === undefined ? null : Number(column),
      tool: tool?.[1] ?? null,
      target: null,
    }
    diagnostics.report(parsed, text)
    return true
  }

  const reader: FormatterReader = {
    line(line) {
      if (disabled) return false
      const sign = SIGN.exec(line.trimStart())
      const issue = sign === null ? null : SWIFT_ISSUE.exec(sign[2] ?? '')
      if (issue !== null) return swiftIssue(issue)
      if (sign !== null) {
        if (/^\s/.test(line)) return false
        if (!active && !PLACE.test(sign[2] ?? '')) return false
        active = true
        return diagnostic(sign[1] === '❌' || sign[1] === '[x]' ? 'error' : 'warning', sign[2] ?? '')
      }
      if (line.startsWith('▸ ')) {
        active = true
        return arrow(line.slice(2))
      }
      const result = RESULT.exec(line)
      if (result === null) return false
      const [, mark = '', inSuite, name = '', device, seconds] = result
      if (seconds === undefined && mark !== '✖' && mark !== '✗' && mark !== '⊘') return false
      active = true
      const called = inSuite === undefined ? name : `${inSuite}.${name}`
      return readResult(mark, line, called, device ?? null, seconds === undefined ? null : Number(seconds))
    },
    header(line) {
      if (disabled) return false
      if (line === BANNER) active = true
      const started = SUITE.exec(line)
      if (started !== null) {
        active = true
        suite = started[1]?.endsWith('.xctest') === false ? started[1] : null
        phases.begin('test')
        return true
      }
      const first = line.charCodeAt(0)
      if (first === OPENING_BRACKET) {
        const sign = SIGN.exec(line)
        if (sign === null || (!active && !PLACE.test(sign[2] ?? ''))) return false
        active = true
        return diagnostic(sign[1] === '[x]' ? 'error' : 'warning', sign[2] ?? '')
      }
      if (first === COLON) {
        const [, severity, place = '', message = ''] = COMMAND.exec(line) ?? []
        if (severity === undefined) return false
        active = true
        return command(severity, place, message)
      }
      if (first === HASH) {
        const [, kind, properties = '', text = ''] = AZURE.exec(line) ?? []
        if (kind !== undefined) {
          active = true
          return command(kind, properties.replaceAll(';', ','), text)
        }
        const [, severity, message = ''] = RUNNER_COMMAND.exec(line) ?? []
        if (severity === undefined || RUNNER_OWN.test(message)) return false
        active = true
        return command(severity, '', message)
      }
      // xcpretty prints a class on a line of its own before its tests.
      if (active && CLASS.test(line)) {
        suite = line
        return true
      }
      return false
    },
    active: () => active && !disabled,
    disable() {
      disabled = true
    },
  }

  return reader

  /** xcpretty marks steps with an arrow, and what runs it marks every line so. */
  function arrow(text: string): boolean {
    if (/^\s*[✓✗✔✖⊘⧗◷]/u.test(text) || SIGN.test(text)) return reader.line(text)
    if (SUITE.test(text) || CLASS.test(text)) return reader.header(text)
    if (VERDICT.test(text)) return false
    phases.begin('build')
    return true
  }

  /** A workflow command tells a failed test as it tells an error of the build. */
  function command(severity: string, properties: string, message: string): boolean {
    if (severity === 'error') {
      const none = {iteration: null, device: null}
      const place = placesOf(properties)
      const [, name, reason] = COMMAND_FAILED.exec(message) ?? []
      if (name !== undefined && reason !== undefined) {
        tests.result(printedTest(name), {message: reason, ...place}, {kind: 'failed', seconds: null, ...none})
        return true
      }
      const [, parallel, device, seconds] = COMMAND_PARALLEL.exec(message) ?? []
      if (parallel !== undefined) {
        tests.result(printedTest(parallel), null, {kind: 'failed', seconds: Number(seconds), iteration: null, device: device ?? null})
        return true
      }
      const [, swift, took] = COMMAND_SWIFT.exec(message) ?? []
      if (swift !== undefined) {
        tests.result(swiftTest(swift), issue, {kind: 'failed', seconds: Number(took), ...none})
        issue = null
        return true
      }
      const recorded = COMMAND_ISSUE.exec(message)
      if (recorded !== null) {
        issue = {message: recorded[1] ?? message, ...place}
        return true
      }
      if (COMMAND_TOTAL.test(message)) return true
      if (message.startsWith('    Restarting after') && tests.line(message.trimStart())) return true
    }
    const {file, line, column} = placesOf(properties)
    const where = [file, line, column].filter((part) => part !== null)
    return diagnostic(severity === 'error' ? 'error' : 'warning', where.length === 0 ? message : `${where.join(':')}: ${message}`)
  }

  function swiftIssue([, name = '', file, line, column, message]: RegExpExecArray): boolean {
    active = true
    issue = {
      message: message ?? `${name} recorded an issue`,
      file: file ?? null,
      line: line === undefined ? null : Number(line),
      column: column === undefined ? null : Number(column),
    }
    return true
  }

  function swiftTest(name: string): PrintedTest {
    return {module: null, suite: null, name: name.replace(/^"(.*)"$/, '$1'), framework: 'swift-testing'}
  }

  function readResult(mark: string, line: string, name: string, device: string | null, seconds: number | null): boolean {
    if (mark === '◷') return true
    const passed = mark === '✔' || mark === '✓'
    const failed = mark === '✖' || mark === '✗'
    const [, test, message] = failed && seconds === null ? (FAILED.exec(line) ?? []) : []
    const swift = failed && issue !== null && message === undefined
    const failure = swift ? issue : message === undefined ? null : {message, file: null, line: null, column: null}
    issue = null
    const printed = name.startsWith('"')
      ? swiftTest(name.replace(/ skipped(?: \(.*\))?$/, ''))
      : printedTest((test ?? name).replace(/ skipped(?: \(.*\))?$/, ''))
    tests.result(printed, failure, {
      kind: passed ? 'passed' : failed ? 'failed' : 'skipped',
      seconds,
      iteration: null,
      device,
    })
    return true
  }
}

/** `file=a.swift,line=3,col=5`, and the names that Azure has for it. */
function placesOf(properties: string): Omit<FormattedFailure, 'message'> {
  const values = new Map(properties.split(',').map((pair) => [pair.split('=')[0]?.trim(), pair.split('=').slice(1).join('=')] as const))
  const first = (...names: readonly string[]): string | null =>
    names.map((name) => values.get(name)).find((value) => value !== undefined && value !== '') ?? null
  const number = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null)
  const file = first('file', 'sourcepath')
  const line = file === null ? null : number(first('line', 'linenumber'))
  return {file, line, column: line === null ? null : number(first('col', 'column', 'columnnumber'))}
}

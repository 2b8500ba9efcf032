import {COLON, HASH, OPENING_BRACKET} from './characters.ts'
import type {DiagnosticReader} from './diagnostic-reader.ts'
import type {ParsedDiagnostic} from './grammar/diagnostic.ts'
import {parsePrintedTest, type PrintedTest} from './grammar/xctest.ts'
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

const RESULT = /^\s*([✔✓✖✗⊘⧗⧖◷]) (?:\[([^\]]+)\] )?(.+?)(?: on '(.*?)')?(?: \(([\d.]+) (?:seconds|sec|s)\)+)?$/u
const FAILED = /^\s*[✖✗] (.+?), (.*)$/u
const SIGN = /^(❌|⚠️?|\[x\]|\[!\]) {1,2}(.*)$/u
const COMMAND = /^::(error|warning)(?: ([^:]*))?::(.*)$/
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
      const sign = SIGN.exec(line)
      if (sign !== null) {
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
      const [, mark = '', , name = '', device, seconds] = result
      if (seconds === undefined && mark !== '✖' && mark !== '✗' && mark !== '⊘') return false
      active = true
      return readResult(mark, line, name, device ?? null, seconds === undefined ? null : Number(seconds))
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
        return diagnostic(severity === 'error' ? 'error' : 'warning', `${placeOf(place)}${message}`)
      }
      if (first === HASH) {
        const [, severity, message = ''] = RUNNER_COMMAND.exec(line) ?? []
        if (severity === undefined || RUNNER_OWN.test(message)) return false
        active = true
        return diagnostic(severity === 'error' ? 'error' : 'warning', message)
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

  function readResult(mark: string, line: string, name: string, device: string | null, seconds: number | null): boolean {
    if (mark === '◷') return true
    const passed = mark === '✔' || mark === '✓'
    const failed = mark === '✖' || mark === '✗'
    const [, test, message] = failed && seconds === null ? (FAILED.exec(line) ?? []) : []
    tests.result(printedTest(test ?? name), message === undefined ? null : {message}, {
      kind: passed ? 'passed' : failed ? 'failed' : 'skipped',
      seconds,
      iteration: null,
      device,
    })
    return true
  }
}

/** `file=a.swift,line=3,col=5` → `a.swift:3:5: `. */
function placeOf(properties: string): string {
  const values = new Map(properties.split(',').map((pair) => [pair.split('=')[0]?.trim(), pair.split('=').slice(1).join('=')] as const))
  const file = values.get('file')
  if (file === undefined) return ''
  const place = [file, values.get('line'), values.get('col') ?? values.get('column')].filter((part) => part !== undefined && part !== '')
  return `${place.join(':')}: `
}

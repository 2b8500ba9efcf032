import type {DiagnosticCategory} from '@rch/contract/events'
import {categoryOf, codeOf, RUNNER_DIED} from './grammar/category.ts'
import {type ParsedDiagnostic, parseDiagnostic} from './grammar/diagnostic.ts'
import {addDetail, cut, type Output} from './output.ts'

/** How far a diagnostic may be believed: inside a running test, what looks like one is the test's own print. */
export type Trust = 'all' | 'located' | 'tools'

/** What a diagnostic is said about. */
export interface Step {
  readonly verb: string
  readonly target: string | null
}

export interface DiagnosticReader {
  line(line: string, trust: Trust): boolean
  /** An indented line that has a diagnostic of its own: whole logs get quoted with an indent. */
  indented(line: string, trust: Trust): boolean
  /** What a failure says without `error:`: kept for the error that follows, or told by itself. */
  reason(line: string): boolean
  /** An indented line, or one that nobody understood, right after a diagnostic or inside a linker's list. */
  detail(line: string): void
  /** A line that can only be the rest of what was complained about: the steps of a cycle. */
  continues(line: string): boolean
  /** An empty line: only xcodebuild's own errors go on behind it. */
  blank(): void
  wantsDetails(): boolean
  /** A diagnostic that a formatter printed. */
  report(parsed: ParsedDiagnostic, text: string): void
  /** Tells what the linker listed if no error followed. */
  close(): void
}

export interface DiagnosticReaderOptions {
  /** Names a file relative to the source root where it lies inside it. */
  readonly relative: (path: string) => string
  readonly packagesFailed: () => void
  /** `swift test` says that the process with the tests is gone. */
  readonly runnerDied: () => void
  /** The build step that prints now. */
  readonly step: () => Step | null
}

const MAX_TEXT = 16_384
const MAX_SOURCE_LINES = 8
const CYCLE = /^Cycle (?:inside|in dependencies)/
const CYCLE_STEP = /^(?:Cycle details:|[→○])/
const CARETS = /^[\s~^|]+$/
const GUTTER = /^ *\d* *[|+]/
const COMMAND = /^ {4}(?:cd |export |setenv |builtin-|write-file |\/\S+ -)/
const INDENTED = /^\s+\/[^:]*:\d+(?::\d+)?: (?:fatal )?(?:error|warning): /
const LINKER_REASON = /^(?:Undefined symbols(?: for architecture .*)?:|duplicate symbol |ld: (?!warning:)|\d+ duplicate symbols? )/
const SIGNING_REASON = new RegExp(
  [
    '^Code signing is required for product type ',
    '^No profiles? (?:matching|for) .* (?:were |was )?found',
    `^Provisioning profile ".*" (?:doesn't|does not|has) `,
    '^Signing for ".*" requires a development team',
    '^No certificate matching ',
  ].join('|'),
)

/** Reads what compilers, linkers, scripts and tools complain about, with the lines that belong to it. */
export function createDiagnosticReader(
  output: Output,
  {relative, packagesFailed, runnerDied, step}: DiagnosticReaderOptions,
): DiagnosticReader {
  // A line after a diagnostic that may be its source line: it is one when a caret follows.
  let candidate: string | null = null
  let sawCaret = false
  let linker: string[] = []

  const unmarked = (category: DiagnosticCategory, message: string, details: readonly string[]): void => {
    output.emit({type: 'warning', code: 'unmarked_failure', message, data: {category, details}})
  }

  const report = (parsed: ParsedDiagnostic, text: string): void => {
    const {severity, message, file, line, column, tool} = parsed
    const now = step()
    const category = categoryOf(parsed, now?.verb ?? null)
    const details: string[] = []
    if (category === 'package' && tool === 'xcodebuild' && severity === 'error') packagesFailed()
    if (category === 'linker' && severity === 'error') {
      for (const reason of linker) addDetail(details, reason)
      linker = []
    }
    candidate = null
    sawCaret = false
    output.holdDiagnostic({
      type: 'diagnostic',
      severity,
      message: cut(message, MAX_TEXT),
      file: file === null ? null : relative(file),
      line,
      column,
      category,
      code: codeOf(message, category),
      target: parsed.target ?? (tool === 'xcodebuild' ? null : (now?.target ?? null)),
      text: cut(relative(text), MAX_TEXT),
      details,
    })
  }

  const diagnostic = (line: string, trust: Trust): boolean => {
    const parsed = parseDiagnostic(line)
    if (parsed === null) return false
    const {severity, tool, file, message} = parsed
    const died = severity === 'error' && file === null && tool === null && RUNNER_DIED.test(message)
    const fromTool = tool === 'xcodebuild' || died
    const noise = severity === 'note' && (file === null || parsed.line === null || trust !== 'all')
    const loose = parsed.line === null && parsed.target === null
    const printed = !fromTool && (trust === 'tools' || (trust === 'located' && loose))
    if (died) runnerDied()
    if (noise || printed) output.release()
    else report(parsed, line)
    return true
  }

  const detail = (line: string): void => {
    const held = output.heldDiagnostic()
    if (held === null) {
      if (linker.length > 0) addDetail(linker, line)
      return
    }
    const indented = /^\s/.test(line)
    if (GUTTER.test(line)) {
      addDetail(held.details, line)
    } else if (line.includes('^') && CARETS.test(line)) {
      if (candidate !== null) addDetail(held.details, candidate)
      addDetail(held.details, line)
      candidate = null
      sawCaret = true
    } else if (COMMAND.test(line)) {
      output.release()
      candidate = null
    } else if (indented && (held.line === null || (sawCaret && held.details.length < MAX_SOURCE_LINES))) {
      addDetail(held.details, line)
    } else if (candidate === null && !sawCaret) {
      candidate = line
    } else {
      output.release()
      candidate = null
    }
  }

  return {
    line(line, trust) {
      if (output.heldDiagnostic() === null || !GUTTER.test(line)) return diagnostic(line, trust)
      detail(line)
      return true
    },
    indented(line, trust) {
      if (trust !== 'all' || output.heldDiagnostic() !== null || linker.length > 0) return false
      return INDENTED.test(line) && diagnostic(line.trimStart(), trust)
    },
    reason(line) {
      if (LINKER_REASON.test(line) && !line.includes(' error: ')) {
        // What follows belongs to it, not to a warning of the linker that stands before.
        if (linker.length === 0) output.release()
        addDetail(linker, line)
        return true
      }
      if (!SIGNING_REASON.test(line)) return false
      unmarked('signing', line, [])
      return true
    },
    detail,
    continues(line) {
      const held = output.heldDiagnostic()
      if (held === null || !CYCLE.test(held.message) || !CYCLE_STEP.test(line)) return false
      addDetail(held.details, line)
      return true
    },
    blank() {
      const held = output.heldDiagnostic()
      if (held !== null && held.line === null && !held.text.startsWith('xcodebuild: ')) output.release()
    },
    wantsDetails: () => output.heldDiagnostic() !== null || linker.length > 0,
    report,
    close() {
      const [first, ...rest] = linker
      linker = []
      if (first !== undefined) unmarked('linker', first, rest)
    },
  }
}

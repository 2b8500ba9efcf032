import type {Interpreter} from '@rch/contract/events'
import {createBuildReader} from './build-reader.ts'
import {E, EQUALS, ESCAPE, LAST_ASCII, R, SLASH, SMALL_T, SPACE, STAR, T, TAB} from './characters.ts'
import {stripDecorations} from './decorations.ts'
import {createDiagnosticReader, type DiagnosticReader, type Trust} from './diagnostic-reader.ts'
import {createFormatterReader} from './formatter-reader.ts'
import {parsePrettyVerdict, parseVerdict} from './grammar/verdict.ts'
import {createLineSplitter, MAX_LINE_BYTES} from './lines.ts'
import {createOutput} from './output.ts'
import {createPackageReader} from './package-reader.ts'
import {createPhases} from './phases.ts'
import {createRunEnd} from './run-end.ts'
import {createTestReader} from './test-reader.ts'
import {createTestTargets} from './test-targets.ts'

export interface InterpreterOptions {
  /** Files below it are named relative to it. */
  readonly sourceRoot?: string
}

const INVOCATION = 'Command line invocation:'
const MAX_QUOTED = 1000
const GRAPH_TARGET = /^Target '(.+?)' in project '/
// A line that begins otherwise can matter only by what stands inside it; that is one search instead of every reader's own.
const STRUCTURAL = new Set(Array.from('*=[:|-0123456789BCDFGNPRSTUdl', (char) => char.charCodeAt(0)))
const MARKED = /error:|warning:|note:|Expected failure in |: Test skipped|Restarting after|Test Case '|[^\0-\x7f]/
const MARKED_IN_TEST = /rror|ailed|erminating|warning:|note:|Expected failure in |: Test skipped|Restarting after|Test Case '|[^\0-\x7f]/

/**
 * Reads what xcodebuild, `swift build` or `swift test` print, or their output after a formatter or a CI runner, as it comes. Memory stays
 * flat; nothing is thrown, whatever the bytes are.
 */
export function createInterpreter(options: InterpreterOptions = {}): Interpreter {
  const roots = options.sourceRoot === undefined ? [] : namesOf(`${options.sourceRoot.replace(/\/+$/, '')}/`)
  const relative = (path: string): string => {
    const root = roots.find((one) => path.startsWith(one) && path.length > one.length)
    return root === undefined ? path : path.slice(root.length)
  }

  const output = createOutput(() => {
    packages.close()
    runEnd.settle()
  })
  const phases = createPhases(output)
  const targets = createTestTargets()
  const packages = createPackageReader(output, phases)
  const build = createBuildReader(output, phases, targets, (): DiagnosticReader => diagnostics)
  const diagnostics = createDiagnosticReader(output, {
    relative,
    packagesFailed: () => packages.failed(),
    runnerDied: () => tests.runnerDied(),
    step: build.step,
  })
  const tests = createTestReader(output, phases, {relative, targets, goesOn: () => runEnd.testGoesOn()})
  const runEnd = createRunEnd(output, phases, tests)
  const formatter = createFormatterReader(diagnostics, tests, phases)
  let warnedLength = false

  const nextInvocation = (): void => {
    output.release()
    packages.close()
    runEnd.close()
    tests.reset()
    build.close()
    packages.reset()
    phases.reset()
  }

  const trust = (): Trust => {
    if (tests.insideTest()) return 'tools'
    return tests.insideRun() ? 'located' : 'all'
  }

  const text = (line: string): void => {
    const first = line.charCodeAt(0)
    if (first === T && tests.line(line)) {
      if (line.startsWith("Test Case '")) formatter.disable()
      return runEnd.closeList()
    }
    if (!STRUCTURAL.has(first) && !line.endsWith(')') && !(tests.insideTest() ? MARKED_IN_TEST : MARKED).test(line)) return other(line)
    if (first === STAR) {
      const verdict = parseVerdict(line)
      if (verdict !== null) return runEnd.verdict(verdict)
    }
    if (runEnd.header(line)) return
    if (diagnostics.continues(line)) return
    if (line === INVOCATION) {
      formatter.disable()
      return nextInvocation()
    }
    if (first !== T && tests.line(line)) return runEnd.closeList()
    if (packages.line(line)) return
    if (build.line(line, trust())) {
      if (line.endsWith("')")) formatter.disable()
      return runEnd.closeList()
    }
    if (first > LAST_ASCII && (tests.symbol(line) || formatter.line(line))) return
    if (formatter.active()) {
      const verdict = parsePrettyVerdict(line)
      if (verdict !== null) return runEnd.verdict(verdict)
    }
    other(line)
  }

  /** Nobody's line: a program's own print, the rest of a message, a class name of a formatter. */
  const other = (line: string): void => {
    if (formatter.header(line) || (runEnd.wantsEntries() && runEnd.header(line))) return
    runEnd.closeList()
    if (diagnostics.wantsDetails()) diagnostics.detail(line)
    tests.text(line)
  }

  const indented = (line: string): void => {
    if (runEnd.wantsEntries()) return runEnd.entry(line)
    if (packages.wantsEntries()) return packages.entry(line)
    const trimmed = line.trimStart()
    if (trimmed === '') return
    const first = trimmed.charCodeAt(0)
    if (first === E && tests.executed(line)) return
    if (first === SMALL_T && trimmed.startsWith('t = ')) return tests.activity(line)
    if ((first === T || first === R) && tests.line(trimmed)) return
    if (first === T) {
      const target = GRAPH_TARGET.exec(trimmed)?.[1]
      if (target !== undefined) return targets.seen(target)
    }
    if (first === STAR) {
      const verdict = parseVerdict(trimmed)
      if (verdict !== null) return runEnd.verdict(verdict)
    }
    if (first === SLASH && diagnostics.indented(line, trust())) return
    if (first > LAST_ASCII && (tests.symbol(trimmed) || formatter.line(line))) return
    if (diagnostics.wantsDetails()) diagnostics.detail(line)
    else if (tests.wantsText()) tests.text(line)
  }

  const read = (line: string): void => {
    const clean = stripDecorations(line)
    if (clean.trim() === '') return diagnostics.blank()
    const first = clean.charCodeAt(0)
    if (first === SPACE || first === TAB) indented(clean)
    else if (first === E && tests.executed(clean)) return
    else text(clean)
  }

  const splitter = createLineSplitter({
    line(bytes, start, end, truncated) {
      if (truncated && !warnedLength) {
        warnedLength = true
        output.emit({
          type: 'warning',
          code: 'line_truncated',
          message: `A line is longer than ${MAX_LINE_BYTES} bytes`,
          data: {limit: MAX_LINE_BYTES},
        })
      }
      if (end === start) return diagnostics.blank()
      if (skippable(bytes, start, end)) return
      const line = bytes.toString('utf8', start, end)
      if (!line.includes('\r')) return read(line)
      for (const part of line.split('\r')) read(part)
    },
  })

  /** Most of a build log is the indented command lines of steps: they say nothing and need not be decoded. */
  function skippable(bytes: Buffer, start: number, end: number): boolean {
    const indent = bytes[start]
    if (indent !== SPACE && indent !== TAB) return false
    if (diagnostics.wantsDetails() || runEnd.wantsEntries() || packages.wantsEntries() || tests.wantsText()) return false
    let at = start + 1
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1
    const code = bytes[at]
    if (at >= end || code === undefined) return true
    // A diagnostic in a log that was quoted with an indent; commands are paths, too, but most are longer.
    if (code === SLASH) return end - at > MAX_QUOTED || !bytes.subarray(at, end).includes(': ')
    // E(xecuted), R(estarting), T(est …), * of a verdict, t = …, ESC, or a symbol.
    if (code === SMALL_T) return bytes[at + 2] !== EQUALS
    return code <= LAST_ASCII && code !== E && code !== R && code !== T && code !== STAR && code !== ESCAPE
  }

  return {
    push(bytes) {
      splitter.push(bytes)
      return output.take()
    },
    end() {
      splitter.end()
      nextInvocation()
      return output.take()
    },
  }
}

/** Temporary folders of a Mac have two names, and Apple's tools print either. */
function namesOf(root: string): readonly string[] {
  return [root, root.startsWith('/private/') ? root.slice('/private'.length) : `/private${root}`]
}

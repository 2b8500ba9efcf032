import type {DiagnosticCategory} from '@rch/contract/events'
import {type PackageStep, parseBuildStep, parseOldTarget, parsePackageStep, parsePrettyStep} from './grammar/build-step.ts'
import {categoryOf, codeOf} from './grammar/category.ts'
import {type ParsedDiagnostic, parseDiagnostic} from './grammar/diagnostic.ts'
import {addDetail, type Output} from './output.ts'
import type {Phases} from './phases.ts'
import type {TestTargets} from './test-targets.ts'

/** How far a diagnostic may be believed: inside a running test, what looks like one is the test's own print. */
export type Trust = 'all' | 'located' | 'tools'

export interface BuildReader {
  /** A line that is not indented; true when it was understood. */
  line(line: string, trust: Trust): boolean
  /** An indented line that has a diagnostic of its own: whole logs get quoted with an indent. */
  indented(line: string, trust: Trust): boolean
  /** An indented line, or one that nobody understood, right after a diagnostic or inside a linker's list. */
  detail(line: string): void
  wantsDetails(): boolean
  /** A diagnostic that a formatter printed. */
  report(parsed: ParsedDiagnostic, text: string): void
  /** Another build begins, or the log ends. */
  close(): void
}

export interface BuildReaderOptions {
  /** Names a file relative to the source root where it lies inside it. */
  readonly relative: (path: string) => string
  readonly packagesFailed: () => void
  readonly targets: TestTargets
}

const PROGRESS_EVERY = 100
const COMMAND_FAILED = /^Command ([\w+-]+) (?:failed with|emitted errors but)/
const MARKS = /^[\s~^|]+$/
const GUTTER = /^ *(?:\d+ +)?[|+] ?/
const LINKER_REASON = /^(?:Undefined symbols(?: for architecture .*)?:|duplicate symbol |ld: (?!warning:)|\d+ duplicate symbols? )/
const UNMARKED_SIGNING =
  /^(?:Code signing is required for product type |No profiles? (?:matching|for) .* (?:were |was )?found|Provisioning profile ".*" (?:doesn't|does not|has) |Signing for ".*" requires a development team|No certificate matching )/
const TEST_TOOL = /^(?:Exited with|Process '.*' (?:exited|terminated)|terminated|unexpected exit|fatalError)/i
const INDENTED = /^\s+\/[^:]*:\d+(?::\d+)?: (?:fatal )?(?:error|warning): /
const PACKAGE_BUILD_DONE = /^Build complete!(?: \(([\d.]+)s\))?/
const BEGINNINGS =
  /^(?:ComputeTargetDependencyGraph|CreateBuildDescription|GatherProvisioningInputs|Building for (?:debugging|production|testing)\.\.\.)/

/** Reads build steps and what compilers, linkers, scripts and tools complain about. */
export function createBuildReader(output: Output, phases: Phases, {relative, packagesFailed, targets}: BuildReaderOptions): BuildReader {
  let step: string | null = null
  let stepTarget: string | null = null
  let steps = 0
  let packageBucket = -1
  // A line after a diagnostic that may be its source line: it is one when a caret follows.
  let candidate: string | null = null
  let sawCaret = false
  let linker: string[] = []

  const beginStep = (verb: string, target: string | null, project: string | null): void => {
    if (phases.wasCompleted('build') || phases.wasCompleted('test')) phases.reset()
    closeLinker()
    phases.begin('build')
    if (target !== null) phases.target(target, project)
    step = verb
    stepTarget = target
    steps += 1
    if (steps % PROGRESS_EVERY === 0) output.emit({type: 'progress', phase: 'build', done: steps, total: null, item: verb})
  }

  const unmarked = (category: DiagnosticCategory, message: string, details: readonly string[]): void => {
    output.emit({type: 'warning', code: 'unmarked_failure', message, data: {category, details}})
  }

  const closeLinker = (): void => {
    const [first, ...rest] = linker
    linker = []
    if (first !== undefined) unmarked('linker', first, rest)
  }

  const report = (parsed: ParsedDiagnostic, text: string): void => {
    const building = phases.isActive('build')
    const category = categoryOf(parsed, building ? step : null)
    const details: string[] = []
    if (category === 'package' && parsed.tool === 'xcodebuild' && parsed.severity === 'error') packagesFailed()
    if (category === 'linker' && parsed.severity === 'error') {
      for (const reason of linker) addDetail(details, reason)
      linker = []
    }
    candidate = null
    sawCaret = false
    output.holdDiagnostic({
      type: 'diagnostic',
      severity: parsed.severity,
      message: parsed.message,
      file: parsed.file === null ? null : relative(parsed.file),
      line: parsed.line,
      column: parsed.column,
      category,
      code: codeOf(parsed.message, category),
      target: parsed.target ?? (building && parsed.tool !== 'xcodebuild' ? stepTarget : null),
      text: relative(text),
      details,
    })
  }

  const diagnostic = (line: string, trust: Trust): boolean => {
    const parsed = parseDiagnostic(line)
    if (parsed === null) return false
    const {severity, tool, file, message} = parsed
    if (severity === 'note' && (file === null || parsed.line === null || trust !== 'all')) return true
    const fromTool = tool === 'xcodebuild' || (file === null && tool === null && TEST_TOOL.test(message))
    if (trust === 'tools' && !fromTool) return true
    if (trust === 'located' && !fromTool && parsed.line === null && parsed.target === null) return true
    report(parsed, line)
    return true
  }

  return {
    line(line, trust) {
      const first = line.charCodeAt(0)
      if (trust === 'all' || trust === 'located') {
        const found = parseBuildStep(line)
        if (found !== null && !/^(?:note|warning|error)$/.test(found.verb)) {
          if (found.target !== null) targets.learn(line, found.target)
          beginStep(found.verb, found.target, found.project)
          return true
        }
        if (first === 0x3d) {
          const old = parseOldTarget(line)
          if (old !== null) {
            if (old.action === 'CLEAN') phases.begin('clean')
            else beginStep('=== BUILD', old.target, old.project)
            return true
          }
        }
        if (first === 0x5b && bracket(line)) return true
        if (BEGINNINGS.test(line)) {
          if (!phases.wasCompleted('build') && !phases.wasCompleted('test')) phases.begin('build')
          return true
        }
        const done = PACKAGE_BUILD_DONE.exec(line)
        if (done !== null) {
          phases.complete('build', 'succeeded', {seconds: done[1] === undefined ? null : Number(done[1])})
          return true
        }
        if (LINKER_REASON.test(line) && !line.includes(' error: ')) {
          addDetail(linker, line)
          return true
        }
        if (UNMARKED_SIGNING.test(line)) {
          unmarked('signing', line, [])
          return true
        }
      }
      if (first === 0x43) {
        const command = COMMAND_FAILED.exec(line)?.[1]
        if (command !== undefined) {
          output.emit({type: 'warning', code: 'command_failed', message: line, data: {command, target: stepTarget}})
          return true
        }
      }
      if (output.heldDiagnostic() !== null && GUTTER.test(line) && /^\s*\d* *[|+]/.test(line)) {
        this.detail(line)
        return true
      }
      return diagnostic(line, trust)
    },
    indented(line, trust) {
      if (trust !== 'all' || output.heldDiagnostic() !== null || linker.length > 0) return false
      return INDENTED.test(line) && diagnostic(line.trimStart(), trust)
    },
    detail(line) {
      const held = output.heldDiagnostic()
      if (held === null) {
        if (linker.length > 0) addDetail(linker, line)
        return
      }
      const indented = /^\s/.test(line)
      if (GUTTER.test(line) && line.includes('|')) {
        addDetail(held.details, line)
      } else if (line.includes('^') && MARKS.test(line)) {
        if (candidate !== null) addDetail(held.details, candidate)
        addDetail(held.details, line)
        candidate = null
        sawCaret = true
      } else if (held.line === null && indented) {
        addDetail(held.details, line)
      } else if (sawCaret && indented && held.details.length < 8) {
        addDetail(held.details, line)
      } else if (candidate === null && !sawCaret) {
        candidate = line
      } else {
        output.release()
        candidate = null
      }
    },
    wantsDetails: () => output.heldDiagnostic() !== null || linker.length > 0,
    report,
    close() {
      closeLinker()
      step = null
      stepTarget = null
      packageBucket = -1
    },
  }

  function bracket(line: string): boolean {
    const step = parsePackageStep(line)
    if (step !== null && step.verb === 'Testing') {
      phases.begin('test')
      packageProgress('test', step)
      return true
    }
    if (step !== null) {
      if (!phases.wasCompleted('build') && !phases.wasCompleted('test')) phases.begin('build')
      packageProgress('build', step)
      return true
    }
    const pretty = parsePrettyStep(line)
    if (pretty === null) return false
    beginStep(pretty.item.split(' ')[0] ?? '', pretty.target, null)
    return true
  }

  function packageProgress(phase: 'build' | 'test', {done, total, item}: PackageStep): void {
    const bucket = Math.floor((done * 20) / Math.max(total, 1))
    if (bucket === packageBucket) return
    packageBucket = bucket
    output.emit({type: 'progress', phase, done, total, item})
  }
}

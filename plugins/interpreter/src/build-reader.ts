import {C, EQUALS, OPENING_BRACKET} from './characters.ts'
import type {DiagnosticReader, Step, Trust} from './diagnostic-reader.ts'
import {type PackageStep, parseBuildStep, parseOldTarget, parsePackageStep, parsePrettyStep} from './grammar/build-step.ts'
import type {Output} from './output.ts'
import type {Phases} from './phases.ts'
import type {TestTargets} from './test-targets.ts'

export interface BuildReader {
  /** A line that is not indented; true when it was understood. */
  line(line: string, trust: Trust): boolean
  /** The step that prints now; null when nothing is built. */
  step: () => Step | null
  /** Another build begins, or the log ends. */
  close(): void
}

const PROGRESS_EVERY = 100
const PROGRESS_PARTS = 20
const COMMAND_FAILED = /^Command ([\w+./-]+) (?:failed with|emitted errors but)/
const PACKAGE_BUILD_DONE = /^Build complete!(?: \(([\d.]+)s\))?/
const BEGINNINGS =
  /^(?:ComputeTargetDependencyGraph|CreateBuildDescription|GatherProvisioningInputs|Building for (?:debugging|production|testing)\.\.\.)/

/** Reads the steps of Xcode's build systems, old and new, and of Swift packages. */
export function createBuildReader(output: Output, phases: Phases, targets: TestTargets, diagnostics: () => DiagnosticReader): BuildReader {
  let step: Step | null = null
  let steps = 0
  let progress = -1

  const beginStep = (verb: string, target: string | null, project: string | null): void => {
    if (phases.wasCompleted('build') || phases.wasCompleted('test')) phases.reset()
    diagnostics().close()
    output.release()
    phases.begin('build')
    if (target !== null) phases.target(target, project)
    step = {verb, target}
    steps += 1
    if (steps % PROGRESS_EVERY === 0) output.emit({type: 'progress', phase: 'build', done: steps, total: null, item: verb})
  }

  const beginBuild = (): void => {
    output.release()
    if (!phases.wasCompleted('build') && !phases.wasCompleted('test')) phases.begin('build')
  }

  const packageStep = ({verb, done, total, item}: PackageStep): void => {
    const phase = verb === 'Testing' ? 'test' : 'build'
    if (phase === 'test') phases.begin('test')
    else beginBuild()
    const part = Math.floor((done * PROGRESS_PARTS) / Math.max(total, 1))
    if (part === progress) return
    progress = part
    output.emit({type: 'progress', phase, done, total, item})
  }

  const bracketed = (line: string): boolean => {
    const numbered = parsePackageStep(line)
    if (numbered !== null) {
      packageStep(numbered)
      return true
    }
    const pretty = parsePrettyStep(line)
    if (pretty === null) return false
    beginStep(pretty.item.split(' ')[0] ?? '', pretty.target, null)
    return true
  }

  const structure = (line: string): boolean => {
    const first = line.charCodeAt(0)
    const found = parseBuildStep(line)
    if (found !== null && !/^(?:note|warning|error)$/.test(found.verb)) {
      if (found.target !== null) targets.learn(line, found.target)
      beginStep(found.verb, found.target, found.project)
      return true
    }
    const old = first === EQUALS ? parseOldTarget(line) : null
    if (old !== null) {
      if (old.action === 'CLEAN') phases.begin('clean')
      else beginStep('=== BUILD', old.target, old.project)
      return true
    }
    if (first === OPENING_BRACKET && bracketed(line)) return true
    if (BEGINNINGS.test(line)) {
      beginBuild()
      return true
    }
    const done = PACKAGE_BUILD_DONE.exec(line)
    if (done === null) return false
    phases.complete('build', 'succeeded', {seconds: done[1] === undefined ? null : Number(done[1])})
    return true
  }

  return {
    line(line, trust) {
      if (trust !== 'tools' && (structure(line) || diagnostics().reason(line))) return true
      const command = line.charCodeAt(0) === C ? COMMAND_FAILED.exec(line)?.[1] : undefined
      if (command === undefined) return diagnostics().line(line, trust)
      output.emit({type: 'warning', code: 'command_failed', message: line, data: {command, target: step?.target ?? null}})
      return true
    },
    step: () => (phases.isActive('build') ? step : null),
    close() {
      diagnostics().close()
      step = null
      progress = -1
    },
  }
}

import type {FailedCommand, Phase, PhaseCompletedEvent} from '@rch/contract/events'
import type {Output} from './output.ts'

export interface Phases {
  begin(phase: Phase): void
  /** Ends a phase, and those that it implies: tests had a build, an archive had a build. */
  complete(phase: Phase, outcome: PhaseCompletedEvent['outcome'], rest?: Partial<PhaseCompletedEvent>): void
  target(name: string, project: string | null): void
  isActive(phase: Phase): boolean
  wasCompleted(phase: Phase): boolean
  /** Another xcodebuild, or another round of it, begins. */
  reset(): void
}

/** Which part of the work is going on: each phase starts once, ends once, and what it built ends with it. */
export function createPhases(output: Output): Phases {
  const active = new Set<Phase>()
  const done = new Set<Phase>()
  const targets = new Map<string, string | null>()

  const finishTargets = (): void => {
    for (const [target, project] of targets) output.emit({type: 'target_completed', target, project})
    targets.clear()
  }

  const complete: Phases['complete'] = (phase, outcome, rest = {}) => {
    if (!active.has(phase)) output.emit({type: 'phase_started', phase})
    if (phase === 'build') {
      if (outcome === 'succeeded') finishTargets()
      else targets.clear()
    }
    active.delete(phase)
    done.add(phase)
    const none: readonly FailedCommand[] = []
    output.emit({
      type: 'phase_completed',
      phase,
      outcome,
      seconds: null,
      verdict: null,
      failing_tests: null,
      failed_commands: none,
      ...rest,
    })
  }

  return {
    begin(phase) {
      if (active.has(phase)) return
      output.settle()
      if (active.has(phase) || done.has(phase)) return
      if (phase !== 'resolve_packages' && active.has('resolve_packages')) complete('resolve_packages', 'succeeded')
      if (phase === 'test' && active.has('build')) complete('build', 'succeeded')
      active.add(phase)
      output.emit({type: 'phase_started', phase})
    },
    complete,
    target(name, project) {
      if (targets.has(name)) return
      targets.set(name, project)
      output.emit({type: 'target_started', target: name, project})
    },
    isActive: (phase) => active.has(phase),
    wasCompleted: (phase) => done.has(phase),
    reset() {
      active.clear()
      done.clear()
      targets.clear()
    },
  }
}

import {bundleOf, isOutermostSuite} from './grammar/xctest.ts'
import {targetOf} from './test-identity.ts'
import type {TestTargets} from './test-targets.ts'

/** Which bundle and suites run now: what tells a test's target where its own line does not. */
export interface TestSession {
  /** The target that the current bundle stands for, given the module that a line names. */
  target(module: string | null): string | null
  /** The target of a result that a device reports without naming a bundle. */
  deviceTarget(module: string | null, device: string): string | null
  enter(suite: string): void
  /** Answers the target of the suite that ends. */
  leave(suite: string): string | null
  setSwiftRun(running: boolean): void
  /** Between the start and the end of a suite or a run. */
  active: () => boolean
  end(): void
}

// A UI test runs in an app of its own, named after its target.
const RUNNER = / - (.+)-Runner \(\d+\)$/

export function createTestSession(targets: TestTargets): TestSession {
  let suites: {name: string; target: string | null}[] = []
  let bundle: string | null = null
  let swiftRun = false

  return {
    target: (module) => targetOf(bundle, module),
    deviceTarget(module, device) {
      const runner = RUNNER.exec(device)?.[1]
      return runner === undefined ? (module ?? targets.onlyUnitTarget()) : targets.ofBundle(runner)
    },
    enter(suite) {
      if (isOutermostSuite(suite)) {
        suites = []
        bundle = null
      }
      const own = bundleOf(suite)
      if (own !== null) bundle = targets.ofBundle(own)
      suites.push({name: suite, target: targetOf(bundle, null)})
    },
    leave(suite) {
      const at = suites.findLastIndex(({name}) => name === suite)
      const target = at === -1 ? targetOf(bundle, null) : (suites[at]?.target ?? null)
      if (at !== -1) suites.length = at
      return target
    },
    setSwiftRun(running) {
      swiftRun = running
    },
    active: () => suites.length > 0 || swiftRun,
    end() {
      suites = []
      bundle = null
      swiftRun = false
    },
  }
}

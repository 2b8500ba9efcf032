import {bundleOf, isOutermostSuite} from './grammar/xctest.ts'
import {targetOf} from './test-identity.ts'

/** Which bundle and suites run now: what tells a test's target where its own line does not. */
export interface TestSession {
  /** The target that the current bundle stands for, given the module that a line names. */
  target(module: string | null): string | null
  enter(suite: string): void
  /** Answers the target of the suite that ends. */
  leave(suite: string): string | null
  setSwiftRun(running: boolean): void
  /** Between the start and the end of a suite or a run. */
  active: () => boolean
  end(): void
}

export function createTestSession(): TestSession {
  let suites: {name: string; target: string | null}[] = []
  let bundle: string | null = null
  let swiftRun = false

  return {
    target: (module) => targetOf(bundle, module),
    enter(suite) {
      if (isOutermostSuite(suite)) {
        suites = []
        bundle = null
      }
      bundle = bundleOf(suite) ?? bundle
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

import type {FailurePlace, TestIdentity} from '@rch/contract/events'

/** A test that began and has not ended. */
export interface OpenTest {
  readonly test: TestIdentity
  readonly iteration: number
  readonly failures: MutableFailure[]
  readonly expected: MutableFailure[]
  /** Failures that only the activity log of a UI test names; used when nothing better came. */
  readonly activity: MutableFailure[]
  skipReason: string | null
  /** Its process is known to have gone: it cannot end any more, unless another device still runs it. */
  stale: boolean
  /** Its suite ended before it did: its last line was lost, so it did not crash. */
  lost: boolean
}

export type MutableFailure = FailurePlace & {readonly details: string[]}

export interface OpenTests {
  add(test: TestIdentity, iteration: number): OpenTest
  find(framework: TestIdentity['framework'], suite: string | null, name: string): OpenTest | null
  /** By class and method, whichever framework: crash lines do not tell them apart. */
  findAny(suite: string | null, name: string): OpenTest | null
  remove(open: OpenTest): void
  /** Whether a test runs right now in a process that is known to live. */
  running(framework?: TestIdentity['framework']): boolean
  newest(): OpenTest | null
  all(): readonly OpenTest[]
  markStale(framework?: TestIdentity['framework']): void
  /** What still runs in the process whose suite ended. */
  markLost(framework: TestIdentity['framework']): void
}

export function createOpenTests(): OpenTests {
  // A handful at most, except in a Swift Testing run, where all tests may be open at once: hence a map, by what the next lines call it.
  const byName = new Map<string, OpenTest[]>()
  let running = {xctest: 0, 'swift-testing': 0}
  let newest: OpenTest | null = null

  return {
    add(test, iteration) {
      const open: OpenTest = {test, iteration, failures: [], expected: [], activity: [], skipReason: null, stale: false, lost: false}
      const name = calledName(test)
      const known = byName.get(name)
      // What was cut off by a crash runs again: it is the same test.
      if (known === undefined) byName.set(name, [open])
      else byName.set(name, [...known.filter((one) => !one.stale || one.test.id !== test.id), open])
      running[test.framework] += 1
      newest = open
      return open
    },
    find(framework, suite, name) {
      if (newest !== null && isCalled(newest.test, framework, suite, name)) return newest
      return byName.get(name)?.find(({test}) => isCalled(test, framework, suite, name)) ?? null
    },
    findAny(suite, name) {
      const bare = bareName(name)
      for (const list of byName.values()) {
        for (const open of list) {
          if (bareName(open.test.name) !== bare) continue
          if (suite === null || open.test.suite === null || sameSuite(open.test.suite, suite)) return open
        }
      }
      return null
    },
    remove(open) {
      const name = calledName(open.test)
      const list = byName.get(name) ?? []
      if (list.length < 2) byName.delete(name)
      else {
        byName.set(
          name,
          list.filter((one) => one !== open),
        )
      }
      if (!open.stale) running[open.test.framework] -= 1
      if (newest === open) newest = null
    },
    running(framework) {
      return framework === undefined ? running.xctest + running['swift-testing'] > 0 : running[framework] > 0
    },
    newest: () => newest,
    all: () => [...byName.values()].flat(),
    markLost(framework) {
      if (running[framework] === 0) return
      for (const list of byName.values()) {
        for (const open of list) {
          if (open.test.framework !== framework || open.stale) continue
          open.stale = true
          open.lost = true
        }
      }
      running[framework] = 0
    },
    markStale(framework) {
      for (const list of byName.values()) {
        for (const open of list) if (framework === undefined || open.test.framework === framework) open.stale = true
      }
      if (framework === undefined) running = {xctest: 0, 'swift-testing': 0}
      else running[framework] = 0
    },
  }
}

/** Swift Testing's lines repeat the display name, not the function. */
function calledName({display_name: display, name}: TestIdentity): string {
  return display ?? name
}

function isCalled(test: TestIdentity, framework: TestIdentity['framework'], suite: string | null, name: string): boolean {
  return calledName(test) === name && test.suite === suite && test.framework === framework
}

/** A test's name without the parentheses that some lines add. */
export function bareName(name: string): string {
  return name.endsWith('()') ? name.slice(0, -2) : name
}

/** Whether two printed suites are the same one: with or without its module, `.` or `/` between nested types. */
export function sameSuite(one: string, other: string): boolean {
  const left = one.replaceAll('/', '.')
  const right = other.replaceAll('/', '.')
  return left === right || left.endsWith(`.${right}`) || right.endsWith(`.${left}`)
}

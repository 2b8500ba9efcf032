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
}

export function createOpenTests(): OpenTests {
  // A handful at most, except in a Swift Testing run, where all tests may be open at once: hence a map of lists.
  const byKey = new Map<string, OpenTest[]>()
  let running = {xctest: 0, 'swift-testing': 0}
  let newest: OpenTest | null = null

  return {
    add(test, iteration) {
      const open: OpenTest = {test, iteration, failures: [], expected: [], activity: [], skipReason: null, stale: false}
      const key = keyOf(test.framework, test.suite, test.display_name !== null && test.suite === null ? test.display_name : test.name)
      // What was cut off by a crash runs again: it is the same test.
      const live = (byKey.get(key) ?? []).filter(({stale}) => !stale)
      byKey.set(key, [...live, open])
      running[test.framework] += 1
      newest = open
      return open
    },
    find(framework, suite, name) {
      return byKey.get(keyOf(framework, suite, name))?.[0] ?? null
    },
    findAny(suite, name) {
      const bare = bareName(name)
      for (const list of byKey.values()) {
        for (const open of list) {
          if (bareName(open.test.name) !== bare) continue
          if (suite === null || open.test.suite === null || sameSuite(open.test.suite, suite)) return open
        }
      }
      return null
    },
    remove(open) {
      const {framework, suite, display_name: display, name} = open.test
      const key = keyOf(framework, suite, display !== null && suite === null ? display : name)
      const rest = (byKey.get(key) ?? []).filter((one) => one !== open)
      if (rest.length === 0) byKey.delete(key)
      else byKey.set(key, rest)
      if (!open.stale) running[framework] -= 1
      if (newest === open) newest = null
    },
    running(framework) {
      return framework === undefined ? running.xctest + running['swift-testing'] > 0 : running[framework] > 0
    },
    newest: () => newest,
    all: () => [...byKey.values()].flat(),
    markStale(framework) {
      for (const list of byKey.values()) {
        for (const open of list) if (framework === undefined || open.test.framework === framework) open.stale = true
      }
      if (framework === undefined) running = {xctest: 0, 'swift-testing': 0}
      else running[framework] = 0
    },
  }
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

function keyOf(framework: string, suite: string | null, name: string): string {
  return `${framework}\n${suite ?? ''}\n${name}`
}

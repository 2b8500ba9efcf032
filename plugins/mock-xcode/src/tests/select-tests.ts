import type {TestRecord} from './test-record.ts'

export interface TestSelection {
  readonly only: readonly string[]
  readonly skip: readonly string[]
}

/** Whether the words of `-only-testing` and `-skip-testing` leave this test in. */
export function isSelected(test: TestRecord, {only, skip}: TestSelection): boolean {
  return (only.length === 0 || only.some((word) => names(word, test))) && !skip.some((word) => names(word, test))
}

/** `Target`, `Target/Suite`, `Target/Suite/method`; XCTest takes the method with or without parentheses, Swift Testing only with them. */
function names(word: string, test: TestRecord): boolean {
  const wanted = word.split('/')
  const path = [test.target, ...test.suite, test.name]
  if (wanted.length > path.length) return false
  return wanted.every(
    (part, index) => part === path[index] || (index === path.length - 1 && test.framework === 'xctest' && `${part}()` === path[index]),
  )
}

/** As in scheme and test plan lists, without the target: `Suite`, `Suite/method()`. */
export function isListed(test: TestRecord, identifiers: readonly string[]): boolean {
  return identifiers.some((identifier) => names(`${test.target}/${identifier}`, test))
}

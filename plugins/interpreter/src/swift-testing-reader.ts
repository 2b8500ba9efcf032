import {parseSwiftTesting, type SwiftTestingLine} from './grammar/swift-testing.ts'
import {addDetail, type Output} from './output.ts'
import {identifySwift} from './test-identity.ts'
import type {TestResults} from './test-results.ts'
import type {TestSession} from './test-session.ts'

type ScopeLine = Extract<SwiftTestingLine, {kind: 'started' | 'passed' | 'failed' | 'skipped'}>
type IssueLine = Extract<SwiftTestingLine, {kind: 'issue'}>

/** Reads Swift Testing's console output; answers whether a line was understood. `begin` announces a line of a test run. */
export function createSwiftTestingReader(
  output: Output,
  results: TestResults,
  session: TestSession,
  begin: () => void,
): (line: string) => boolean {
  const {open} = results

  const read = (line: SwiftTestingLine): void => {
    switch (line.kind) {
      case 'run-started':
        begin()
        open.markStale('swift-testing')
        session.setSwiftRun(true)
        break
      case 'run-ended':
        begin()
        session.setSwiftRun(false)
        open.markLost('swift-testing')
        results.closeDetails()
        break
      case 'detail':
        results.detail(line.text)
        break
      case 'issue':
        issue(line)
        break
      case 'started':
      case 'passed':
      case 'failed':
      case 'skipped':
        begin()
        results.closeDetails()
        if (line.scope === 'suite') suite(line)
        else test(line)
        break
      case 'other':
        break
    }
  }

  const suite = (line: ScopeLine): void => {
    const common = {suite: line.name.display ?? line.name.function ?? '', target: session.target(null), device: null}
    if (line.kind === 'started') output.emit({type: 'test_suite_started', ...common})
    else if (line.kind !== 'skipped') {
      output.emit({type: 'test_suite_completed', ...common, outcome: line.kind, seconds: line.seconds, totals: null})
    }
  }

  const test = (line: ScopeLine): void => {
    const identity = identifySwift(line.name, session.target(null))
    if (line.kind === 'started') {
      results.start(identity, 1)
      return
    }
    const opened = open.find('swift-testing', null, line.name.display ?? identity.name)
    const none = {iteration: null, device: null}
    if (line.kind === 'skipped') results.end(identity, opened, {...none, kind: 'skipped', seconds: null, reason: line.reason})
    else results.end(identity, opened, {...none, kind: line.kind, seconds: line.seconds, knownIssues: line.knownIssues})
  }

  const issue = (line: IssueLine): void => {
    if (line.warning) return
    const name = line.name.display ?? line.name.function ?? ''
    const failure = results.place(line.message, line.file, line.line, line.column)
    if (line.arguments !== null) addDetail(failure.details, line.arguments)
    const opened = open.find('swift-testing', null, name)
    if (line.known) results.expected(opened, failure)
    else results.fail(opened, {module: null, suite: null, name, framework: 'swift-testing'}, failure)
  }

  return (line) => {
    const parsed = parseSwiftTesting(line)
    if (parsed === null) return false
    read(parsed)
    return true
  }
}

import {readFileSync} from 'node:fs'
import path from 'node:path'
import {expectedLogs, realLogs} from './read-log.ts'

/** One log of our own with every part of the grammar, for where no real logs are kept. */
export const OWN_LOG = Buffer.from(
  [
    'Command line invocation:',
    '    /usr/bin/xcodebuild -scheme "My App" test',
    '',
    'Resolve Package Graph',
    'Resolved source packages:',
    '  swift-log: https://github.com/apple/swift-log.git @ 1.6.1',
    '',
    'ComputeTargetDependencyGraph',
    'note: Building targets in dependency order',
    "CompileC /d/a.o /w/ä/a.c normal arm64 c (in target 'My App' from project 'P')",
    '    cd /w',
    '    /usr/bin/clang -c /w/ä/a.c',
    '/w/ä/a.c:4:3: warning: unused variable ‘x’ [-Wunused-variable]',
    '    4 |   int x;',
    '      |       ^',
    "Ld /d/App normal (in target 'My App' from project 'P')",
    'ld: warning: directory not found for option -L/x',
    '',
    "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.",
    "Test Suite 'My AppTests.xctest' started at 2026-01-02 03:04:05.678.",
    "Test Suite 'CartTests' started at 2026-01-02 03:04:05.678.",
    "Test Case '-[My_AppTests.CartTests testA]' started.",
    'printed: größer',
    "Test Case '-[My_AppTests.CartTests testA]' passed (0.001 seconds).",
    "Test Case '-[My_AppTests.CartTests testB]' started (Iteration 1 of 2).",
    '/w/CartTests.swift:9: error: -[My_AppTests.CartTests testB] : XCTAssertEqual failed: ("é") is not equal to ("e")',
    "Test Case '-[My_AppTests.CartTests testB]' failed (0.001 seconds).",
    "Test Case '-[My_AppTests.CartTests testB]' started (Iteration 2 of 2).",
    "Test Case '-[My_AppTests.CartTests testB]' passed (0.001 seconds).",
    "Test Case '-[My_AppTests.CartTests testCrash]' started.",
    'CartTests/CartTests.swift:12: Fatal error: Unexpectedly found nil',
    'Restarting after unexpected exit, crash, or test timeout in CartTests.testCrash(); summary will include totals from previous launches.',
    '',
    "Test Suite 'Selected tests' started at 2026-01-02 03:04:05.678.",
    "Test Suite 'Selected tests' failed at 2026-01-02 03:04:05.678.",
    '\t Executed 4 tests, with 1 test skipped and 2 failures (1 unexpected) in 0.004 (0.006) seconds',
    '◇ Test run started.',
    '◇ Suite "Größen" started.',
    '◇ Test parse(text:) started.',
    '\u200B◇ Passing 1 argument text → "ü" to parse(text:)',
    '✘ Test parse(text:) recorded an issue with 1 argument text → "ü" at ParseTests.swift:9:5: Expectation failed: false',
    '↳ ein Kommentar',
    '✘ Test parse(text:) failed after 0.011 seconds with 1 issue.',
    '✘ Test run with 1 test in 1 suite failed after 0.012 seconds with 1 issue.',
    '2026-01-02 03:04:05.678 xcodebuild[1:2] [MT] IDETestOperationsObserverDebug: 1.0 elapsed -- Testing started completed.',
    '',
    'Test session results, code coverage, and logs:',
    '\t/d/Test.xcresult',
    '',
    'Failing tests:',
    '\tCartTests.testCrash()',
    '\tParseTests.parse(text:)',
    '',
    '** TEST FAILED ** [12.692 sec]',
    '',
    'Testing started',
    "Test case 'OtherTests.testA()' passed on 'Clone 1 of iPhone 16 - App (51733)' (0.001 seconds)",
    '',
    'The following build commands failed:',
    "\tLd /d/App normal (in target 'My App' from project 'P')",
    '(1 failure)',
    '',
  ].join('\n'),
)

/** Our own log, and the real ones up to `limit` bytes where they are kept. */
export function sampleLogs(limit: number): {readonly name: string; readonly bytes: Buffer}[] {
  const logs = [{name: 'our own', bytes: OWN_LOG}]
  if (realLogs === undefined) return logs
  for (const {file} of expectedLogs(realLogs)) {
    const bytes = readFileSync(path.join(realLogs, file))
    if (bytes.length <= limit) logs.push({name: file, bytes})
  }
  return logs
}

import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {quietLog} from '../../src/reports/quiet-log.ts'
import {sharedData} from '../support/shared-data.ts'

const LOG = `Command line invocation:
    /usr/bin/xcodebuild build -scheme App

SwiftCompile normal arm64 /p/A.swift (in target 'App' from project 'App')
    cd /p
/p/A.swift:3:9: warning: variable 'a' was never used
    let a = 1
        ^
        _
/p/A.swift:4:5: error: cannot find 'b' in scope
    b()
    ^

note: Run script build phase 'Lint' will be run during every build
Test Case '-[AppTests.T testA]' started.
/p/T.swift:7: error: -[AppTests.T testA] : XCTAssertEqual failed: ("1") is not equal to ("2")
Received: 1
Test Case '-[AppTests.T testA]' failed (0.1 seconds).
Test Case '-[AppTests.T testB]' passed (0.1 seconds).
✘ Test sums() recorded an issue at T.swift:9:3: Issue recorded
↳ a comment
✔ Test other() passed after 0.001 seconds.
ld: warning: directory not found for option '-Ldebug'
Failing tests:
\tT.testA()

** TEST FAILED **

The following build commands failed:
\tSwiftCompile normal arm64 /p/A.swift (in target 'App' from project 'App')
(1 failure)
`

const QUIET = `/p/A.swift:3:9: warning: variable 'a' was never used
    let a = 1
        ^
        _
/p/A.swift:4:5: error: cannot find 'b' in scope
    b()
    ^
/p/T.swift:7: error: -[AppTests.T testA] : XCTAssertEqual failed: ("1") is not equal to ("2")
Received: 1
Test Case '-[AppTests.T testA]' failed (0.1 seconds).
✘ Test sums() recorded an issue at T.swift:9:3: Issue recorded
↳ a comment
ld: warning: directory not found for option '-Ldebug'
Failing tests:
\tT.testA()
** TEST FAILED **
The following build commands failed:
\tSwiftCompile normal arm64 /p/A.swift (in target 'App' from project 'App')
(1 failure)
`

describe('a log read quietly', () => {
  it('keeps errors, warnings, failed tests and the verdict, each with its own lines', () => {
    expect(reduce([Buffer.from(LOG)])).toBe(QUIET)
  })

  it('says nothing where nothing went wrong', () => {
    expect(reduce([Buffer.from("CompileC a.o (in target 'A')\n    cc -Werror a.c\n\n** BUILD SUCCEEDED **\n")])).toBe('')
  })

  it('does not depend on how the bytes are cut', () => {
    const bytes = Buffer.from(LOG)
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: bytes.length}), {maxLength: 30}), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        expect(reduce(places.slice(1).map((end, index) => bytes.subarray(places[index], end)))).toBe(QUIET)
      }),
    )
  })

  it('keeps a line of any length or none of it, and holds little of it', () => {
    const long = Buffer.alloc(3_000_000, 'x')
    const parts = [Buffer.from('/p/A.swift:1:1: error: '), long, Buffer.from('\n\n'), long, Buffer.from('\nerror: end')]
    expect(reduce(parts).length).toBe('/p/A.swift:1:1: error: '.length + long.length + 1 + 'error: end'.length)
  })

  it.skipIf(sharedData === undefined)('keeps every line that says error in logs of real builds', () => {
    for (const name of ['swift-compile-error-1.log', 'parallel-failures-6-macos.log', 'xctest-1-failure-1-crash.log']) {
      const log = readFileSync(join(sharedData ?? '', 'logs', name))
      const kept = new Set(reduce([log]).split('\n'))
      const errors = log
        .toString()
        .split('\n')
        .filter((line) => /^\/.*:\d+: error: /.test(line))
      expect(errors.filter((line) => !kept.has(line))).toEqual([])
      expect(kept.size).toBeLessThan(log.toString().split('\n').length / 5)
    }
  })
})

function reduce(chunks: readonly Uint8Array[]): string {
  const log = quietLog()
  return Buffer.concat([...chunks.map((chunk) => log.push(chunk)), log.end()]).toString()
}

import {describe, expect, it} from 'vitest'
import {createInterpreter, summarize} from '@rch/interpreter'
import {type BackendExit, verdictOf} from '../../src/domain/verdict.ts'

const STEP = "CompileC /d/a.o /w/a.c normal arm64 c (in target 'App' from project 'P')"
const TEST_FAILS = "Test case 'CartTests.testA()' failed on 'My Mac - App (1)' (0.001 seconds)"
const PACKAGES = 'xcodebuild: error: Could not resolve package dependencies:\n  none match'
const DESTINATION = 'xcodebuild: error: Unable to find a destination matching the provided destination specifier:'
const CANCELLED = 'Testing failed:\n\tboom\n\tTesting cancelled because the build failed.\n\n** TEST FAILED **'

function verdict(log: string, code: number | null, signal: string | null = null) {
  const interpreter = createInterpreter()
  const events = [...interpreter.push(Buffer.from(`${log}\n`)), ...interpreter.end()]
  const exit: BackendExit = {code, signal}
  return verdictOf(summarize(events), exit)
}

describe('what a run amounts to', () => {
  it.each([
    ['a success', `${STEP}\n** BUILD SUCCEEDED **`, 0, null],
    ['nothing printed, exit 0', '', 0, null],
    ['a failed build', `${STEP}\n/w/a.c:1:1: error: x\n** BUILD FAILED **`, 65, 'build_failed'],
    ['a failed archive', '** ARCHIVE FAILED **', 65, 'build_failed'],
    ['a build that failed under test', CANCELLED, 65, 'build_failed'],
    ['a failed test', `${TEST_FAILS}\n** TEST FAILED **`, 65, 'tests_failed'],
    ['tests that could not run', 'Testing failed:\n\tApp encountered an error (x)\n** TEST FAILED **', 65, 'tests_failed'],
    [
      'a full disk',
      `${STEP}\nerror: unable to write file '/d/a.o': No space left on device (28)\n** BUILD FAILED **`,
      65,
      'insufficient_disk_space',
    ],
    [
      'a full disk that Cocoa names',
      `${STEP}\nerror: You can’t save the file “a” because the volume “Macintosh HD” is out of space.\n** TEST BUILD FAILED **`,
      65,
      'insufficient_disk_space',
    ],
    ['a full disk before any verdict', `${STEP}\nld: write() failed, errno=28 for '/d/App'`, 65, 'insufficient_disk_space'],
    ['a failed test on a full disk', `${TEST_FAILS}\nerror: No space left on device\n** TEST FAILED **`, 65, 'tests_failed'],
    ['a warning of a full disk', `${STEP}\nwarning: No space left on device\n** BUILD FAILED **`, 65, 'build_failed'],
    ['packages', PACKAGES, 74, 'package_resolution_failed'],
    ['a destination', DESTINATION, 70, 'destination_rejected'],
    ['an interrupted test', '** TEST INTERRUPTED **', 75, 'backend_interrupted'],
    ['a scheme that is not there', 'xcodebuild: error: The workspace named "A" does not contain a scheme named "B".', 65, 'build_failed'],
    ['no log, exit 74', '', 74, 'package_resolution_failed'],
    ['no log, exit 70', '', 70, 'destination_rejected'],
    ['no log, exit 75', '', 75, 'backend_interrupted'],
    ['no log, exit 65', '', 65, 'build_failed'],
    ['nothing to test, exit 66', "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.", 66, 'build_failed'],
    ['a log cut in its tests, exit 65', "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.", 65, 'tests_failed'],
  ] as const)('%s', (_, log, code, expected) => {
    expect(verdict(log, code).error_code).toBe(expected)
  })

  it.each([
    ['a success', '** BUILD SUCCEEDED **', null],
    ['a failed build', '** BUILD FAILED **', 'build_failed'],
    ['a failed test', `${TEST_FAILS}\n** TEST FAILED **`, 'tests_failed'],
    ['a script that printed an error and a build that succeeded', 'error: only printed\n** BUILD SUCCEEDED **', null],
    ['an error and no verdict', '/w/a.c:1:1: error: x', 'build_failed'],
    ['nothing', '', null],
  ] as const)('without an exit status the log decides: %s', (_, log, expected) => {
    expect(verdict(log, null).error_code).toBe(expected)
  })

  it('a signal interrupts, whatever the log says', () => {
    expect(verdict('** BUILD SUCCEEDED **', null, 'SIGKILL').error_code).toBe('backend_interrupted')
  })

  it('the exit status stands against the log, and the contradiction is told', () => {
    const log = 'Restarting after unexpected exit, crash, or test timeout in A.testB(); summary will include totals from previous launches.'
    expect(verdict(`${log}\n** TEST SUCCEEDED **`, 0)).toEqual({error_code: null, contradicted_by: 'tests_failed'})
  })
})

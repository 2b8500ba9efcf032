import {describe, expect, it} from 'vitest'
import {MAX_LINE_BYTES} from '../src/lines.ts'
import {eventsOf} from './support/read-log.ts'

// What a program can print to make a careless pattern look back and forth over the whole line, again and again.
const BEGINNINGS = [
  '',
  "Test Case '",
  "Test case '-[",
  "Test Suite '",
  '/w/a.swift:1: error: ',
  '/w/a.swift:1: error: -[A ',
  '✘ Test "',
  '✘ Test f() recorded an issue with 1 argument ',
  '✘ Test f() recorded an issue at ',
  '◇ Test ',
  '✔ Test run with ',
  '    ✔ ',
  '    ✖ ',
  '❌ ',
  '[1/2] ',
  '** ',
  '=== BUILD TARGET ',
  'Ld ',
  'xcodebuild: error: ',
  'Restarting after unexpected exit',
  '  Executed ',
  '    t = 1.0s Assertion Failure: ',
  'Provisioning profile "',
  '\u001B[',
  '\u001B]8;;',
  '::error file=',
  'job\tstep\t2',
  '2026-01-02 03:04:05.678 ',
  'X.swift:10: Expected failure in -[',
  'Failing tests:\n\t',
  'Testing failed:\n\tRun test suite X encountered an error (Crash: ',
  'The following build commands failed:\n\t',
  'Resolved source packages:\n  ',
]
const REPEATED = [
  ' ',
  '"',
  "'",
  ': ',
  ' at ',
  ': error: ',
  " (in target '",
  '.',
  '/',
  'a.',
  ' passed',
  " (aka '",
  '1:',
  'x:1: ',
  '-[',
  '] ',
  '\t',
  'Crash: ',
  ' OF PROJECT ',
  '\u001B[',
  '^',
]

describe('events of a hostile log', () => {
  it('are short enough for a line of the stream', () => {
    const long = 'x\u0001'.repeat(MAX_LINE_BYTES / 2 - 100)
    const test = "Test Case '-[AppTests.CartTests testA]'"
    const lines = [
      `/w/A.swift:1:1: error: ${long}`,
      ...Array.from({length: 50}, () => long),
      `${test} started.`,
      ...Array.from({length: 200}, () => `/w/A.swift:1: error: -[AppTests.CartTests testA] : ${long}\n${long}`),
      `${test} failed (0.001 seconds).`,
      'Failing tests:',
      ...Array.from({length: 100}, (_, index) => `\tCartTests.test${index}${long}()`),
      '** TEST FAILED **',
      'The following build commands failed:',
      ...Array.from({length: 300}, () => `\tLd ${long}`),
    ]
    const longest = Math.max(...eventsOf(lines.join('\n')).map((event) => JSON.stringify(event).length))
    expect(longest).toBeLessThan(1 << 20)
  })
})

describe('lines made to slow a reader down', () => {
  it.each(BEGINNINGS)('%j and a repetition up to the longest line is read in linear time', (beginning) => {
    for (const repeated of REPEATED) {
      for (const end of ['', '!', "')"]) {
        const line = beginning + repeated.repeat(Math.floor(MAX_LINE_BYTES / repeated.length) - 20) + end
        expect(eventsOf(`${line}\nnext\n`).length).toBeLessThan(10)
      }
    }
  })
})

import {describe, expect, it} from 'vitest'
import {only} from './support/events.ts'
import {eventsOf, summaryOf} from './support/read-log.ts'

const log = (...lines: string[]): string => `${lines.join('\n')}\n`
const STEP = "CompileC /d/a.o /w/a.c normal arm64 c (in target 'App' from project 'P')"

describe('verdicts and phases', () => {
  it.each([
    ['** BUILD SUCCEEDED **', 'build', 'succeeded', null],
    ['** BUILD FAILED **', 'build', 'failed', null],
    ['** CLEAN SUCCEEDED **', 'clean', 'succeeded', null],
    ['** ANALYZE SUCCEEDED **', 'analyze', 'succeeded', null],
    ['** ARCHIVE FAILED **', 'archive', 'failed', null],
    ['** INSTALL SUCCEEDED **', 'install', 'succeeded', null],
    ['** EXPORT SUCCEEDED **', 'export', 'succeeded', null],
    ['** TEST BUILD SUCCEEDED ** [5.961 sec]', 'build', 'succeeded', 5.961],
    ['** TEST EXECUTE FAILED **', 'test', 'failed', null],
    ['** TEST SUCCEEDED ** [90.593 sec]', 'test', 'succeeded', 90.593],
    ['** TEST INTERRUPTED **', 'test', 'interrupted', null],
    ['** BUILD INTERRUPTED **', 'build', 'interrupted', null],
  ] as const)('reads %s', (verdict, phase, outcome, seconds) => {
    const summary = summaryOf(log(verdict))
    expect(summary.verdicts).toEqual([verdict])
    expect(summary.phases.at(-1)).toEqual({phase, outcome, seconds})
  })

  it.each(['*** TEST FAILED ***', '** something else **', '  ** TEST FAILED ** and more'])('makes no verdict of %s', (line) => {
    expect(summaryOf(log(line)).verdicts).toEqual([])
  })

  it('follows several actions in one log', () => {
    const text = log(
      'Command line invocation:',
      '    /usr/bin/xcodebuild clean build test',
      '=== CLEAN TARGET App OF PROJECT P WITH CONFIGURATION Debug ===',
      '** CLEAN SUCCEEDED **',
      STEP,
      '** BUILD SUCCEEDED **',
      "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.",
      '** TEST SUCCEEDED **',
    )
    expect(summaryOf(text).phases.map(({phase, outcome}) => `${phase} ${outcome}`)).toEqual([
      'clean succeeded',
      'build succeeded',
      'test succeeded',
    ])
  })

  it('ends the build, and its targets, when tests begin', () => {
    const text = log(STEP, "Test Suite 'All tests' started at 2026-01-02 03:04:05.678.", '** TEST SUCCEEDED **')
    expect(eventsOf(text).map(({type}) => type)).toEqual([
      'phase_started',
      'target_started',
      'target_completed',
      'phase_completed',
      'phase_started',
      'test_suite_started',
      'phase_completed',
    ])
  })

  it('tells a build that failed under the test action', () => {
    const text = log(
      STEP,
      '/w/a.c:1:1: error: boom',
      'Testing failed:',
      '\tboom',
      '\tTesting cancelled because the build failed.',
      '',
      '** TEST FAILED **',
      '',
      'The following build commands failed:',
      `\t${STEP}`,
      '\tBuilding project P with scheme App',
      '(2 failures)',
    )
    const summary = summaryOf(text)
    expect(summary.phases).toEqual([
      {phase: 'build', outcome: 'failed', seconds: null},
      {phase: 'test', outcome: 'failed', seconds: null},
    ])
    expect(summary).toMatchObject({errors: 1, failed_commands: 2, command_failures: ['CompileC'], unmarked_failures: []})
    expect(summary.failed_command_list[0]).toEqual({command: 'CompileC', text: STEP, target: 'App', project: 'P'})
  })

  it('knows a script phase that fails without an error line', () => {
    const text = log(
      "PhaseScriptExecution Run\\ Script /d/Script-1.sh (in target 'App' from project 'P')",
      'Command PhaseScriptExecution failed with a nonzero exit code',
    )
    expect(summaryOf(text)).toMatchObject({errors: 0, command_failures: ['PhaseScriptExecution'], failed_commands: 0})
    expect(only(eventsOf(text), 'warning')[0]?.data).toEqual({command: 'PhaseScriptExecution', target: 'App'})
  })

  it('reads two xcodebuilds in one log', () => {
    const run = log('Command line invocation:', '    /usr/bin/xcodebuild build', STEP, '** BUILD SUCCEEDED **')
    expect(summaryOf(run + run)).toMatchObject({
      verdicts: ['** BUILD SUCCEEDED **', '** BUILD SUCCEEDED **'],
      phases: [{outcome: 'succeeded'}, {outcome: 'succeeded'}],
    })
  })

  it('reads steps of every build system', () => {
    const text = log(
      '=== BUILD TARGET Old OF PROJECT P WITH CONFIGURATION Debug ===',
      "SwiftCompile normal arm64 /w/A.swift (in target 'My App' from project 'P')",
      'CompileC /d/b.o (in target: Xcode10)',
      '[1/2] Compiling Lib A.swift',
    )
    expect(only(eventsOf(text), 'target_started').map(({target}) => target)).toEqual(['Old', 'My App', 'Xcode10'])
    expect(only(eventsOf(text), 'progress')).toEqual([{type: 'progress', phase: 'build', done: 1, total: 2, item: 'Lib A.swift'}])
  })

  it('follows parallel tests of a package', () => {
    const text = log('[1/2] Testing Lib.CartTests/testA', '[2/2] Testing Lib.CartTests/testB')
    expect(summaryOf(text).phases.map(({phase}) => phase)).toEqual(['test'])
    expect(only(eventsOf(text), 'progress').map(({phase, done, total}) => [phase, done, total])).toEqual([
      ['test', 1, 2],
      ['test', 2, 2],
    ])
  })

  it('keeps reasons of signing that carry no mark', () => {
    const reason = 'Signing for "App" requires a development team. Select a development team in the project editor.'
    expect(summaryOf(log(STEP, reason, '** BUILD FAILED **'))).toMatchObject({errors: 0, unmarked_failures: [reason]})
  })
})

describe('packages', () => {
  it('reads what was resolved', () => {
    const text = log(
      'Resolve Package Graph',
      '',
      'Resolved source packages:',
      '  swift-log: https://github.com/apple/swift-log.git @ 1.6.1',
      '  Local: /w/Local',
      '  Branchy: git@example.com:a/b.git @ main',
      '',
      STEP,
    )
    expect(summaryOf(text)).toMatchObject({
      package_resolution: 'resolved',
      packages: [
        {name: 'swift-log', url: 'https://github.com/apple/swift-log.git', version: '1.6.1'},
        {name: 'Local', url: '/w/Local', version: null},
        {name: 'Branchy', url: 'git@example.com:a/b.git', version: 'main'},
      ],
      phases: [{phase: 'resolve_packages', outcome: 'succeeded'}, {phase: 'build'}],
    })
  })

  it('reads a failure, with its reason', () => {
    const text = log('Resolve Package Graph', 'xcodebuild: error: Could not resolve package dependencies:', '  no versions match')
    const summary = summaryOf(text)
    expect(summary).toMatchObject({errors: 1, package_resolution: 'failed', phases: [{phase: 'resolve_packages', outcome: 'failed'}]})
    expect(summary.diagnostics[0]?.details).toEqual(['  no versions match'])
  })
})

it('does not call it a failure that a session was stopped', () => {
  const stopped = 'Testing failed:\n\tTesting was canceled.\n\n** TEST INTERRUPTED **\n'
  expect(summaryOf(stopped)).toMatchObject({unmarked_failures: [], verdicts: ['** TEST INTERRUPTED **']})
  expect(summaryOf(stopped.replace('INTERRUPTED', 'FAILED')).unmarked_failures).toEqual(['Testing was canceled.'])
})

it('keeps every verdict of a session that was stopped while a test ran', () => {
  const started = "Test Case '-[AppTests.CartTests testA]' started."
  const {verdicts, tests} = summaryOf(log(started, '** TEST INTERRUPTED **', '** BUILD INTERRUPTED **'))
  expect(verdicts).toEqual(['** TEST INTERRUPTED **', '** BUILD INTERRUPTED **'])
  expect(tests).toMatchObject({failed: 0, unfinished: 1})
})

it('says once what a test failed with at every try', () => {
  const start = ["Test Case '-[AppTests.CartTests testA]' started.", 'CartTests/A.swift:7: Fatal error: boom']
  const again =
    'Restarting after unexpected exit, crash, or test timeout in CartTests.testA(); summary will include totals from previous launches.'
  const {failed_tests} = summaryOf(log(...start, again, ...start, again, '** TEST FAILED **')).tests
  expect(failed_tests).toMatchObject([{crashed: true, failures: [{file: 'CartTests/A.swift', line: 7}]}])
  expect(failed_tests[0]?.failures).toHaveLength(1)
})

import {describe, expect, it} from 'vitest'
import {only} from './support/events.ts'
import {eventsOf, summaryOf} from './support/read-log.ts'

const log = (...lines: string[]): string => `${lines.join('\n')}\n`

function diagnostics(log: string, sourceRoot?: string) {
  return only(eventsOf(log, sourceRoot === undefined ? {} : {sourceRoot}), 'diagnostic')
}

function first(log: string) {
  const [diagnostic] = diagnostics(log)
  if (diagnostic === undefined) throw new Error(`no diagnostic in: ${log}`)
  const {severity, message, file, line, column, category, target} = diagnostic
  return {severity, message, file, line, column, category, target}
}

describe('diagnostics', () => {
  it.each([
    ['/w/App/A.swift:12:5: error: cannot find x in scope', 'error', '/w/App/A.swift', 12, 5, 'compiler'],
    ['/w/App/a.m:7: warning: unused variable', 'warning', '/w/App/a.m', 7, null, 'compiler'],
    ["/w/App/a.h:3:9: fatal error: 'Missing.h' file not found", 'error', '/w/App/a.h', 3, 9, 'compiler'],
    ['/w/My App/A File.swift:1:2: error: with: colons: error: inside', 'error', '/w/My App/A File.swift', 1, 2, 'compiler'],
    ["<unknown>:0: error: no such file or directory: '/w/B.swift'", 'error', null, null, null, 'tool'],
    ['<module-includes>:1:9: note: in file included from', null, null, null, null, null],
    ['/w/App.xcodeproj: warning: The iOS deployment target is set to 8.0', 'warning', '/w/App.xcodeproj', null, null, 'project'],
    ['/w/Colors.xcassets:./Red.colorset: warning: two sets', 'warning', '/w/Colors.xcassets:./Red.colorset', null, null, 'resource'],
    ['/w/Main.storyboard:abc-12-xyz: warning: Unsupported', 'warning', '/w/Main.storyboard:abc-12-xyz', null, null, 'resource'],
    [': error: The catalog has no app icon', 'error', null, null, null, 'tool'],
    ['ld: warning: directory not found for option -L/x', 'warning', null, null, null, 'linker'],
    ['clang: error: linker command failed with exit code 1 (use -v to see invocation)', 'error', null, null, null, 'linker'],
    ['xcodebuild: error: The workspace named "A" does not contain a scheme named "B".', 'error', null, null, null, 'usage'],
    ["xcodebuild: error: invalid option '-x'", 'error', null, null, null, 'usage'],
    ['xcodebuild: error: Could not resolve package dependencies:', 'error', null, null, null, 'package'],
    [
      'xcodebuild: error: Unable to find a destination matching the provided destination specifier:',
      'error',
      null,
      null,
      null,
      'destination',
    ],
    ['/w/A.xcodeproj: error: No signing certificate "iOS Development" found: none', 'error', '/w/A.xcodeproj', null, null, 'signing'],
    ['Code Sign error: No matching provisioning profiles found: none', 'error', null, null, null, 'signing'],
    ['error: unable to attach DB: error: accessing build database "/d/build.db": database is locked', 'error', null, null, null, 'tool'],
    ["'pkg' /w/pkg: warning: found 1 file(s) which are unhandled", 'warning', '/w/pkg', null, null, 'tool'],
    [
      '/w/Package.swift:PACKAGE-TARGET:M: error: Macro “M” must be enabled',
      'error',
      '/w/Package.swift:PACKAGE-TARGET:M',
      null,
      null,
      'package',
    ],
    ['2024-01-02 03:04:05.678 appintentsmetadataprocessor[1:2] warning: Metadata extraction skipped.', 'warning', null, null, null, 'tool'],
  ] as const)('reads %s', (text, severity, file, line, column, category) => {
    const found = diagnostics(text)
    if (severity === null) return expect(found).toEqual([])
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({severity, file, line, column, category, text})
    return undefined
  })

  it.each([
    '2024-01-02 03:04:05.678 App[1:2] some error: here',
    '2024-01-02 03:04:05.678 xcodebuild[1:2] [MT] DVTAssertions: Warning in /x.m:12',
    '--- xcodebuild: WARNING: Using the first of multiple matching destinations:',
    "Linting 'FatalErrorView.swift' (1/2)",
    'CoreData: error: Failed to load model',
    'note: Building targets in dependency order',
    '        print("error: in a source line")',
    '  |         `- error: cannot find x in scope',
    'Total errors: 3',
  ])('makes nothing of %s', (text) => {
    expect(summaryOf(text)).toMatchObject({errors: 0, warnings: 0})
  })

  it('takes the target from the line, else from the build step', () => {
    const log = [
      "CompileSwift normal arm64 /w/A.swift (in target 'App' from project 'P')",
      '/w/A.swift:1:1: error: here',
      "warning: no rule to process file (in target 'Other' from project 'P')",
    ].join('\n')
    expect(diagnostics(log).map(({target, message}) => ({target, message}))).toEqual([
      {target: 'App', message: 'here'},
      {target: 'Other', message: 'no rule to process file'},
    ])
  })

  it('keeps source line, caret, fix-it and gutter as details, and notes apart', () => {
    const log = [
      '/w/a.m:4:3: warning: unused variable x [-Wunused-variable]',
      'int x = 1;',
      '    ^',
      '/w/a.m:2:1: note: declared here',
      '    2 | int x;',
      '      | ^',
      '/w/B.swift:3:9: error: cannot find y in scope',
      '1 | import Foo',
      '3 | let z = y',
      '  |         `- error: cannot find y in scope',
      '/w/B.swift:9:9: error: other',
    ].join('\n')
    const found = diagnostics(log)
    expect(found.map(({severity, code, details}) => ({severity, code, details}))).toEqual([
      {severity: 'warning', code: '-Wunused-variable', details: ['int x = 1;', '    ^']},
      {severity: 'note', code: null, details: ['    2 | int x;', '      | ^']},
      {severity: 'error', code: null, details: ['1 | import Foo', '3 | let z = y', '  |         `- error: cannot find y in scope']},
      {severity: 'error', code: null, details: []},
    ])
  })

  it('joins what the linker lists to its one error', () => {
    const log = [
      "Ld /d/App normal (in target 'App' from project 'P')",
      '    /usr/bin/clang -o App',
      'Undefined symbols for architecture arm64:',
      '  "_missing", referenced from:',
      '      _main in main.o',
      'ld: symbol(s) not found for architecture arm64',
      'clang: error: linker command failed with exit code 1 (use -v to see invocation)',
    ].join('\n')
    const [diagnostic, ...others] = diagnostics(log)
    expect(others).toEqual([])
    expect(diagnostic?.target).toBe('App')
    expect(diagnostic?.details).toEqual([
      'Undefined symbols for architecture arm64:',
      '  "_missing", referenced from:',
      '      _main in main.o',
      'ld: symbol(s) not found for architecture arm64',
    ])
  })

  it('says why a link failed when no error line follows', () => {
    const log = ["duplicate symbol '_x' in:", '    /d/a.o', '    /d/b.o', '** BUILD FAILED **'].join('\n')
    expect(summaryOf(log).unmarked_failures).toEqual(["duplicate symbol '_x' in:"])
  })

  it('names the rule of a lint script', () => {
    const log = [
      "PhaseScriptExecution Lint /d/Script-1.sh (in target 'App' from project 'P')",
      '/w/A.swift:2:1: error: Force Try Violation: Force tries should be avoided (force_try)',
    ].join('\n')
    expect(diagnostics(log)[0]).toMatchObject({category: 'script', code: 'force_try', line: 2})
  })

  it('keeps the indented reasons of xcodebuild', () => {
    const log = [
      'xcodebuild: error: Unable to find a destination matching the provided destination specifier:',
      '\t\t{ platform:macOS }',
      '',
      '\tAvailable destinations for the "A" scheme:',
      '\t\t{ platform:iOS Simulator, id:1, OS:26.5, name:iPhone 17 }',
    ].join('\n')
    expect(diagnostics(log)[0]?.details).toEqual([
      '\t\t{ platform:macOS }',
      '\tAvailable destinations for the "A" scheme:',
      '\t\t{ platform:iOS Simulator, id:1, OS:26.5, name:iPhone 17 }',
    ])
  })

  it('takes nothing of the next step for details', () => {
    const log = [
      'error: unable to read property list',
      "Ld /d/App normal (in target 'App' from project 'P')",
      '    cd /w',
      '    /usr/bin/clang -o App',
      'error: second',
      'note: Target dependency graph (1 target)',
      "    Target 'App' in project 'P' (no dependencies)",
      'error: third',
      '',
      '    Signing Identity: "-"',
      'error: Multiple commands produce x:',
      "    1) Target 'A' has copy command from y",
    ].join('\n')
    expect(diagnostics(log).map(({message, details}) => [message, ...details])).toEqual([
      ['unable to read property list'],
      ['second'],
      ['third'],
      ['Multiple commands produce x:', "    1) Target 'A' has copy command from y"],
    ])
  })

  it('counts one text once and keeps every target', () => {
    const error = '/w/A.swift:1:1: error: same'
    const step = (target: string): string => `SwiftCompile normal arm64 /w/A.swift (in target '${target}' from project 'P')`
    const summary = summaryOf([step('A'), error, step('B'), error, error].join('\n'))
    expect(summary).toMatchObject({errors: 1, error_lines: 3, error_messages: [error]})
    expect(summary.diagnostics[0]).toMatchObject({count: 3, targets: ['A', 'B']})
  })

  it('names files relative to the source root', () => {
    const log = '/w/src/App/A.swift:1:2: error: x\n/w/src-other/B.swift:1:2: error: y'
    expect(diagnostics(log, '/w/src/').map(({file, text}) => [file, text])).toEqual([
      ['App/A.swift', 'App/A.swift:1:2: error: x'],
      ['/w/src-other/B.swift', '/w/src-other/B.swift:1:2: error: y'],
    ])
  })

  it('reads every part of one located error', () => {
    expect(first("/w/A.swift:12:5: error: boom (in target 'T' from project 'P')")).toEqual({
      severity: 'error',
      message: 'boom',
      file: '/w/A.swift',
      line: 12,
      column: 5,
      category: 'compiler',
      target: 'T',
    })
  })
})

it.each([
  ['/var/folders/x/src', '/private/var/folders/x/src/App/A.swift'],
  ['/private/tmp/src', '/tmp/src/App/A.swift'],
  ['/tmp/src/', '/tmp/src/App/A.swift'],
])('names a file below %s by its place there, whichever of its two names a Mac prints', (root, file) => {
  expect(diagnostics(`${file}:3:5: error: no\n`, root)).toMatchObject([{file: 'App/A.swift', line: 3}])
})

describe('who a list belongs to', () => {
  it('gives undefined symbols to the failed link, not to a warning before them, and keeps the reasons of each link', () => {
    const failed = 'clang: error: linker command failed with exit code 1 (use -v to see invocation)'
    const {diagnostics} = summaryOf(
      log(
        "Ld /d/App normal (in target 'App' from project 'P')",
        'ld: warning: directory not found for option -L/x',
        'Undefined symbols for architecture arm64:',
        '  "_total", referenced from:',
        '      _main in main.o',
        'ld: symbol(s) not found for architecture arm64',
        failed,
        "Ld /d/Kit normal (in target 'Kit' from project 'P')",
        "ld: library 'z' not found",
        failed,
      ),
    )
    expect(diagnostics.map(({severity, details}) => [severity, details])).toEqual([
      ['warning', []],
      [
        'error',
        [
          'Undefined symbols for architecture arm64:',
          '  "_total", referenced from:',
          '      _main in main.o',
          'ld: symbol(s) not found for architecture arm64',
          "ld: library 'z' not found",
        ],
      ],
    ])
  })

  it('keeps the steps of a cycle', () => {
    const {diagnostics} = summaryOf(
      log('error: Cycle inside App; building could produce unreliable results.', 'Cycle details:', '→ Target A: x', '○ Target B: y'),
    )
    expect(diagnostics).toMatchObject([{details: ['Cycle details:', '→ Target A: x', '○ Target B: y']}])
  })
})

it('reads which command failed, by name or by path', () => {
  const text = log(
    'Command SwiftCompile failed with a nonzero exit code',
    'Command /bin/sh failed with exit code 1',
    'Command PhaseScriptExecution emitted errors but did not return a nonzero exit code to indicate failure',
  )
  expect(summaryOf(text).command_failures).toEqual(['SwiftCompile', '/bin/sh', 'PhaseScriptExecution'])
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {whatFailed} from '../../src/app/report/what-failed.ts'
import {annotationsOf} from '../../src/reports/annotations.ts'
import {githubCommands} from '../../src/reports/github.ts'
import {linesAround} from '../../src/reports/log-context.ts'
import {code, escapeMarkdown, markdownSummary} from '../../src/reports/markdown.ts'
import {paletteOf} from '../../src/reports/palette.ts'
import type {ReportInput} from '../../src/reports/report-blocks.ts'
import {renderText, renderWithinBudget} from '../../src/reports/render-text.ts'
import {estimateTokens} from '../../src/reports/tokens.ts'
import {visible} from '../../src/reports/visible.ts'
import {wrapLine} from '../../src/reports/wrap-line.ts'
import type {Findings} from '../../src/reports/findings.ts'
import {diagnostic, failed, findings, findingsOf, HOSTILE} from './sample-findings.ts'
import {testRow} from './test-row.ts'

const input = (of: Findings, more: Partial<ReportInput> = {}): ReportInput => ({
  findings: of,
  code: 'tests_failed',
  ok: false,
  log: [],
  again: ({test}) => `rch xcode test --set xcode_test.only_testing=${test.id}`,
  more: [],
  ...more,
})

// Controls, bidirectional marks and what hides: nothing of it may reach a terminal but the line break.
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,20}$/)
const failure = fc
  .record({
    target: word,
    suite: word,
    test: word,
    folders: fc.array(word, {maxLength: 2}),
    line: fc.integer({min: 1, max: 99_999}),
    message: fc.stringMatching(/^[A-Za-z"()' ,.:=0-9]{1,120}$/).filter((text) => text.trim() !== '' && !/ {2}/.test(text)),
  })
  .map(({target, suite, test, folders, line, message}) =>
    failed(`${target}/${suite}/test${test}`, message.trim(), [...folders, `${suite}.swift`].join('/'), line),
  )

describe('a budget', () => {
  it('keeps the name, place and message of what failed first, and is kept', () => {
    fc.assert(
      fc.property(
        fc.array(failure, {minLength: 1, maxLength: 30}),
        fc.array(fc.string(), {maxLength: 5}),
        fc.integer({min: 200, max: 3000}),
        fc.nat(60),
        (rows, log, budget, warnings) => {
          const of = findings(
            rows,
            Array.from({length: warnings}, (_, index) => diagnostic(`warning number ${index}`, {severity: 'warning'})),
          )
          const text = renderWithinBudget(input(of, {log, more: ['log: /a/very/long/path/to/build.log']}), budget)
          expect(estimateTokens(text)).toBeLessThanOrEqual(budget)
          const [first] = rows
          const [place] = first?.failures ?? []
          expect(text).toContain(first?.test.id)
          expect(text).toContain(`${place?.file}:${place?.line}`)
          expect(text).toContain(place?.message)
        },
      ),
      {numRuns: 200},
    )
  })

  it('says what it left out, and leaves out warnings before failures', () => {
    const of = findings(
      [failed('A/B/testOne', 'first'), failed('A/B/testTwo', 'second')],
      Array.from({length: 100}, (_, index) => diagnostic(`warning number ${index} of many`, {severity: 'warning'})),
    )
    const text = renderWithinBudget(input(of), 300)
    expect(text).toContain('testTwo')
    expect(text).toMatch(/left out \(--budget 300\): .*\d+ warnings/)
  })

  it('cuts the middle of what is too long by itself, and loses no end', () => {
    const long = failed(`${'T'.repeat(400)}/Suite/testIt`, `begin ${'x'.repeat(5000)}`, `${'folder/'.repeat(80)}File.swift`, 42)
    const text = renderWithinBudget(input(findings([long])), 200)
    expect(estimateTokens(text)).toBeLessThanOrEqual(200)
    expect(text).toContain('testIt')
    expect(text).toContain('File.swift:42')
    expect(text).toContain('begin')
  })

  it('counts at least a token per three bytes of anything but prose', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        expect(estimateTokens(text)).toBeGreaterThanOrEqual(Math.floor(Buffer.byteLength(text.replaceAll(' ', '')) / 3))
      }),
    )
  })
})

describe('text for people', () => {
  it('never is a wall', () => {
    const of = findings(
      Array.from({length: 500}, (_, index) => failed(`A/B/test${index}`, 'no')),
      Array.from({length: 300}, (_, index) => diagnostic(`w${index}`, {severity: 'warning'})),
    )
    const text = renderText(input(of), paletteOf(false))
    expect(text.split('\n').length).toBeLessThan(110)
    expect(text).toMatch(/left out: 480 failed tests, 297 warnings/)
  })

  it('shows what a build printed without obeying it', () => {
    const of = findings(
      HOSTILE.map((text) => failed(`A/B/${text}`, text, text)),
      HOSTILE.map((text) => diagnostic(text, {severity: 'warning', file: text})),
    )
    const text = renderText(input(of, {log: HOSTILE, headline: HOSTILE.join(' '), more: HOSTILE}), paletteOf(false))
    expect(text).not.toMatch(UNSAFE)
    expect(text.split('\n').filter((line) => /^\s*::|##\[/.test(line))).toEqual([])
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (any) => {
        expect(visible(any)).not.toMatch(UNSAFE)
      }),
    )
  })

  it('answers for a green run in one line', () => {
    expect(renderText(input(findings([testRow('A/B/testOne')]), {ok: true, code: null}), paletteOf(false))).toBe(
      '✔ 1 test passed, 1.00 s\n',
    )
  })
})

it('keeps from a log what a test printed, not that it started', () => {
  const log = (printed: string): string =>
    `Test Case '-[A.B testOne]' started.\n${printed}/w/B.swift:3: error: -[A.B testOne] : no\nTest Case '-[A.B testOne]' failed (0.1 seconds).\n`
  expect(linesAround(log('total was 1\n'), {text: 'no', test: 'testOne'})).toContain('total was 1')
  for (const text of ['no', 'testOne'])
    expect(linesAround(log(''), {text, test: 'testOne'}).filter((line) => line.includes('started'))).toEqual([])
})

it('keeps from a log no list of names and no arguments that went well', () => {
  const list = 'Failing tests:\n\tATests.testOne()\n\tBTests.testTwo()\n\n** TEST FAILED **\n'
  expect(linesAround(list, {text: 'testOne()', test: 'testOne()'})).toEqual([])
  const own = '✘ Test one() recorded an issue with 1 argument n → 2 at A.swift:1:2: no\n'
  const passing = '\u200b◇ Passing 1 argument n → 1 to one()\n'
  expect(linesAround(`${passing}${own}${passing}`, {text: 'no', test: 'one()'})).toEqual([])
  expect(linesAround(`${passing}seen 7\n${own}`, {text: 'no', test: 'one()'})).toContain('seen 7')
})

describe('a terminal', () => {
  const long = 'Expectation failed: the quick brown fox jumps over the lazy dog and over everything else that lies around in the yard'
  const at = (columns: number | null, colours = false): string[] =>
    renderText(
      input(findings([failed('A/B/testOne', long, '/a folder with spaces/that/is/long/enough/to/be/wrapped/somewhere/A.swift')]), {
        again: () => `xcodebuild test ${'-quiet '.repeat(20)}-only-testing:A/B/testOne`,
      }),
      paletteOf(colours),
      {},
      columns,
    ).split('\n')

  it('gets long messages broken between words, below where they begin', () => {
    const lines = at(60)
    expect(lines).toContain('    Expectation failed: the quick brown fox jumps over the')
    expect(lines.filter((line) => line.startsWith('    lazy dog and over'))).toHaveLength(1)
    expect(at(null)).toContain(`    ${long}`)
  })

  it('gets paths and commands in one piece, to be clicked and pasted', () => {
    for (const line of ['wrapped/somewhere/A.swift:3', '-only-testing:A/B/testOne']) {
      const [found = ''] = at(60).filter((one) => one.endsWith(line))
      expect(found.length).toBeGreaterThan(60)
      expect(at(60, true).filter((one) => one.includes('A.swift'))).toHaveLength(1)
    }
  })

  it('leaves no mark alone on its line', () => {
    for (const colours of [false, true])
      expect(wrapLine(`  ${paletteOf(colours).red('✘')} /${'a'.repeat(70)} (19 times)`, 60)).toEqual([
        `  ${paletteOf(colours).red('✘')} /${'a'.repeat(70)}`,
        '    (19 times)',
      ])
  })

  it('loses no word, whatever its width', () => {
    const words = (lines: readonly string[]): string[] => lines.join(' ').split(/\s+/)
    fc.assert(
      fc.property(fc.integer({min: 1, max: 200}), (columns) => {
        expect(words(at(columns))).toEqual(words(at(null)))
      }),
    )
  })
})

it('keeps the message of a warning whose path is long', () => {
  const of = findings(
    [failed('A/B/testOne', 'no')],
    [diagnostic("'old()' is deprecated", {severity: 'warning', file: `/Users/me/${'folder/'.repeat(40)}Views/Alert.swift`})],
  )
  const [line = ''] = renderText(input(of), paletteOf(false))
    .split('\n')
    .filter((one) => one.includes('▲'))
  expect(line).toContain("Views/Alert.swift:7:2: 'old()' is deprecated")
  expect(line).toContain('▲ …')
})

describe('GitHub', () => {
  it('gets ten of a kind at most, the last saying how many more there are', () => {
    const of = findings(
      Array.from({length: 12}, (_, index) => failed(`A/B/test${index}`, 'no')),
      Array.from({length: 10}, (_, index) => diagnostic(`w${index}`, {severity: 'warning'})),
    )
    const lines = githubCommands(of).trimEnd().split('\n')
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10)
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10)
    expect(lines[9]).toBe('::error title=rch::and 3 more; the job summary lists them')
    expect(lines[0]).toBe('::error file=Tests/A.swift,line=3,title=A/B/test0::no')
    expect(githubCommands(of, 'ios').split('\n')[0]).toBe('::error file=ios/Tests/A.swift,line=3,title=A/B/test0::no')
  })

  it('is told first what went wrong besides the tests, however many of them failed', () => {
    const of = findings(Array.from({length: 12}, (_, index) => failed(`A/B/test${index}`, 'no')))
    const lines = githubCommands(of, '', {code: 'result_bundle_missing', message: 'No bundle: gone', hint: 'Look\nthere.'}).split('\n')
    expect(lines[0]).toBe('::error title=result_bundle_missing::No bundle: gone%0A→ Look%0Athere.')
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10)
  })

  it('cannot be talked to by a message', () => {
    const of = findings(HOSTILE.map((text) => failed(`A/B/${text}`, text, text)))
    const lines = githubCommands(of).trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    for (const line of lines) expect(line).toMatch(/^::error (?:(?:file|line|col|title)=[^:,\r\n]*,?)+::[^\r\n]*$/)
  })

  it('gets a summary that no text can turn into markup', () => {
    const of = findings(
      HOSTILE.map((text) => failed(`A/B/${text}`, text, text)),
      HOSTILE.map((text) => diagnostic(text, {severity: 'warning', file: text})),
    )
    const text = markdownSummary(input(of, {log: HOSTILE}), HOSTILE.join(' '))
    expect(text).not.toMatch(UNSAFE)
    const outside = text.replace(/^(`{3,})text\n[\s\S]*?\n\1$/gm, '').replace(/(`+)(?: )?[^\n]*?\1/g, '')
    expect(outside.replace(/<\/?(?:details|summary)>/g, '')).not.toMatch(/[<>]/)
    expect(outside).not.toMatch(/\]\(|!\[/)
    for (const line of text.split('\n').filter((one) => one.startsWith('| '))) expect(line.split('|')).toHaveLength(5)
    fc.assert(
      fc.property(fc.string({unit: 'grapheme'}), (any) => {
        expect(escapeMarkdown(any)).not.toMatch(/[<>|`*_[\]]/)
        const span = code(any)
        if (span !== '') expect(span).toMatch(/^(`+)( ?)[\s\S]*\2\1$/)
      }),
    )
  })
})

describe('a test that began and did not end', () => {
  const cut = findingsOf(
    "Test Case '-[AppTests.CartTests testA]' started.\nTest Case '-[AppTests.CartTests testA]' passed (0.001 seconds).\nTest Case '-[AppTests.CartTests testB]' started.\n** TEST INTERRUPTED **\n",
  )

  it('is named by every report, behind what failed', () => {
    const stopped = input(cut, {code: 'backend_interrupted'})
    expect(cut.tests).toMatchObject({outcome: 'interrupted', failed: 0})
    for (const text of [renderText(stopped, paletteOf(false)), markdownSummary(stopped, 'x'), JSON.stringify(annotationsOf(cut))]) {
      expect(text).toContain('testB')
      expect(text).toContain('did not end')
    }
    expect(renderWithinBudget(stopped, 200)).toContain('AppTests/CartTests/testB')
    expect(whatFailed(stopped)).toMatchObject({failures_total: 1, failures: [{kind: 'test', test: 'AppTests/CartTests/testB'}]})
  })

  it('is no failure of a run that went well', () => {
    const well = findingsOf(
      "Test Case '-[AppTests.CartTests testB]' started.\nTest session results, code coverage, and logs:\n\t/x\n\n** TEST SUCCEEDED **\n",
    )
    expect(renderText(input(well, {ok: true, code: null}), paletteOf(false))).not.toContain('✘')
    expect(annotationsOf(well)).toEqual([])
  })
})

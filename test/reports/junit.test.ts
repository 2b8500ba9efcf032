import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {parse} from 'test-results-parser'
import {describe, expect, it} from 'vitest'
import {validateXML} from 'xmllint-wasm'
import type {Findings} from '../../src/reports/findings.ts'
import {escapeXml, junitXml} from '../../src/reports/junit.ts'
import {diagnostic, failed, findings, HOSTILE} from './sample-findings.ts'
import {testRow} from './test-row.ts'

const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8')

async function problems(xml: string): Promise<readonly string[]> {
  const {errors} = await validateXML({xml: [{fileName: 'junit.xml', contents: xml}], schema: [schema]})
  return errors.map(({message}) => message)
}

const again = {
  iteration: 1,
  outcome: 'failed',
  seconds: 0.1,
  failures: [{message: 'flaked', file: null, line: null, column: null, details: []}],
} as const
const every: Findings = findings(
  [
    testRow('App/CartTests/testPasses'),
    failed('App/CartTests/testFails', 'XCTAssertEqual failed: ("1") is not equal to ("2")', 'Tests/Cart.swift', 41),
    testRow('App/CartTests/testCrashes', {outcome: 'failed', crashed: true}),
    testRow('App/CartTests/testSlow', {outcome: 'failed', timed_out: true}),
    testRow('App/CartTests/testSkips', {outcome: 'skipped', reason: 'later'}),
    testRow('App/CartTests/testExpected', {outcome: 'expected_failure', reason: 'known bug'}),
    testRow('App/CartTests/testUnfinished', {outcome: 'unknown', seconds: null}),
    testRow('App/CartTests/testFlaky', {repetitions: [again, {...again, iteration: 2, outcome: 'passed', failures: []}]}),
    {...failed('App/CartTests/testAlways', 'no'), repetitions: [again, {...again, iteration: 2}]},
    testRow('App/Words/odd(n:)', {arguments: '1', device: 'iPhone 17'}),
    {...failed('App/Words/odd(n:)', 'must be odd'), arguments: '2', device: 'iPhone 17'},
  ],
  [diagnostic('unused', {severity: 'warning'})],
)

describe('junit.xml', () => {
  it('fits the schema with every kind of result', async () => {
    expect(await problems(junitXml(every, 'test'))).toEqual([])
  })

  it('fits it for a broken build and for nothing at all', async () => {
    const broken = findings([], [diagnostic('no such module'), diagnostic('another', {file: null, line: null, column: null})])
    expect(await problems(junitXml(broken, 'build'))).toEqual([])
    expect(junitXml(broken, 'build')).toContain('errors="1"')
    expect(await problems(junitXml(findings([]), 'nothing'))).toEqual([])
  })

  it('is read by a CI tool with the same numbers', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rch-junit-'))
    try {
      const file = join(folder, 'junit.xml')
      writeFileSync(file, junitXml(every, 'test'))
      const read = parse({type: 'junit', files: [file]})
      expect(read).toMatchObject({total: 11, failed: 4, errors: 2})
      const cases = read.suites.flatMap(({cases}) => cases)
      expect(cases.find(({name}) => name === 'testFails')).toMatchObject({
        status: 'FAIL',
        failure: expect.stringContaining('is not equal to'),
      })
      expect(cases.find(({name}) => name === 'testSkips')).toMatchObject({status: 'SKIP'})
      expect(cases.map(({name}) => name)).toEqual(expect.arrayContaining(['odd(n:) [1]', 'odd(n:) [2]', 'testSkips']))
    } finally {
      rmSync(folder, {recursive: true})
    }
  })

  it('survives hostile names, messages, arguments and reasons', async () => {
    const rows = HOSTILE.flatMap((text) => [
      {...failed(`App/${text}/${text}`, text, text), arguments: text, device: text},
      testRow(`App/S/${text}`, {outcome: 'skipped', reason: text}),
      testRow(`App/E/${text}`, {outcome: 'expected_failure', reason: text}),
    ])
    const xml = junitXml(
      findings(
        rows,
        HOSTILE.map((text) => diagnostic(text, {file: text})),
      ),
      HOSTILE.join(''),
    )
    expect(await problems(xml)).toEqual([])
    expect(xml.match(/<testcase /g)).toHaveLength(rows.length + 1)
    expect(xml).not.toMatch(/<(?:script|img|evil)/)
  })

  it('writes only characters that XML has', () => {
    fc.assert(
      fc.property(fc.string({unit: 'binary'}), (text) => {
        const escaped = escapeXml(text)
        // oxlint-disable-next-line no-control-regex
        expect(escaped).not.toMatch(/[<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
        expect(escaped.isWellFormed()).toBe(true)
      }),
    )
  })
})

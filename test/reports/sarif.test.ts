import {readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {Ajv} from 'ajv'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {annotationsOf, relativePath} from '../../src/reports/annotations.ts'
import {sarifLog} from '../../src/reports/sarif.ts'
import {diagnostic, failed, findings, HOSTILE} from './sample-findings.ts'
import {testRow} from './test-row.ts'

const schemaFile = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
const {$schema: _draft, id: _id, ...schema} = JSON.parse(readFileSync(schemaFile, 'utf8'))
const validate = new Ajv({
  strict: false,
  allErrors: true,
  unicodeRegExp: false,
  formats: {uri: (text) => URL.canParse(text), 'uri-reference': (text) => URL.canParse(text, 'file:///a/'), 'date-time': true},
}).compile(schema)

describe('sarif.json', () => {
  it('is SARIF 2.1.0, with paths relative to the source root', () => {
    const log = sarifLog(
      findings(
        [
          failed('App/CartTests/testFails', 'not equal', 'Tests/Cart Tests.swift', 41),
          testRow('App/CartTests/testCrashes', {outcome: 'failed', crashed: true}),
        ],
        [
          diagnostic('no such module', {count: 3}),
          diagnostic('unused', {severity: 'warning', code: '-Wunused'}),
          diagnostic('outside', {file: '/Users/x/o.swift', line: null, column: null}),
        ],
      ),
    )
    expect([validate(log), validate.errors]).toEqual([true, null])
    const [run] = log.runs
    expect(run?.results.map(({ruleId, level}) => [ruleId, level])).toEqual([
      ['compiler/error', 'error'],
      ['compiler/-Wunused', 'warning'],
      ['compiler/error', 'error'],
      ['test/failure', 'error'],
      ['test/crash', 'error'],
    ])
    expect(run?.results[0]).toMatchObject({
      occurrenceCount: 3,
      locations: [
        {physicalLocation: {artifactLocation: {uri: 'Sources/A.swift', uriBaseId: 'SRCROOT'}, region: {startLine: 7, startColumn: 2}}},
      ],
    })
    expect(run?.results[2]?.locations?.[0]?.physicalLocation).toEqual({artifactLocation: {uri: 'file:///Users/x/o.swift'}})
    for (const result of run?.results ?? []) expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId)
  })

  it('stays valid with hostile texts and any place', () => {
    const log = sarifLog(
      findings(
        HOSTILE.map((text, index) => failed(`A/B/t${index}${text}`, text, text)),
        HOSTILE.map((text) => diagnostic(text, {file: text, code: text, line: 0, column: 0})),
      ),
    )
    expect([validate(log), validate.errors]).toEqual([true, null])
  })
})

describe('annotations', () => {
  it('put failures first and leave out places outside the source tree', () => {
    const rows = annotationsOf(
      findings(
        [failed('App/T/t', 'no', 'Tests/T.swift', 4)],
        [diagnostic('w', {severity: 'warning'}), diagnostic('e', {file: '/abs/e.swift'})],
      ),
    )
    expect(rows.map(({level, path, line}) => [level, path, line])).toEqual([
      ['failure', null, null],
      ['failure', 'Tests/T.swift', 4],
      ['warning', 'Sources/A.swift', 7],
    ])
  })

  it('never name a path that leaves the tree', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', '/', 'b c'), {maxLength: 6}), (parts) => {
        const path = relativePath(parts.join('/'))
        if (path !== null) expect(path).toMatch(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))(?!.*\/\/).+$/)
      }),
    )
  })
})

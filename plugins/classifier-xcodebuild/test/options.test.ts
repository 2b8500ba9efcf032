import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {NO_RUN_OPTIONS, ACTION_WORDS, OPTIONS, type RunOptions, type TestSelection} from '@rch/contract/kinds/xcodebuild'
import {describe, expect, it} from 'vitest'
import {sharedData} from '../../../test/support/shared-data.ts'
import {PROFILE} from './support/gate.ts'

const USAGE = join(sharedData ?? '', 'queries/options-26.5.0.json')

describe('the option table', () => {
  it.skipIf(!existsSync(USAGE))("has every option of Xcode 26.5's usage text, with its arity", () => {
    const usage = readUsage(readFileSync(USAGE, 'utf8'))
    expect(usage.options.length).toBeGreaterThan(100)
    expect(usage.options.filter(({flag, takesValue}) => (OPTIONS.get(flag)?.value !== null) !== takesValue || !OPTIONS.has(flag))).toEqual(
      [],
    )
    expect(usage.actions.filter((action) => !ACTION_WORDS.has(action))).toEqual([])
  })

  it('models every field of the model, and nothing else', () => {
    const fields = (table: string): readonly string[] =>
      [...OPTIONS.values()].flatMap(({policy, key}) =>
        policy === 'modelled' && key?.startsWith(`${table}.`) ? [key.slice(table.length + 1)] : [],
      )
    const run: RunOptions = NO_RUN_OPTIONS
    const {test_plan: _, ...test}: TestSelection & {test_plan: string | null} = PROFILE.xcode_test
    expect(fields('xcode_run').toSorted()).toEqual(Object.keys(run).toSorted())
    expect(fields('xcode_test').toSorted()).toEqual(Object.keys(test).toSorted())
  })

  it('names a reason for everything that it refuses or owns', () => {
    expect([...OPTIONS].filter(([, row]) => (row.policy === 'refused' || row.policy === 'owned') !== (row.code !== undefined))).toEqual([])
  })
})

function readUsage(text: string): {readonly options: readonly {flag: string; takesValue: boolean}[]; readonly actions: readonly string[]} {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || !('options' in parsed) || !('actions' in parsed)) throw new Error('no usage')
  if (!Array.isArray(parsed.options) || !Array.isArray(parsed.actions)) throw new Error('no usage')
  return {
    options: parsed.options.map((row: {flag: string; takes_value: boolean}) => ({flag: row.flag, takesValue: row.takes_value})),
    actions: parsed.actions.map(String),
  }
}

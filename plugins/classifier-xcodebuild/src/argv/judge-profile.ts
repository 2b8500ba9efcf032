import {OPTIONS} from '@rch/contract/kinds/xcodebuild'
import {findInvisible} from '../invisible.ts'
import {show} from '../report.ts'
import type {Hearing} from './hearing.ts'
import {settingProblem} from './judge-setting.ts'
import {expectedValue, readValue} from './values.ts'

/** What the profile adds to a command is judged like the command's own words: the gate trusts no file. */
export function judgeProfile({profile, policy, ledger, seen}: Hearing): void {
  for (const [name, value] of Object.entries(profile.build_settings)) {
    const problem = settingProblem(name, value, policy)
    if (problem !== null && !seen.has(name)) ledger.miss(problem.code, problem.facts)
  }
  for (const [option, row] of TEST_OPTIONS) {
    const field = row.key?.slice('xcode_test.'.length) ?? ''
    const held = Object.entries(profile.xcode_test).find(([name]) => name === field)?.[1] ?? []
    for (const value of typeof held === 'string' ? [held] : held) {
      const isPlain = !value.startsWith('-') && findInvisible(value) === -1 && readValue(row, value) !== null
      if (!isPlain && !seen.has(option)) ledger.miss('value_invalid', {token: show(value), option, expected: expectedValue(row)})
    }
  }
}

const TEST_OPTIONS = [...OPTIONS].filter(([, row]) => row.policy === 'modelled' && row.key?.startsWith('xcode_test.') === true)

import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {matchDestination, readDestination, writeDestination} from '../destinations.ts'
import {show} from '../report.ts'
import {type Hearing, pathInside} from './hearing.ts'
import type {OptionStatement} from './read.ts'
import {expectedValue} from './values.ts'

/** Judges an option that must say what the profile says. */
export function judgeConstrained(hearing: Hearing, option: OptionStatement, value: string): void {
  const {profile, draft} = hearing
  switch (option.name) {
    case '-workspace':
    case '-project':
      return judgeContainer(hearing, option, value)
    case '-scheme':
      if (mustBe(hearing, option, value, [profile.scheme, ...profile.schemes], 'scheme_not_allowed')) draft.scheme = value
      return undefined
    case '-configuration':
      if (mustBe(hearing, option, value, [profile.configuration, ...profile.configurations], 'configuration_not_allowed'))
        draft.configuration = value
      return undefined
    case '-sdk':
      if (mustBe(hearing, option, value, [profile.sdk], 'sdk_not_allowed')) draft.sdk = value
      return undefined
    case '-testPlan':
      if (mustBe(hearing, option, value, [profile.xcode_test.test_plan], 'test_plan_not_allowed')) draft.testPlan = value
      return undefined
    default:
      return judgeDestination(hearing, option, value)
  }
}

function mustBe(
  {ledger}: Hearing,
  option: OptionStatement,
  value: string,
  allowed: readonly (string | null)[],
  code: ClassifierErrorCode,
): boolean {
  if (allowed.includes(value)) {
    ledger.markOption(option, 'constrained', option.row.key ?? null, null)
    return true
  }
  const names = [...new Set(allowed.filter((one) => one !== null))]
  ledger.refuseOption(option, code, 'value', {expected: names.length > 0 ? names.join(', ') : 'none is set'})
  return false
}

function judgeContainer(hearing: Hearing, option: OptionStatement, value: string): void {
  const {ledger, draft} = hearing
  const path = pathInside(hearing, value)
  const {type, path: expected} = draft.container
  // A directory that is no workspace stands for the package in it.
  const isPackage = option.name === '-workspace' && type === 'package' && !/\.xcworkspace\/?$/.test(value)
  const named = option.name === '-project' ? 'project' : isPackage ? 'package' : 'workspace'
  if (path === null) ledger.refuseOption(option, 'path_outside_repository', 'value')
  else if (hearing.containerNamed) ledger.refuseOption(option, 'option_repeated', 'option', {token: 'The container'})
  else if (named !== type || path !== expected)
    ledger.refuseOption(option, 'container_mismatch', 'value', {token: show(path), expected: `${type} ${expected}`})
  else ledger.markOption(option, 'constrained', type, null)
  hearing.containerNamed = true
}

function judgeDestination({ledger, draft}: Hearing, option: OptionStatement, value: string): void {
  const named = readDestination(value)
  if (named === null)
    return ledger.refuseOption(option, 'value_invalid', 'value', {option: option.name, expected: expectedValue(option.row)})
  if (named === 'id') return ledger.refuseOption(option, 'destination_id_refused', 'value')
  const match = matchDestination(named, draft.allowed)
  if (match === null) {
    const expected = draft.allowed.length > 0 ? draft.allowed.map(writeDestination).join('; ') : 'none is set'
    return ledger.refuseOption(option, 'destination_not_allowed', 'value', {expected})
  }
  draft.destinations.add(match)
  const full = writeDestination(match)
  return ledger.markOption(option, 'constrained', 'destination', full === value ? null : `means ${full}`)
}

import type {ClassifierPolicy} from '@rch/contract'
import {ALLOWED_SETTINGS, type ClassifierErrorCode, isNeverSetting} from '@rch/contract/kinds/xcodebuild'
import {findInvisible} from '../invisible.ts'
import {show} from '../report.ts'
import type {Hearing} from './hearing.ts'
import type {SettingStatement} from './read.ts'

/** Judges one `KEY=VALUE`: never, allow-listed, or asked for and granted. */
export function judgeSetting({ledger, policy, draft, seen}: Hearing, {name, value, index}: SettingStatement): void {
  const problem = settingProblem(name, value, policy)
  if (problem !== null) return ledger.refuse(index, problem.code, problem.facts)
  if (seen.has(name)) return ledger.refuse(index, 'option_repeated', {token: name})
  seen.add(name)
  draft.settings.set(name, value)
  return ledger.mark(index, 'modelled', `build_settings.${name}`, null)
}

/** Why a setting may not be given, with the facts that fill the code's row; `null` = it may. */
export function settingProblem(
  name: string,
  value: string,
  policy: ClassifierPolicy,
): {readonly code: ClassifierErrorCode; readonly facts: Readonly<Record<string, string>>} | null {
  if (isNeverSetting(name)) return {code: 'setting_never_allowed', facts: {token: name}}
  const row = Object.hasOwn(ALLOWED_SETTINGS, name) ? ALLOWED_SETTINGS[name] : undefined
  const granted = SETTING_NAME.test(name) && policy.allow_settings.includes(name)
  if (row === undefined && !granted) return {code: 'setting_refused', facts: {token: name}}
  const isPlain = row === undefined ? PLAIN_VALUE.test(value) && !LEAVES.test(value) : row.values.test(value)
  if (isPlain && findInvisible(value) === -1) return null
  return {code: 'setting_value_refused', facts: {token: show(`${name}=${value}`), expected: row?.expected ?? PLAIN_EXPECTED}}
}

const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Xcode expands `$(NAME)` and `${NAME}` inside values. */
const PLAIN_VALUE = /^[^$`\\]{0,1024}$/
/** A path that may lead out of the workspace, alone or in a list. */
const LEAVES = /(?:^|[\s"'])[~/]|(?:^|[\s"'/])\.\.(?:$|[\s"'/])/
const PLAIN_EXPECTED = 'text without $, ` and \\, and no path that is absolute or goes up'

import {ALLOWED_SETTINGS, isNeverSetting} from '@rch/contract/kinds/xcodebuild'
import type {Hearing} from './hearing.ts'
import type {SettingStatement} from './read.ts'

/** Judges one `KEY=VALUE`: never, allow-listed, or asked for and granted. */
export function judgeSetting({ledger, policy, draft, seen}: Hearing, {name, value, index}: SettingStatement): void {
  if (isNeverSetting(name)) return ledger.refuse(index, 'setting_never_allowed', {token: name})
  const row = Object.hasOwn(ALLOWED_SETTINGS, name) ? ALLOWED_SETTINGS[name] : undefined
  const granted = SETTING_NAME.test(name) && policy.allow_settings.includes(name)
  if (row === undefined && !granted) return ledger.refuse(index, 'setting_refused', {token: name})
  if (!(row?.values ?? PLAIN_VALUE).test(value)) {
    return ledger.refuse(index, 'setting_value_refused', {token: `${name}=${value}`, expected: row?.expected ?? 'text without $, ` and \\'})
  }
  if (seen.has(name)) return ledger.refuse(index, 'option_repeated', {token: name})
  seen.add(name)
  draft.settings.set(name, value)
  return ledger.mark(index, 'modelled', `build_settings.${name}`, null)
}

const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Xcode expands `$(NAME)` and `${NAME}` inside values. */
const PLAIN_VALUE = /^[^$`\\]{0,1024}$/

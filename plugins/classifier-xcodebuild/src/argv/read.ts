import {ACTION_WORDS, type Action, type ClassifierErrorCode, OPTIONS, type OptionRow} from '@rch/contract/kinds/xcodebuild'
import {findInvisible} from '../invisible.ts'

/** An option, with its value when it takes one. `index` counts words of the command. */
export interface OptionStatement {
  readonly kind: 'option'
  readonly name: string
  readonly row: OptionRow
  readonly value: string | null
  readonly index: number
  /** The word that holds the value; equal to `index` in the `-name:value` form, `null` without one. */
  readonly valueIndex: number | null
}

export interface SettingStatement {
  readonly kind: 'setting'
  readonly name: string
  readonly value: string
  readonly index: number
}

export interface ActionStatement {
  readonly kind: 'action'
  readonly action: Action
  readonly index: number
}

export interface RefusedStatement {
  readonly kind: 'refused'
  readonly code: ClassifierErrorCode
  readonly index: number
}

export type Statement = OptionStatement | SettingStatement | ActionStatement | RefusedStatement

/** Reads xcodebuild's words by the option table. Nothing is judged here but whether a word means anything. */
export function readArguments(words: readonly string[], from: number): readonly Statement[] {
  const statements: Statement[] = []
  for (let index = from; index < words.length; index++) {
    const word = words[index] ?? ''
    if (findInvisible(word) !== -1) {
      statements.push({kind: 'refused', code: 'control_character', index})
      continue
    }
    if (!word.startsWith('-')) {
      statements.push(readPlain(word, index))
      continue
    }
    const row = OPTIONS.get(word)
    if (row === undefined) {
      statements.push(readJoined(word, index))
      continue
    }
    if (row.value === null) {
      statements.push({kind: 'option', name: word, row, value: null, index, valueIndex: null})
      continue
    }
    const value = words[index + 1]
    if (value === undefined) {
      statements.push({kind: 'option', name: word, row, value: null, index, valueIndex: null})
      continue
    }
    if (findInvisible(value) === -1) statements.push({kind: 'option', name: word, row, value, index, valueIndex: index + 1})
    else statements.push({kind: 'refused', code: 'control_character', index: index + 1})
    index++
  }
  return statements
}

function readPlain(word: string, index: number): Statement {
  // A condition such as `[sdk=*]` belongs to the name.
  const equals = (CONDITIONAL.exec(word)?.[0].length ?? word.indexOf('=') + 1) - 1
  if (equals > 0) return {kind: 'setting', name: word.slice(0, equals), value: word.slice(equals + 1), index}
  const known = ACTION_WORDS.get(word)
  if (known === undefined) return {kind: 'refused', code: 'action_unknown', index}
  return 'action' in known ? {kind: 'action', action: known.action, index} : {kind: 'refused', code: known.code, index}
}

const CONDITIONAL = /^[^=[]+(?:\[[^\]]*\])+=/

/** A word with a dash that is no option of its own: `-name:value`, `-Name=value`, a family refused as a whole, or nothing. */
function readJoined(word: string, index: number): Statement {
  const colon = word.indexOf(':')
  if (colon > 0) {
    const name = word.slice(0, colon)
    const row = OPTIONS.get(name)
    if (row?.colon === true) return {kind: 'option', name, row, value: word.slice(colon + 1), index, valueIndex: index}
  }
  if (word.includes('=')) return {kind: 'refused', code: 'user_default_refused', index}
  const family = REFUSED_FAMILIES.find(([pattern]) => pattern.test(word))
  return {kind: 'refused', code: family?.[1] ?? 'option_unknown', index}
}

/** Options that a future Xcode may add to families that are refused as a whole. */
const REFUSED_FAMILIES: readonly (readonly [RegExp, ClassifierErrorCode])[] = [
  [/localization/i, 'localization_refused'],
  [/^-(?:download|import|delete)/, 'components_refused'],
  [/^-export/, 'export_refused'],
  [/^-(?:allowProvisioning|authenticationKey)/, 'signing_refused'],
  [/^-package\w*Policy$/, 'package_policy_refused'],
]

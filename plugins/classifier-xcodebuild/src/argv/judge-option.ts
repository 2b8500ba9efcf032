import {judgeConstrained} from './constraints.ts'
import {addToList, setField} from './draft.ts'
import {type Hearing, pathInside} from './hearing.ts'
import type {OptionStatement} from './read.ts'
import {expectedValue, readValue} from './values.ts'

/** Judges one option by its row's policy. */
export function judgeOption(hearing: Hearing, option: OptionStatement): void {
  const {ledger, seen} = hearing
  const {name, row, value} = option
  if (row.policy === 'refused') return ledger.refuseOption(option, row.code ?? 'option_unknown', 'option')
  if (row.policy === 'query') return ledger.refuseOption(option, 'xcode_query', 'option', {command: 'rch xcode explain'})
  if (row.value !== null && value === null) return ledger.refuseOption(option, 'option_value_missing', 'option')
  if (value !== null && (value === '' || value.startsWith('-'))) return refuseValue(hearing, option)
  if (seen.has(name) && row.value !== null && row.repeatable !== true) return ledger.refuseOption(option, 'option_repeated', 'option')
  const isFirst = !seen.has(name)
  seen.add(name)

  if (row.policy === 'constrained') return judgeConstrained(hearing, option, value ?? '')
  if (row.policy === 'owned') return judgeOwned(hearing, option)
  if (row.policy === 'presentation') {
    if (name === '-quiet') hearing.quiet = true
    else hearing.verbose = true
    return ledger.markOption(option, 'presentation', null, 'applied to what is printed here')
  }
  const read = value === null ? true : readValue(row, value)
  if (read === null) return refuseValue(hearing, option)
  if (row.repeatable === true) addToList(hearing.draft, row.key ?? '', String(read), isFirst)
  else setField(hearing.draft, row.key ?? '', read)
  ledger.markOption(option, 'modelled', row.key ?? null, null)
}

function refuseValue({ledger}: Hearing, option: OptionStatement): void {
  ledger.refuseOption(option, 'value_invalid', 'value', {option: option.name, expected: expectedValue(option.row)})
}

/** The worker's own business: dropped when the profile says so, and only when a path stays inside the repository. */
function judgeOwned(hearing: Hearing, option: OptionStatement): void {
  const {ledger, policy} = hearing
  const {name, row, value} = option
  if (!policy.drop_owned_paths) return ledger.refuseOption(option, row.code ?? 'option_owned', 'option')
  if (row.value === 'path') {
    const path = pathInside(hearing, value ?? '')
    if (path === null) return ledger.refuseOption(option, 'path_outside_repository', 'value')
    if (name === '-resultBundlePath') hearing.resultBundlePath = path
  }
  const note = name === '-resultBundlePath' ? 'the host delivers the result bundle there' : 'the worker decides it'
  hearing.dropped.push({option: name, value, note})
  ledger.markOption(option, 'dropped', 'classifier.drop_owned_paths', note)
}

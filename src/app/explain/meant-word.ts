import type {Decision} from '@rch/contract'
import {ACTIONS, OPTIONS} from '@rch/contract/kinds/xcodebuild'
import {nearest} from '../../domain/config/nearest.ts'

/** A refusal of a mistyped option or action, with the one that was probably meant as its hint. */
export function withMeantWord(decision: Decision): Decision {
  const [code] = decision.codes
  const words = code === 'option_unknown' ? possibleOptions() : code === 'action_unknown' ? ACTIONS : []
  const typed = decision.tokens.find((token) => token.code === code)?.text ?? ''
  const meant = nearest(typed, words)
  return meant === null ? decision : {...decision, hint: `Write ${meant}, if that is what was meant.`}
}

/** Whoever is told of an option that is refused as well has gained nothing. */
function possibleOptions(): readonly string[] {
  return [...OPTIONS].flatMap(([name, {policy}]) => (policy === 'refused' || policy === 'query' ? [] : [name]))
}

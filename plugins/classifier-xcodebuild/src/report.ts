import {CLASSIFIER_ERRORS, type ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {EACH_INVISIBLE, findInvisible} from './invisible.ts'

/** Why something is refused, in the registry's words. */
export interface Finding {
  readonly code: ClassifierErrorCode
  readonly reason: string
  readonly hint: string
}

/** Fills a code's row with the facts of the case. */
export function finding(code: ClassifierErrorCode, facts: Readonly<Record<string, string>>): Finding {
  const row = CLASSIFIER_ERRORS[code]
  return {code, reason: fill(row.message, facts), hint: fill(row.hint, facts)}
}

/** Each `{name}` by its fact; a name without one stays. */
function fill(template: string, facts: Readonly<Record<string, string>>): string {
  let text = ''
  let from = 0
  for (let open = template.indexOf('{'); open !== -1; open = template.indexOf('{', from)) {
    const close = template.indexOf('}', open)
    const name = template.slice(open + 1, close)
    text += template.slice(from, open) + (facts[name] ?? `{${name}}`)
    from = close + 1
  }
  return text + template.slice(from)
}

/** A word as it is shown: invisible characters by their number, long ones cut. */
export function show(text: string): string {
  const visible =
    findInvisible(text) === -1
      ? text
      : text.replaceAll(EACH_INVISIBLE, (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
  return visible.length > 120 ? `${visible.slice(0, 117)}…` : visible === '' ? '""' : visible
}

import {CLASSIFIER_ERRORS, type ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'

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

function fill(template: string, facts: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, key: string) => (Object.hasOwn(facts, key) ? (facts[key] ?? whole) : whole))
}

/** A word as it is shown: invisible characters by their number, long ones cut. */
export function show(text: string): string {
  const visible = text.replaceAll(INVISIBLE, (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
  return visible.length > 120 ? `${visible.slice(0, 117)}…` : visible === '' ? '""' : visible
}

const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

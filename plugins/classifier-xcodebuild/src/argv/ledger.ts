import type {Token} from '@rch/contract'
import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {type Finding, finding, show} from '../report.ts'
import type {OptionStatement} from './read.ts'

/** What a word turned out to be; the caller knows where the word stands. */
export type Mark = Pick<Token, 'role' | 'key' | 'code' | 'note'>

/** The marks and refusals of one judgement, by the index of a word. */
export class Ledger {
  readonly marks = new Map<number, Mark>()
  readonly findings: Finding[] = []
  /** Those of the findings that no word stands for. */
  readonly missing: Finding[] = []
  readonly #words: readonly string[]

  constructor(words: readonly string[]) {
    this.#words = words
  }

  mark(index: number, role: Token['role'], key: string | null, note: string | null): void {
    this.marks.set(index, {role, key, code: null, note})
  }

  /** Marks an option and its value. */
  markOption({index, valueIndex}: OptionStatement, role: Token['role'], key: string | null, note: string | null): void {
    this.mark(index, role, key, note)
    if (valueIndex !== null && valueIndex !== index) this.mark(valueIndex, role, key, null)
  }

  /** Refuses a word; `facts` fill the code's row, with the word itself as `token` unless they say otherwise. */
  refuse(index: number, code: ClassifierErrorCode, facts: Readonly<Record<string, string>> = {}): void {
    const found = finding(code, {...facts, token: show(facts['token'] ?? this.#words[index] ?? '')})
    this.findings.push(found)
    this.marks.set(index, {role: 'refused', key: null, code, note: found.reason})
  }

  /** Refuses an option; the reason stands at its value when that is to blame. */
  refuseOption(
    option: OptionStatement,
    code: ClassifierErrorCode,
    blame: 'option' | 'value',
    facts: Readonly<Record<string, string>> = {},
  ): void {
    const {index, valueIndex} = option
    for (const at of [index, valueIndex]) if (at !== null) this.marks.set(at, {role: 'refused', key: null, code, note: null})
    const isValue = blame === 'value' && valueIndex !== null
    this.refuse(isValue ? valueIndex : index, code, {token: (isValue ? option.value : option.name) ?? option.name, ...facts})
  }

  /** Refuses what no word stands for. */
  miss(code: ClassifierErrorCode, facts: Readonly<Record<string, string>>): void {
    const found = finding(code, facts)
    this.findings.push(found)
    this.missing.push(found)
  }
}

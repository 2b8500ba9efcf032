import {GB, KB, MB, TB, type ConfigValue, type FlatTable, type KeyType} from './key-row.ts'
import {stringProblem} from './string-format.ts'

/** Where inside the value the problem lies, below the key itself. */
export interface ValueProblem {
  readonly at: readonly (string | number)[]
  readonly problem: string
}

export type Checked<T = ConfigValue> = {readonly value: T} | ValueProblem

/** Types whose values are one TOML value; tables are read by `readTable`. */
export type ScalarType = Exclude<KeyType, {kind: 'map' | 'tables' | 'opaque'}>

/** A TOML value as the key's type wants it, or what is wrong with it. */
export function checkValue(type: ScalarType, raw: unknown): Checked {
  switch (type.kind) {
    case 'string':
      return typeof raw === 'string' ? checkString(type, raw) : wrong('text', raw)
    case 'boolean':
      return typeof raw === 'boolean' ? {value: raw} : wrong('true or false', raw)
    case 'integer':
      return checkNumber(raw, type, 'a whole number')
    case 'bytes':
      return checkBytes(raw, type)
    case 'enum':
      return typeof raw === 'string' && type.values.includes(raw)
        ? {value: raw}
        : wrong(`one of ${type.values.map(quoted).join(', ')}`, raw)
    default:
      return checkList(type, raw)
  }
}

export function isProblem<T>(checked: Checked<T>): checked is ValueProblem {
  return 'problem' in checked
}

/** A value as TOML would write it, short enough for a message. */
export function describe(raw: unknown): string {
  if (typeof raw === 'string') return quoted(raw.length > 60 ? `${raw.slice(0, 57)}…` : raw)
  if (Array.isArray(raw)) return raw.length > 4 ? `a list of ${raw.length}` : `[${raw.map(describe).join(', ')}]`
  if (raw instanceof Date) return 'a date'
  if (typeof raw === 'object' && raw !== null) return 'a table'
  return String(raw)
}

function checkList(type: Extract<KeyType, {kind: 'list'}>, raw: unknown): Checked {
  if (!Array.isArray(raw)) return wrong('a list of text', raw)
  const items: string[] = []
  for (const [index, item] of raw.entries()) {
    if (typeof item !== 'string') return {at: [index], problem: `wants text, not ${describe(item)}`}
    const problem = stringProblem(item, type.format)
    if (problem !== null) return {at: [index], problem: `${describe(item)} ${problem}`}
    items.push(item)
  }
  return {value: items}
}

function checkNumber(raw: unknown, {min, max}: {min: number; max: number}, what: string): Checked {
  if (typeof raw !== 'number' || !Number.isInteger(raw)) return wrong(what, raw)
  if (raw >= min && raw <= max) return {value: raw}
  return {at: [], problem: `wants ${what} from ${min} to ${max}, not ${raw}`}
}

const UNITS: Readonly<Record<string, number>> = {B: 1, KB, MB, GB, TB, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40}

function checkBytes(raw: unknown, type: {min: number; max: number}): Checked {
  const what = 'a whole number of bytes, or text such as "20GB",'
  if (typeof raw !== 'string') return checkNumber(raw, type, what)
  const match = /^(\d{1,15}(?:\.\d{1,3})?) ?([KMGT]?i?B)$/i.exec(raw)
  const unit = UNITS[match?.[2]?.toUpperCase() ?? '']
  if (match === null || unit === undefined) return wrong(what, raw)
  return checkNumber(Math.round(Number(match[1]) * unit), type, what)
}

function checkString(type: Extract<KeyType, {kind: 'string'}>, raw: string): Checked {
  const problem = stringProblem(raw, type.format)
  if (problem !== null) return {at: [], problem: `${describe(raw)} ${problem}`}
  const {aliases} = type
  return {value: aliases !== undefined && Object.hasOwn(aliases, raw) ? aliases[raw]! : raw}
}

function wrong(wanted: string, raw: unknown): ValueProblem {
  return {at: [], problem: `wants ${wanted.replace(/,$/, '')}, not ${describe(raw)}`}
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A value as plain JSON, for output. */
export function toJson(value: ConfigValue | null): unknown {
  if (!Array.isArray(value)) return value
  return value.map((item: string | FlatTable) =>
    typeof item === 'string' ? item : Object.fromEntries([...item].map(([path, inner]) => [path, toJson(inner)])),
  )
}

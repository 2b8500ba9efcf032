import type {Statement} from '../swift/ast.ts'
import type {Scope} from './scope.ts'

/** What an expression is worth; `unknown` when this small interpreter cannot say. */
export type Value =
  /** `asDouble`: made of literals only, it would be this where a floating-point number is wanted. */
  | {readonly kind: 'int'; readonly value: number; readonly asDouble?: number}
  | {readonly kind: 'double'; readonly value: number}
  | {readonly kind: 'bool'; readonly value: boolean}
  | {readonly kind: 'string'; readonly value: string}
  | {readonly kind: 'nil'}
  | {readonly kind: 'void'}
  | {readonly kind: 'array'; readonly items: readonly Value[]}
  | {readonly kind: 'dictionary'; readonly entries: readonly (readonly [Value, Value])[]}
  | {readonly kind: 'tuple'; readonly items: readonly {readonly label: string | undefined; readonly value: Value}[]}
  | {readonly kind: 'range'; readonly low: number; readonly high: number; readonly closed: boolean}
  | {readonly kind: 'closure'; readonly parameters: readonly string[]; readonly body: readonly Statement[]; readonly scope: Scope<Value>}
  | {readonly kind: 'instance'; readonly type: string; readonly fields: Map<string, Value>; readonly reference: boolean}
  | {
      readonly kind: 'case'
      readonly type: string | undefined
      readonly name: string
      readonly payload: readonly {readonly label: string | undefined; readonly value: Value}[]
    }
  | {readonly kind: 'type'; readonly name: string}
  | {readonly kind: 'unknown'}

export const unknown: Value = {kind: 'unknown'}
export const nil: Value = {kind: 'nil'}
export const nothing: Value = {kind: 'void'}
export const int = (value: number): Value => ({kind: 'int', value})
export const double = (value: number): Value => ({kind: 'double', value})
export const bool = (value: boolean): Value => ({kind: 'bool', value})
export const string = (value: string): Value => ({kind: 'string', value})

/** Undefined when one side is not known. */
export function equal(a: Value, b: Value): boolean | undefined {
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'closure' || b.kind === 'closure') return undefined
  if (a.kind === 'string' && b.kind === 'string') return a.value.normalize() === b.value.normalize()
  if (isNumber(a) && isNumber(b)) {
    const [left, right] = sameKind(a, b)
    return left === right
  }
  if (a.kind !== b.kind) return a.kind === 'nil' || b.kind === 'nil' ? false : undefined
  switch (a.kind) {
    case 'bool':
    case 'string':
      return b.kind === a.kind && a.value === b.value
    case 'nil':
    case 'void':
      return true
    case 'array':
      return b.kind === 'array' ? every(a.items, b.items) : undefined
    case 'tuple':
      return b.kind === 'tuple'
        ? every(
            a.items.map(({value}) => value),
            b.items.map(({value}) => value),
          )
        : undefined
    case 'range':
      return b.kind === 'range' && a.low === b.low && a.high === b.high && a.closed === b.closed
    case 'case':
      if (b.kind !== 'case' || a.name !== b.name) return false
      return every(
        a.payload.map(({value}) => value),
        b.payload.map(({value}) => value),
      )
    case 'instance':
      if (b.kind !== 'instance' || a.type !== b.type) return undefined
      return a.reference ? undefined : every([...a.fields.values()], [...b.fields.values()])
    case 'dictionary': {
      if (b.kind !== 'dictionary' || a.entries.length !== b.entries.length) return false
      return a.entries.every(([key, value]) =>
        b.entries.some(([otherKey, other]) => equal(key, otherKey) === true && equal(value, other) === true),
      )
    }
    case 'type':
      return b.kind === 'type' && a.name === b.name
    default:
      return undefined
  }
}

/** Negative, zero, positive; undefined when they have no order here. */
export function compare(a: Value, b: Value): number | undefined {
  if (isNumber(a) && isNumber(b)) {
    const [left, right] = sameKind(a, b)
    return left - right
  }
  if (a.kind === 'string' && b.kind === 'string' && isAscii(a.value) && isAscii(b.value))
    return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
  return undefined
}

/** As `print` and string interpolation show it; `debug` quotes strings, as in collections and failure messages of tuples. */
export function describe(value: Value, debug = false): string {
  switch (value.kind) {
    case 'int':
      return String(value.value)
    case 'double':
      return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value)
    case 'bool':
      return String(value.value)
    case 'string':
      return debug ? JSON.stringify(value.value) : value.value
    case 'nil':
      return 'nil'
    case 'void':
      return '()'
    case 'array':
      return `[${value.items.map((item) => describe(item, true)).join(', ')}]`
    case 'dictionary':
      return value.entries.length === 0
        ? '[:]'
        : `[${value.entries.map(([key, item]) => `${describe(key, true)}: ${describe(item, true)}`).join(', ')}]`
    case 'tuple':
      return `(${value.items.map(({label, value: item}) => `${label === undefined ? '' : `${label}: `}${describe(item, true)}`).join(', ')})`
    case 'range':
      return `${value.low}${value.closed ? '...' : '..<'}${value.high}`
    case 'case':
      return value.payload.length === 0
        ? value.name
        : `${value.name}(${value.payload.map(({label, value: item}) => `${label === undefined ? '' : `${label}: `}${describe(item, true)}`).join(', ')})`
    case 'instance':
      return `${value.type}(${[...value.fields].map(([name, item]) => `${name}: ${describe(item, true)}`).join(', ')})`
    case 'type':
      return value.name
    case 'closure':
      return '(Function)'
    default:
      return '?'
  }
}

/** Structs and collections are values: each holder gets its own. What was a mere literal is a number now. */
export function copied(value: Value): Value {
  switch (value.kind) {
    case 'int':
      return value.asDouble === undefined ? value : int(value.value)
    case 'array':
      return {kind: 'array', items: value.items.map(copied)}
    case 'dictionary':
      return {kind: 'dictionary', entries: value.entries.map(([key, item]) => [copied(key), copied(item)])}
    case 'tuple':
      return {kind: 'tuple', items: value.items.map(({label, value: item}) => ({label, value: copied(item)}))}
    case 'instance':
      return value.reference ? value : {...value, fields: new Map([...value.fields].map(([name, field]) => [name, copied(field)]))}
    default:
      return value
  }
}

export type NumberValue = Extract<Value, {kind: 'int' | 'double'}>

export function isNumber(value: Value): value is NumberValue {
  return value.kind === 'int' || value.kind === 'double'
}

/** Beside a floating-point number a literal is one too. */
export function sameKind(a: NumberValue, b: NumberValue): readonly [number, number] {
  const double = a.kind === 'double' || b.kind === 'double'
  const number = (value: NumberValue): number => (double && value.kind === 'int' ? (value.asDouble ?? value.value) : value.value)
  return [number(a), number(b)]
}

function isAscii(text: string): boolean {
  return !/[^\x20-\x7e]/.test(text)
}

function every(a: readonly Value[], b: readonly Value[]): boolean | undefined {
  if (a.length !== b.length) return false
  let all: boolean | undefined = true
  for (const [index, item] of a.entries()) {
    const same = equal(item, b[index] ?? unknown)
    if (same === false) return false
    if (same === undefined) all = undefined
  }
  return all
}

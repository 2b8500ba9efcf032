import {bool, compare, copied, double, equal, int, nil, string, unknown, type Value} from './value.ts'

type Call = (closure: Value, values: readonly Value[]) => Value

/** A property of the standard library's types; undefined when there is none of that name here. */
export function property(base: Value, name: string): Value | undefined {
  const items = elements(base)
  if (base.kind === 'string') {
    switch (name) {
      case 'count':
        return int([...new Intl.Segmenter().segment(base.value)].length)
      case 'isEmpty':
        return bool(base.value === '')
    }
  }
  if (items !== undefined) {
    switch (name) {
      case 'count':
        return int(items.length)
      case 'isEmpty':
        return bool(items.length === 0)
      case 'first':
        return items[0] ?? nil
      case 'last':
        return items.at(-1) ?? nil
    }
  }
  if (base.kind === 'dictionary') {
    if (name === 'count') return int(base.entries.length)
    if (name === 'isEmpty') return bool(base.entries.length === 0)
  }
  if (base.kind === 'int' || base.kind === 'double') {
    if (name === 'magnitude') return base.kind === 'int' ? int(Math.abs(base.value)) : double(Math.abs(base.value))
    if (name === 'description')
      return string(base.kind === 'int' ? String(base.value) : Number.isInteger(base.value) ? `${base.value}.0` : String(base.value))
  }
  return undefined
}

/** A method of the standard library's types; undefined when there is none of that name here. */
export function method(
  base: Value,
  name: string,
  values: readonly Value[],
  labels: readonly (string | undefined)[],
  call: Call,
): Value | undefined {
  const [first] = values
  if (base.kind === 'string') {
    const {value} = base
    if (name === 'uppercased') return string(value.toUpperCase())
    if (name === 'lowercased') return string(value.toLowerCase())
    if (first?.kind === 'string') {
      if (name === 'hasPrefix') return bool(value.startsWith(first.value))
      if (name === 'hasSuffix') return bool(value.endsWith(first.value))
      if (name === 'contains') return bool(value.includes(first.value))
    }
    if (name === 'reversed' && values.length === 0) return {kind: 'array', items: Array.from(value, string).toReversed()}
    return undefined
  }
  if (base.kind === 'int') {
    if (name === 'isMultiple' && first?.kind === 'int') return bool(first.value === 0 ? base.value === 0 : base.value % first.value === 0)
    return undefined
  }
  const items = elements(base)
  if (items === undefined) return undefined
  switch (name) {
    case 'contains':
      if (first?.kind === 'closure') return any(items.map((item) => call(first, [item])))
      return first === undefined ? undefined : any(items.map((item) => asBool(equal(item, first))))
    case 'map':
      return first === undefined ? undefined : {kind: 'array', items: items.map((item) => call(first, [item]))}
    case 'filter': {
      if (first === undefined) return undefined
      const verdicts = items.map((item) => call(first, [item]))
      return verdicts.every(({kind}) => kind === 'bool')
        ? {kind: 'array', items: items.filter((_, index) => isTrue(verdicts[index]))}
        : unknown
    }
    case 'reduce': {
      const [initial, combine] = values
      if (initial === undefined || combine === undefined || labels[0] === 'into') return undefined
      return items.reduce((total, item) => call(combine, [total, item]), initial)
    }
    case 'allSatisfy': {
      if (first === undefined) return undefined
      const verdicts = items.map((item) => call(first, [item]))
      return verdicts.every(({kind}) => kind === 'bool') ? bool(verdicts.every(isTrue)) : unknown
    }
    case 'reversed':
      return {kind: 'array', items: items.toReversed()}
    case 'sorted': {
      if (values.length > 0) return undefined
      return items.every((item) => compare(item, items[0] ?? item) !== undefined)
        ? {kind: 'array', items: items.toSorted((a, b) => compare(a, b) ?? 0)}
        : unknown
    }
    case 'min':
    case 'max': {
      if (values.length > 0 || items.some((item) => compare(item, items[0] ?? item) === undefined)) return undefined
      return items.toSorted((a, b) => compare(a, b) ?? 0).at(name === 'min' ? 0 : -1) ?? nil
    }
    case 'joined': {
      const separator = first?.kind === 'string' ? first.value : ''
      return items.every((item) => item.kind === 'string')
        ? string(items.map((item) => (item.kind === 'string' ? item.value : '')).join(separator))
        : undefined
    }
    default:
      return undefined
  }
}

/** Free functions and conversions: `abs`, `min`, `max`, `Int(…)`, `String(…)`, `Double(…)`, `Array(…)`. */
export function freeFunction(name: string, values: readonly Value[]): Value | undefined {
  const [first] = values
  if (first === undefined) return undefined
  switch (name) {
    case 'abs':
      return first.kind === 'int' ? int(Math.abs(first.value)) : first.kind === 'double' ? double(Math.abs(first.value)) : undefined
    case 'min':
    case 'max': {
      const sorted = values.every((value) => compare(value, first) !== undefined)
        ? values.toSorted((a, b) => compare(a, b) ?? 0)
        : undefined
      return sorted?.at(name === 'min' ? 0 : -1)
    }
    case 'Int':
      if (first.kind === 'int' || first.kind === 'double') return int(Math.trunc(first.value))
      if (first.kind === 'string' && values.length === 1) return /^[+-]?\d{1,15}$/.test(first.value) ? int(Number(first.value)) : nil
      return undefined
    case 'Double':
      if (first.kind === 'int' && first.asDouble !== undefined && first.asDouble !== first.value) return undefined
      return first.kind === 'int' || first.kind === 'double' ? double(first.value) : undefined
    case 'String':
      if (values.length > 1) return undefined
      return first.kind === 'string' ? first : first.kind === 'int' || first.kind === 'bool' ? string(String(first.value)) : undefined
    case 'Array': {
      const items = elements(first)
      return items === undefined ? undefined : {kind: 'array', items}
    }
    case 'Optional':
      return first
    default:
      return undefined
  }
}

/** The elements of a sequence; undefined when the value is none, or too long a range. */
export function elements(value: Value): readonly Value[] | undefined {
  if (value.kind === 'array') return value.items
  if (value.kind !== 'range') return undefined
  const count = value.high - value.low + (value.closed ? 1 : 0)
  return count < 0 || count > 10_000 ? undefined : Array.from({length: count}, (_, index) => int(value.low + index))
}

/** `base[index]`; undefined for an index outside an array, which traps. */
export function subscript(base: Value, index: Value): Value | undefined {
  if (base.kind === 'array' && index.kind === 'int') return base.items[index.value]
  if (base.kind === 'dictionary') return copied(base.entries.find(([key]) => equal(key, index) === true)?.[1] ?? nil)
  return unknown
}

function any(verdicts: readonly Value[]): Value {
  if (verdicts.some(isTrue)) return bool(true)
  return verdicts.every(({kind}) => kind === 'bool') ? bool(false) : unknown
}

function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'bool' && value.value
}

function asBool(value: boolean | undefined): Value {
  return value === undefined ? unknown : bool(value)
}

import {copied, double, unknown, type Value} from './value.ts'

const whole = /^(?:Swift\.)?U?Int(?:8|16|32|64)?$/
const floating = /^(?:Swift\.|Foundation\.)?(?:Double|Float|Float32|Float64|CGFloat|TimeInterval)$/

/** A value as its holder's written type makes it. What a type does that is not known here is unknown. */
export function coerce(value: Value, type: string | undefined): Value {
  if (type === undefined) return copied(value)
  const plain = type
    .replace(/^(?:inout|borrowing|consuming|__owned|__shared|sending|some|any|@\w+)\s+/, '')
    .replace(/[?!]+$/, '')
    .trim()
  switch (value.kind) {
    case 'int':
      if (whole.test(plain)) return copied(value)
      return floating.test(plain) ? double(value.asDouble ?? value.value) : unknown
    case 'double':
      return floating.test(plain) ? value : unknown
    case 'array': {
      const element = /^\[(.*)\]$/s.exec(plain)?.[1] ?? /^Array<(.*)>$/s.exec(plain)?.[1]
      if (element === undefined || element.includes(':')) return unknown
      return {kind: 'array', items: value.items.map((item) => coerce(item, element))}
    }
    case 'dictionary': {
      const [, key, item] = /^\[([^[\]:]+):(.*)\]$/s.exec(plain) ?? []
      return key === undefined
        ? unknown
        : {kind: 'dictionary', entries: value.entries.map(([name, held]) => [coerce(name, key.trim()), coerce(held, item?.trim())])}
    }
    case 'tuple':
      return {
        kind: 'tuple',
        items: value.items.map(({label, value: item}) => ({label, value: item.kind === 'int' || item.kind === 'array' ? unknown : item})),
      }
    case 'string':
      return /^(?:Swift\.)?(?:String|Character|Substring|StaticString)$/.test(plain) ? value : unknown
    default:
      return copied(value)
  }
}

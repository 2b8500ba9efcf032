export interface JsonStyle {
  readonly compact: boolean
  /** Keys in another order each time, as Xcode's are. */
  readonly shuffle: boolean
}

/** JSON as `xcresulttool` writes it: a blank before each colon, empty lists over two lines; or compact. */
export function jsonText(value: unknown, style: JsonStyle): string {
  return style.compact ? JSON.stringify(ordered(value, style.shuffle)) : pretty(ordered(value, style.shuffle), '')
}

function pretty(value: unknown, indent: string): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return value.length === 0 ? `[\n\n${indent}]` : `[\n${value.map((item) => `${inner}${pretty(item, inner)}`).join(',\n')}\n${indent}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)} : ${pretty(item, inner)}`).join(',\n')}\n${indent}}`
  }
  return JSON.stringify(value)
}

function ordered(value: unknown, shuffle: boolean): unknown {
  if (!shuffle) return value
  if (Array.isArray(value)) return value.map((item) => ordered(item, shuffle))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => ({key, item: ordered(item, shuffle), rank: Math.random()}))
  return Object.fromEntries(entries.toSorted((a, b) => a.rank - b.rank).map(({key, item}) => [key, item]))
}

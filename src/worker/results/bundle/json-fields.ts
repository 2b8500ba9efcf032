/** A result bundle's answer that is not what Apple's tool prints; `place` is where. */
export class BundleFormatError extends Error {
  override readonly name = 'BundleFormatError'
  readonly place: string

  constructor(place: string, expected: string, value: unknown) {
    super(`${place === '' ? 'the answer' : place} should be ${expected}, not ${describe(value)}`)
    this.place = place
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Strict about types: a field that is there has the type it should have. Unknown fields are nobody's business. */
export function asObject(value: unknown, place: string): JsonObject {
  if (isObject(value)) return value
  throw new BundleFormatError(place, 'an object', value)
}

export function asList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new BundleFormatError(place, 'a list', value)
}

/** The objects of a list; none when the list is left out, as Apple's encoder does with empty ones. */
export function objectsOf(parent: JsonObject, field: string, place: string): readonly JsonObject[] {
  const value = parent[field]
  if (value === undefined || value === null) return []
  return asList(value, join(place, field)).map((item, index) => asObject(item, `${join(place, field)}[${index}]`))
}

export function objectOf(parent: JsonObject, field: string, place: string): JsonObject | null {
  const value = parent[field]
  return value === undefined || value === null ? null : asObject(value, join(place, field))
}

export function textOf(parent: JsonObject, field: string, place: string): string | null {
  const value = parent[field]
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value.toWellFormed()
  throw new BundleFormatError(join(place, field), 'text', value)
}

export function needText(parent: JsonObject, field: string, place: string): string {
  const value = textOf(parent, field, place)
  if (value === null) throw new BundleFormatError(join(place, field), 'text', value)
  return value
}

export function numberOf(parent: JsonObject, field: string, place: string): number | null {
  const value = parent[field]
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new BundleFormatError(join(place, field), 'a number', value)
}

/** A count: whole and not negative. */
export function countOf(parent: JsonObject, field: string, place: string): number | null {
  const value = numberOf(parent, field, place)
  if (value === null || (Number.isSafeInteger(value) && value >= 0)) return value
  throw new BundleFormatError(join(place, field), 'a count', value)
}

export function textsOf(parent: JsonObject, field: string, place: string): readonly string[] {
  const value = parent[field]
  if (value === undefined || value === null) return []
  return asList(value, join(place, field)).map((item, index) => {
    if (typeof item === 'string') return item.toWellFormed()
    throw new BundleFormatError(`${join(place, field)}[${index}]`, 'text', item)
  })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function join(place: string, field: string): string {
  return place === '' ? field : `${place}.${field}`
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`
}

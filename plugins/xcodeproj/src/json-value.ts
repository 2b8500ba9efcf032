import {readError, shapeError} from './read-error.ts'

/** A JSON object of a file that Xcode writes; readers below never throw on a wrong type. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Parses a document that must be a JSON object. Throws `project_unreadable`, with the place when the text is not JSON. */
export function readJsonObject(text: string, what: string): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const at = /position (\d+)/.exec(String(error))?.[1]
    throw readError(what, 'is not JSON', text, at === undefined ? text.length : Number(at))
  }
  if (!isObject(value)) throw shapeError(what, 'is not a JSON object')
  return value
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own property's value; inherited names (`constructor`) count as absent. */
export function field(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

export function objectField(object: JsonObject, key: string): JsonObject {
  const value = field(object, key)
  return isObject(value) ? value : {}
}

export function objectsField(object: JsonObject, key: string): readonly JsonObject[] {
  const value = field(object, key)
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function textField(object: JsonObject, key: string): string | null {
  const value = field(object, key)
  return typeof value === 'string' ? value : null
}

export function textsField(object: JsonObject, key: string): readonly string[] {
  const value = field(object, key)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

import type {HtmlLogPlace} from './client/model.ts'

/** Where in the logs something is told; null where nobody knows. */
export type PlaceOf = (key: string) => HtmlLogPlace | null

export function testKey(id: string): string {
  return `test\0${id}`
}

export function diagnosticKey(severity: string, message: string): string {
  return `${severity}\0${message}`
}

/** Looks through the logs in their order. */
export function placesIn(logs: readonly ReadonlyMap<string, number>[]): PlaceOf {
  return (key) => {
    for (const [index, lines] of logs.entries()) {
      const line = lines.get(key)
      if (line !== undefined) return [index, line]
    }
    return null
  }
}

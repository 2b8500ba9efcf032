import type {HtmlLogPlace} from './client/model.ts'

/** Where in the logs something is told; null where nobody knows. */
export type PlaceOf = (key: string) => HtmlLogPlace | null

/** A test by its whole id, then without its target, which the lines of a log do not always name. */
export function testKeys(id: string): readonly string[] {
  return [`test\0${id}`, `test\0${id.split('/').slice(-2).join('/')}`]
}

export function diagnosticKey(severity: string, message: string): string {
  return `${severity}\0${message}`
}

/** Where a test's failure is told. */
export function placeOfTest(placeOf: PlaceOf, id: string): HtmlLogPlace | null {
  for (const key of testKeys(id)) {
    const place = placeOf(key)
    if (place !== null) return place
  }
  return null
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

import type {HtmlLogPlace} from './client/model.ts'

/** Where in the logs something is told; null where nobody knows. */
export type PlaceOf = (key: string) => HtmlLogPlace | null

/**
 * A failed test by its whole id, without its target, and by what it said: the lines of a log do not always name target and suite, and a
 * result bundle does.
 */
export function testKeys(id: string, failures: readonly {readonly message: string}[]): readonly string[] {
  const [first] = failures
  return [`test\0${id}`, `test\0${id.split('/').slice(-2).join('/')}`, ...(first === undefined ? [] : [`said\0${first.message}`])]
}

/** Where a test's failure is told. */
export function placeOfTest(placeOf: PlaceOf, id: string, failures: readonly {readonly message: string}[]): HtmlLogPlace | null {
  for (const key of testKeys(id, failures)) {
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

export function diagnosticKey(severity: string, message: string): string {
  return `${severity}\0${message}`
}

/** A set-like array in its one written form: no duplicates, sorted by UTF-8 bytes. */
export function sortedSet(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted(byUtf8)
}

/** UTF-8 order is code point order, which differs from JavaScript's own where surrogates are. */
function byUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left === right) continue
    const leftHigh = left >= 0xd800 && left <= 0xdfff
    const rightHigh = right >= 0xd800 && right <= 0xdfff
    return leftHigh === rightHigh ? left - right : leftHigh ? 1 : -1
  }
  return a.length - b.length
}

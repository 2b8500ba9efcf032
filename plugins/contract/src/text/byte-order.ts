/** Byte order of two paths, the order of every manifest. */
export function comparePaths(a: string, b: string): number {
  // UTF-16 order equals UTF-8 byte order unless surrogates meet code units above them.
  if (a === b) return 0
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const SURROGATE = /[\ud800-\udfff]/

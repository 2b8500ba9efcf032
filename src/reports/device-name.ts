/** The device without what tells its clones and runner processes apart: `Clone 1 of iPhone 16 - xctest (123)` is an iPhone 16. */
export function deviceName(printed: string | null): string | null {
  if (printed === null) return null
  const name = printed.replace(/^Clone \d+ of /, '').replace(/ - [^()]*(?: \([^()]*\))*$/, (tail) => (/\(\d+\)$/.test(tail) ? '' : tail))
  return name === '' ? printed : name
}

/** Orders dotted versions by number: 16.10 is above 16.2, and 16 equals 16.0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

/** Whether `version` meets `"16.2"` (that version, patch releases included) or a range like `">=16 <17"`. */
export function satisfies(version: string, requirement: string): boolean {
  return requirement
    .trim()
    .split(/\s+/)
    .every((term) => meets(version, term))
}

/** Whether a text is a version requirement at all. */
export function isRequirement(text: string): boolean {
  return (
    text.trim() !== '' &&
    text
      .trim()
      .split(/\s+/)
      .every((term) => TERM.test(term))
  )
}

const TERM = /^(>=|<=|>|<|=)?(\d+(?:\.\d+){0,3})$/

function meets(version: string, term: string): boolean {
  const match = TERM.exec(term)
  if (match === null) return false
  const [, operator, wanted = ''] = match
  const order = compareVersions(version, wanted)
  switch (operator) {
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '<':
      return order < 0
    default:
      return version === wanted || version.startsWith(`${wanted}.`) || order === 0
  }
}

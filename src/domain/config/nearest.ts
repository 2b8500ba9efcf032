/**
 * The candidate most like `word`, or the only one that it begins, or `null` when none is close: for "did you mean". Ties go to the
 * first. A word of which nothing would stay is like none.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (word.length < 2) return null
  const wanted = fold(word)
  const begun = word.length < MIN_BEGINNING ? [] : candidates.filter((candidate) => fold(candidate).startsWith(wanted))
  if (begun.length === 1) return begun[0] ?? null
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(Math.min(word.length, 40) / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = editDistance(wanted, fold(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Shorter beginnings say too little. */
const MIN_BEGINNING = 3

function fold(word: string): string {
  return word.slice(0, 200).toLowerCase().replaceAll('-', '_')
}

/** Optimal string alignment: insert, delete, replace, swap of neighbours. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({length: b.length + 1}, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      current.push(cost)
    }
    before = previous
    previous = current
  }
  return previous[b.length]!
}

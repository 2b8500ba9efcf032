/**
 * Seconds of a duration as Xcode prints it for people, in whatever locale the tool ran: `0.0021s`, `0,0021s`, `1m 3s`, `2 min 1,5 sec`. Null
 * when it is no such thing.
 */
export function humanSeconds(text: string | null): number | null {
  if (text === null) return null
  let seconds = 0
  let found = false
  for (const [, amount = '', unit = ''] of text.matchAll(/([\d.,'\u00a0\u202f]*\d)\s*([a-zµ]+)/giu)) {
    const factor = UNITS.get(unit.toLowerCase())
    if (factor === undefined) return null
    seconds += decimal(amount) * factor
    found = true
  }
  return found && Number.isFinite(seconds) ? seconds : null
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ...['h', 'hr', 'hour', 'hours', 'std'].map((unit) => [unit, 3600] as const),
  ...['m', 'min', 'mins', 'minute', 'minutes'].map((unit) => [unit, 60] as const),
  ...['s', 'sec', 'secs', 'second', 'seconds', 'sek'].map((unit) => [unit, 1] as const),
  ['ms', 0.001] as const,
  ['µs', 0.000_001] as const,
])

/** The last of `.` and `,` is the decimal mark when it stands alone or follows the other kind; everything else groups digits. */
function decimal(text: string): number {
  const digits = text.replace(/['\u00a0\u202f]/g, '')
  const mark = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','))
  if (mark < 0) return Number(digits)
  const [whole, part] = [digits.slice(0, mark), digits.slice(mark + 1)]
  const repeated = digits.split(digits.charAt(mark)).length > 2
  return Number(repeated ? digits.replace(/[.,]/g, '') : `${whole.replace(/[.,]/g, '')}.${part}`)
}

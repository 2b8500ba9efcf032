import {RchError} from '@rch/contract'

const UNITS: Readonly<Record<string, number>> = {s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5}

/** The moment that `2h`, `3d` ago or an RFC 3339 time names, in Unix milliseconds. Throws `usage_error`. */
export function momentOf(text: string, now: number): number {
  const ago = /^(\d{1,6})([smhdw])$/.exec(text)
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? 0)
  const at = Date.parse(text)
  if (Number.isNaN(at))
    throw new RchError('usage_error', `"${text}" is no time: write 2h, 3d or 2026-01-31T12:00:00Z.`, {data: {value: text}})
  return at
}

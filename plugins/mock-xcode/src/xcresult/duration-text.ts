/** `0.0021s`, `4s`, `1m 14s`; with a decimal comma where the locale has one. */
export function durationText(milliseconds: number, comma: boolean): string {
  const seconds = milliseconds / 1000
  if (seconds >= 60) return `${Math.floor(seconds / 60)}m ${Math.floor(seconds % 60)}s`
  if (seconds >= 1) return `${Math.floor(seconds)}s`
  return `${decimal(seconds, comma)}s`
}

/** `Ran for 0.0021 seconds`. */
export function ranFor(milliseconds: number, comma: boolean): string {
  const seconds = milliseconds / 1000
  if (seconds >= 60) return `Ran for ${Math.floor(seconds / 60)} minute${seconds >= 120 ? 's' : ''}, ${Math.floor(seconds % 60)} seconds`
  return `Ran for ${seconds >= 1 ? String(Math.floor(seconds)) : decimal(seconds, comma)} seconds`
}

function decimal(seconds: number, comma: boolean): string {
  const text = seconds === 0 ? '0' : Number(seconds.toPrecision(2)).toString()
  return comma ? text.replace('.', ',') : text
}

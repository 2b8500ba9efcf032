const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** `2026-01-11 12:38:09.472`, local time. */
export function logTime(at: Date): string {
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${pad(at.getMilliseconds(), 3)}`
}

/** `2026.01.11_12-38-09-+0100`, as in names of result bundles. */
export function bundleTime(at: Date): string {
  const offset = -at.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(offset) / 60))}${pad(Math.abs(offset) % 60)}`
  return `${at.getFullYear()}.${pad(at.getMonth() + 1)}.${pad(at.getDate())}_${pad(at.getHours())}-${pad(at.getMinutes())}-${pad(at.getSeconds())}-${zone}`
}

import {existsSync} from 'node:fs'

const LEAST_BYTES = 8

/** Why a value is printed as it is. */
export type Skipped = 'too_short' | 'common_word' | 'existing_path' | 'in_the_command'

// Words that settings of builds consist of; shorter ones are not looked for anyway.
const COMMON: ReadonlySet<string> = new Set(
  (
    'appletvos appletvsimulator automatic automatically continuous debugging developer development disabled distribution enterprise existing ' +
    'iphoneos iphonesimulator integration internal localhost platform preview production products release required simulator simulators ' +
    'snapshot standard terminal testflight undefined universal unspecified watchsimulator workflow workspace xcodebuild xrsimulator'
  ).split(' '),
)

/**
 * Why a forwarded value is not hidden; null when it is. What the job's own command says is in the sealed documents in plain, and hiding a
 * folder or a scheme would hide what the log is about.
 */
export function whyShown(value: string, command: readonly string[]): Skipped | null {
  if (Buffer.byteLength(value) < LEAST_BYTES) return 'too_short'
  if (COMMON.has(value.toLowerCase())) return 'common_word'
  if (command.some((word) => word.includes(value))) return 'in_the_command'
  return value.startsWith('/') && !value.includes('\0') && existsSync(value) ? 'existing_path' : null
}

/** The ways in which a value may be printed, the longest first: as it is, as JSON, in a URL, as base64 wherever it begins, in hex. */
export function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  const hex = bytes.toString('hex')
  const lines = value.split(/\r?\n/).filter((line) => Buffer.byteLength(line) >= LEAST_BYTES)
  const encoded = encodeURIComponent(value.toWellFormed())
  const forms = [
    value,
    ...lines,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    ...base64Cores(bytes),
    hex,
    hex.toUpperCase(),
  ]
  return [...new Set(forms.filter((form) => form.length >= LEAST_BYTES))].toSorted((one, other) => other.length - one.length)
}

/** What base64 makes of bytes that begin at the first, second or third place of a group, without the digits that neighbours share. */
function base64Cores(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const digits = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((offset * 8) / 6)
    const last = Math.floor(((offset + bytes.length) * 8) / 6)
    const core = digits.slice(first, last)
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

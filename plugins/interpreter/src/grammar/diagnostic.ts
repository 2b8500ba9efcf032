export interface ParsedDiagnostic {
  readonly severity: 'error' | 'warning' | 'note'
  readonly message: string
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
  /** `ld`, `clang`, `xcodebuild`: who says so, when no file does. */
  readonly tool: string | null
  readonly target: string | null
}

const MARK = /^(?:(.*?): ?)??(?:fatal )?(error|warning|note):(?: (.*))?$/
const SIGNING = /^(Code ?Sign) (error|warning): (.*)$/i
const OWNER = / \(in target '([^']*)' from project '[^']*'\)$/
const PLACE = /^(.*?)(?::(\d+)(?::(\d+))?)?$/
// The log line of a tool that runs as a service of the build.
const SERVICE =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\d.+-]* (appintentsmetadataprocessor|appintentsnltrainingprocessor|ibtoold?|actool|momc|mapc|coremlc|IBAgent[\w-]*|AssetCatalogSimulatorAgent)\[[\d:]+\] (?:\[\w+\] )?(error|warning): (.*)$/
// Frameworks that log `X: error: …` while an app runs.
const RUNTIME = /^(?:CoreData|CoreUI|CoreText|CFNetwork|SQLite\w*|AX\w*)(?: |:|$)/
const CLOCK = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d/

/** Reads `file:line:column: error: message` and its shorter forms; `null` when the line is no diagnostic. */
export function parseDiagnostic(line: string): ParsedDiagnostic | null {
  if (!line.includes('error:') && !line.includes('warning:') && !line.includes('note:')) return null
  if (CLOCK.test(line)) return service(line)
  const signing = SIGNING.exec(line)
  if (signing !== null) return build(signing[1] ?? '', signing[2] ?? '', signing[3] ?? '')
  const match = MARK.exec(line)
  if (match === null) return null
  const [, prefix, word = '', message = ''] = match
  // `::error` workflow commands and `NSError: error` style prefixes of one word ending in a colon are somebody's own text.
  if (prefix !== undefined && prefix !== '' && !plausible(prefix)) return null
  return build(prefix, word, message)
}

function service(line: string): ParsedDiagnostic | null {
  const [, tool, word, message] = SERVICE.exec(line) ?? []
  return tool === undefined || word === undefined || message === undefined ? null : build(tool, word, message)
}

function build(prefix: string | undefined, word: string, message: string): ParsedDiagnostic {
  const severity = severityOf(word.toLowerCase())
  const owner = OWNER.exec(message)
  const base = {severity, message: owner === null ? message : message.slice(0, owner.index), target: owner?.[1] ?? null}
  if (prefix === undefined || prefix === '') return {...base, file: null, line: null, column: null, tool: null}
  const [, printed = prefix, line, column] = PLACE.exec(prefix) ?? []
  // SwiftPM names the package before its path: `'pkg' /path/pkg: warning: …`.
  const path = printed.replace(/^'[^']+' (?=\/)/, '')
  const nowhere = {...base, file: null, line: null, column: null}
  if (path.startsWith('<') || path.startsWith('macro expansion ')) return {...nowhere, tool: null}
  if (!path.includes('/') && !/\.\w+(?::.*)?$/.test(path)) return {...nowhere, tool: line === undefined ? prefix : path}
  return {...base, file: path, line: positive(line), column: positive(column), tool: null}
}

function severityOf(word: string): ParsedDiagnostic['severity'] {
  return word === 'error' || word === 'warning' ? word : 'note'
}

/** A place or a tool's name, not half a sentence. */
function plausible(prefix: string): boolean {
  if (prefix.startsWith('::')) return false
  if (prefix.includes('/') || /:\d+$/.test(prefix) || prefix.startsWith('<')) return true
  if (RUNTIME.test(prefix)) return false
  return /^[\w.+@-]+(?: [\w.+@()-]+){0,3}(?::[\w./ -]+)*$/.test(prefix)
}

function positive(text: string | undefined): number | null {
  const value = Number(text ?? 0)
  return value > 0 ? value : null
}

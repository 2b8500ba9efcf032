/** One `xcodebuild` command line of a CI file, as a shell would read it. */
export interface CiCommand {
  readonly path: string
  /** Where it begins, from 1. */
  readonly line: number
  readonly command: string
}

/** Longer lines are data, not commands. */
const MAX_LINE = 8000
const MAX_VALUE = 500

/**
 * The `xcodebuild` command lines of a workflow, a GitLab file, a Makefile or a script: continued lines joined, YAML's own
 * wrapping taken off, `${{ env.X }}`, `${{ matrix.x }}`, `$X` and `$(X)` replaced where the same file gives X one literal value
 * (the first of a list). Never throws; what stays computed is left as it is.
 */
export function findCiCommands(path: string, text: string): readonly CiCommand[] {
  const lines = joinContinuations(text.split(/\r?\n/))
  const values = literalValues(lines.map(({text: line}) => line))
  const found: CiCommand[] = []
  const seen = new Set<string>()
  for (const {text: raw, line} of lines) {
    if (!raw.includes('xcodebuild') || raw.length > MAX_LINE || /^\s*#/.test(raw)) continue
    const command = substitute(unwrap(raw, path), values)
    if (!/(?:^|[\s;&|(])(?:\S*\/)?xcodebuild\s/.test(`${command} `) || seen.has(command)) continue
    seen.add(command)
    found.push({path, line, command})
  }
  return found
}

interface Line {
  readonly text: string
  readonly line: number
}

/** Backslash continuations, and the folded scalars of YAML (`run: >`), as one line each. */
function joinContinuations(lines: readonly string[]): readonly Line[] {
  const joined: Line[] = []
  let folded: number | null = null
  for (let at = 0; at < lines.length; at += 1) {
    let text = lines[at]!
    const line = at + 1
    const indent = /^\s*/.exec(text)![0].length
    if (folded !== null && text.trim() !== '' && indent <= folded) folded = null
    while (text.endsWith('\\') && at + 1 < lines.length && text.length < MAX_LINE) {
      at += 1
      text = `${text.slice(0, -1).trimEnd()} ${lines[at]!.trim()}`
    }
    const previous = joined.at(-1)
    if (folded !== null && previous !== undefined && text.trim() !== '' && previous.text.length < MAX_LINE) {
      joined[joined.length - 1] = {...previous, text: `${previous.text} ${text.trim()}`.trim()}
      continue
    }
    joined.push({text, line})
    const header = /^(\s*)(?:-\s+)?[\w-]+:\s*>[+-]?\d*\s*$/.exec(text)
    if (header !== null) {
      folded = header[1]!.length
      joined.push({text: '', line: line + 1})
    }
  }
  return joined
}

/** The command without the list mark, key and quotes that YAML puts around it, or make's tab and `@`. */
function unwrap(raw: string, path: string): string {
  const text = raw.trim()
  if (/(?:^|\/)(?:GNU)?[Mm]akefile$/.test(path)) return text.replace(/^[@+-]+/, '').replaceAll('$$', '$')
  if (!/\.ya?ml$/.test(path)) return text
  const inline = /^(?:-\s+)*(?:[\w-]+:\s+)?(.*)$/s.exec(text)?.[1] ?? text
  const quoted = /^(["'])(.*)\1$/s.exec(inline)
  if (quoted === null) return inline
  return quoted[1] === '"' ? quoted[2]!.replaceAll('\\"', '"') : quoted[2]!.replaceAll("''", "'")
}

type Values = ReadonlyMap<string, string>

/** `NAME: value`, `NAME = value`, `NAME=value` and the first item of `name: [a, b]` or of a block list, first mention wins. */
function literalValues(lines: readonly string[]): Values {
  const values = new Map<string, string>()
  for (const [index, line] of lines.entries()) {
    const text = line.trim()
    if (text.length > MAX_VALUE) continue
    const match = /^(?:-\s+)?(?:export\s+)?([A-Za-z_][\w-]*)\s*(?::=|\?=|:|=)(.*)$/.exec(text)
    if (match === null || values.has(match[1]!)) continue
    const given = match[2]!.trim()
    const value = literal(given) ?? (given === '' ? firstItem(lines[index + 1]) : null)
    if (value !== null && value !== '') values.set(match[1]!, value)
  }
  return values
}

function literal(text: string): string | null {
  const list = /^\[\s*("[^"]*"|'[^']*'|[^,\]]+)/.exec(text)?.[1]
  const value = (list ?? text).trim().replace(/\s+#.*$/, '')
  const quoted = /^(["'])(.*)\1$/.exec(value)
  const plain = quoted?.[2] ?? value
  return plain === '' || /[$`{}<>|&]|^[>[]/.test(plain) ? null : plain
}

function firstItem(line: string | undefined): string | null {
  const item = /^-\s+(?!\w+:)(.{0,500})$/.exec((line ?? '').trim())?.[1]
  return item === undefined ? null : literal(item)
}

function substitute(command: string, values: Values): string {
  const get = (whole: string, name: string): string => values.get(name) ?? whole
  return command
    .replaceAll(/\$\{\{\s*(?:env|matrix|inputs|vars)\.([\w-]+)\s*\}\}/g, get)
    .replaceAll(/\$\{([A-Za-z_]\w*)\}/g, get)
    .replaceAll(/\$\(([A-Za-z_]\w*)\)/g, get)
    .replaceAll(/\$([A-Za-z_]\w*)/g, get)
}

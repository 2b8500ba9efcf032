import type {CiCommand} from './ci-commands.ts'

/**
 * The tests and builds of a `Fastfile` as the `xcodebuild` commands that they amount to: calls of `run_tests`/`scan` and
 * `build_app`/`gym` whose scheme is a literal. What Ruby computes is left out. Never throws.
 */
export function findFastlaneCommands(path: string, text: string): readonly CiCommand[] {
  const found: CiCommand[] = []
  for (const call of text.matchAll(/^[ \t]*(run_tests|scan|build_app|build_ios_app|gym)\b[ \t]*\(?/gm)) {
    if (found.length >= MAX_CALLS) break
    const values = argumentsAt(text, call.index + call[0].length, call[0].endsWith('('))
    const scheme = values.get('scheme')
    if (scheme === undefined) continue
    const words = ['xcodebuild', /^(?:run_tests|scan)$/.test(call[1]!) ? 'test' : 'build']
    for (const [key, option] of OPTIONS) {
      const value = values.get(key)
      if (value !== undefined) words.push(option, quote(value))
    }
    found.push({path, line: text.slice(0, call.index).split('\n').length, command: words.join(' ')})
  }
  return found
}

const OPTIONS = [
  ['workspace', '-workspace'],
  ['project', '-project'],
  ['scheme', '-scheme'],
  ['configuration', '-configuration'],
  ['sdk', '-sdk'],
  ['testplan', '-testPlan'],
  ['destination', '-destination'],
] as const

const MAX_CALL = 4000
const MAX_CALLS = 200

/** `key: "literal"` pairs up to the end of the call: its `)`, or the line's end where it has none. */
function argumentsAt(text: string, start: number, parenthesised: boolean): ReadonlyMap<string, string> {
  const rest = text.slice(start, start + MAX_CALL)
  const end = parenthesised ? rest.indexOf(')') : rest.search(/[^,]\n/)
  const values = new Map<string, string>()
  for (const pair of rest.slice(0, end === -1 ? rest.length : end + 1).matchAll(/\b(\w+):\s*(?:"([^"#\\\n]*)"|'([^'\\\n]*)')/g)) {
    values.set(pair[1]!, pair[2] ?? pair[3] ?? '')
  }
  return values
}

/** A word of a shell, in single quotes, which have no escapes: one that holds such a quote is none that a project would use. */
function quote(value: string): string {
  return `'${value.replaceAll("'", '')}'`
}

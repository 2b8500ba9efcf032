import {readCommand} from './lexer.ts'

/** The flags with which a formatter only rewrites text: `true` = takes a value. */
const FORMATTERS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  xcbeautify: {
    '-q': false,
    '--quiet': false,
    '-qq': false,
    '--quieter': false,
    '--is-ci': false,
    '--disable-colored-output': false,
    '--disable-logging': false,
    '--preserve-unbeautified': false,
    '--renderer': true,
  },
  xcpretty: {
    '-s': false,
    '--simple': false,
    '-t': false,
    '--test': false,
    '-k': false,
    '--knock': false,
    '--tap': false,
    '-c': false,
    '--color': false,
    '--no-color': false,
    '--utf': false,
    '--no-utf': false,
  },
}

/**
 * A pipe into a formatter that ends the line and writes nothing but its output.
 * @param from just behind the pipe
 * @returns where the formatter's words begin and end, or `null` when the rest is something else
 */
export function readFormatter(text: string, from: number): {readonly start: number; readonly end: number} | null {
  let at = from
  let command = readCommand(text, at)
  // A newline behind a pipe is a blank.
  while (command.refusal === null && command.words.length === 0 && command.redirections.length === 0 && command.terminator === 'newline') {
    at = command.next
    command = readCommand(text, at)
  }
  const [program, ...flags] = command.words
  if (command.refusal !== null || program === undefined || command.redirections.length > 0) return null
  if (!endsLine(text, command.terminator, command.next)) return null
  const known = Object.hasOwn(FORMATTERS, program.text) ? FORMATTERS[program.text] : undefined
  if (known === undefined) return null
  for (let index = 0; index < flags.length; index++) {
    const flag = flags[index]?.text ?? ''
    if (!Object.hasOwn(known, flag)) return null
    if (known[flag] === true) {
      index++
      if (!/^[a-z][a-z-]*$/.test(flags[index]?.text ?? '')) return null
    }
  }
  return {start: program.start, end: (flags.at(-1) ?? program).end}
}

/** Whether nothing but blanks and newlines stands behind this terminator. */
export function endsLine(text: string, terminator: string, next: number): boolean {
  if (terminator === 'end') return true
  return (terminator === ';' || terminator === 'newline') && /^[ \t\n]*$/.test(text.slice(next))
}

import type {Hook} from '@oclif/core'
import {RchError} from '@rch/contract'
import {nearest} from '../domain/config/nearest.ts'
import {formatError} from './present/error-text.ts'
import {errorEnvelope} from './envelope.ts'

/**
 * Says which command was probably meant, in the form that was asked for, and ends with 127 as a shell would; surplus words after a
 * command that exists are a usage error like any other. Never asks.
 */
const commandNotFound: Hook.CommandNotFound = async function ({id, argv = [], config}) {
  const known = config.commands.filter(({hidden}) => !hidden).flatMap((command) => [command.id, ...command.aliases])
  const words = id.split(':')
  const error = notFound(words, known, config.bin)
  if (argv.includes('--json') || words.includes('--json'))
    process.stdout.write(`${JSON.stringify(errorEnvelope('error', error), null, 2)}\n`)
  else process.stderr.write(formatError(error, error, false))
  this.exit(error.data['command'] === undefined ? 127 : error.exitCode)
}

export default commandNotFound

function notFound(words: readonly string[], known: readonly string[], bin: string): RchError {
  const typed = words.join(' ').slice(0, 200)
  const command = longestKnown(words, known)
  const below = command === null ? null : nearestWithin(`${command}:`, words, known)
  if (command !== null && below === null) {
    const rest = words.slice(command.split(':').length).join(' ').slice(0, 200)
    const said = `${bin} ${command.replaceAll(':', ' ')}`
    return new RchError('usage_error', `\`${said}\` takes no argument here: ${rest}`, {
      data: {typed, command: said},
      hint: `Run \`${said} --help\`.`,
    })
  }
  const [topic = ''] = words
  const isTopic = known.some((other) => other.startsWith(`${topic}:`))
  const close = below ?? (isTopic ? nearestWithin(`${topic}:`, words, known) : nearest(words.join(':'), [...known, ...topicsOf(known)]))
  const meant = close === null ? null : `${bin} ${close.replaceAll(':', ' ')}`
  return new RchError('usage_error', `There is no command \`${bin} ${typed}\`${meant === null ? '' : `; did you mean \`${meant}\`?`}`, {
    data: {typed, meant},
    hint: `Run \`${meant ?? (isTopic ? `${bin} ${topic}` : bin)} --help\`.`,
  })
}

/** Only what was mistyped is compared: the words before it are right, and would make everything alike. */
function nearestWithin(prefix: string, words: readonly string[], known: readonly string[]): string | null {
  const typed = words.join(':').slice(prefix.length)
  const inside = known.filter((other) => other.startsWith(prefix)).map((other) => other.slice(prefix.length))
  const close = nearest(typed, inside)
  return close === null ? null : `${prefix}${close}`
}

function topicsOf(known: readonly string[]): readonly string[] {
  return [...new Set(known.filter((id) => id.includes(':')).map((id) => id.slice(0, id.indexOf(':'))))]
}

/** The longest beginning of the words that is a command. */
function longestKnown(words: readonly string[], known: readonly string[]): string | null {
  for (let length = words.length - 1; length > 0; length--) {
    const id = words.slice(0, length).join(':')
    if (known.includes(id)) return id
  }
  return null
}

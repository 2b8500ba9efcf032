import {stripVTControlCharacters} from 'node:util'
import {RchError} from '@rch/contract'
import {nearest} from '../domain/config/nearest.ts'

/** What a command is called and takes, as far as a complaint about its words needs it. */
export interface CommandWords {
  /** As it is typed: `rch xcode runs`. */
  readonly command: string
  /** Names of its flags, without dashes. */
  readonly flags: readonly string[]
}

/** oclif's complaint about flags and arguments as our own: one line that says what, the nearest thing that exists, and where to read on. */
export function usageProblem(error: Error, {command, flags}: CommandWords): RchError {
  const {problem, meant} = told(error, command, flags)
  return new RchError('usage_error', `${problem}${meant === null ? '' : `; did you mean ${meant}?`}`, {
    data: {problem, meant},
    hint: `Run \`${command} --help\`.`,
  })
}

interface Told {
  readonly problem: string
  readonly meant: string | null
}

function told(error: Error, command: string, known: readonly string[]): Told {
  const text = plain(error.message)
  const plainly = (problem: string): Told => ({problem, meant: null})
  const [flag] = 'flags' in error && Array.isArray(error.flags) ? error.flags : []
  if (typeof flag === 'string' && text.startsWith('Nonexistent flag')) {
    const close = nearest(flag.replace(/^-+/, ''), known)
    return {problem: `\`${command}\` has no flag ${flag}`, meant: close === null ? null : `--${close}`}
  }
  const chosen = /^Expected (--\S+?)=(.*) to be one of: (.*)$/.exec(text)
  if (chosen !== null) {
    const [, name = '', value = '', options = ''] = chosen
    return {problem: `${name} ${JSON.stringify(value)} is none of ${options}`, meant: nearest(value, options.split(', '))}
  }
  const args = 'args' in error && Array.isArray(error.args) ? error.args : []
  if (text.startsWith('Missing')) return plainly(`\`${command}\` needs ${args.map(describeArgument).join(', ')}`)
  if (text.startsWith('Unexpected argument')) return plainly(`\`${command}\` takes no argument here: ${args.join(' ').slice(0, 200)}`)
  return plainly(text.replace(/^Parsing (--\S+) E/, '$1: e').replaceAll(/(--\S+)=true /g, '$1 '))
}

/** oclif breaks lines, dims some, says of two flags that exclude each other so twice, and ends with advice that the hint gives. */
function plain(message: string): string {
  const [said = ''] = stripVTControlCharacters(message).split('\nSee more help with --help')
  const [first = ''] = said.replace(/^The following errors? occurred:\s+/, '').split(/\n\s*(?=--|All of)/)
  return first.replaceAll(/\s+/g, ' ').trim()
}

function describeArgument(argument: unknown): string {
  if (typeof argument !== 'object' || argument === null || !('name' in argument)) return 'an argument'
  const name = String(argument.name).toUpperCase()
  return 'description' in argument && typeof argument.description === 'string'
    ? `${name} (${argument.description.replace(/\.$/, '')})`
    : name
}

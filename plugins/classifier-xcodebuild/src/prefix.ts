import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import {onlyMentions} from './shell/names.ts'

export interface PrefixWord {
  readonly text: string
  /** Whether a shell takes `NAME=value` at this place as an assignment. */
  readonly assignable: boolean
}

export interface Assignment {
  readonly index: number
  readonly name: string
  readonly value: string
}

/** What stands in front of xcodebuild in its own command; `program` is the index of the word `xcodebuild`. */
export interface Prefix {
  readonly program: number
  readonly assignments: readonly Assignment[]
}

export interface PrefixRefusal {
  readonly code: ClassifierErrorCode
  readonly index: number
}

/** `xcodebuild` alone or behind a path, where it could be a command. */
export const COMMAND_WORD = /(?<![\w.-])xcodebuild(?![\w./-])/

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/

/**
 * Looks through what changes nothing: assignments, `env`, `arch -arm64`, `/usr/bin/time`, `xcrun`.
 * @returns `null` when the command does not run xcodebuild
 */
export function readPrefix(words: readonly PrefixWord[], from: number): Prefix | PrefixRefusal | null {
  const assignments: Assignment[] = []
  let index = readAssignments(words, from, assignments, false)
  for (;;) {
    const program = words[index]?.text
    switch (program) {
      case undefined:
        return null
      case 'xcodebuild':
      case '/usr/bin/xcodebuild':
        return {program: index, assignments}
      case 'env':
      case '/usr/bin/env':
        index = readAssignments(words, index + 1, assignments, true)
        break
      case 'arch':
      case '/usr/bin/arch':
        if (words[index + 1]?.text !== '-arm64') return refuseIfXcode(words, index)
        index += 2
        break
      case '/usr/bin/time':
        index++
        break
      case 'xcrun':
      case '/usr/bin/xcrun':
        if (!isXcodebuild(words[index + 1]?.text)) return refuseIfXcode(words, index)
        index++
        break
      case 'rch':
        // The lane's own command takes xcodebuild's place already.
        return words[index + 1]?.text === 'xcode' && words[index + 2]?.text === 'run' ? null : refuseIfXcode(words, index)
      default:
        if (isXcodebuild(program)) return {code: 'program_path_refused', index}
        return onlyMentions(program) ? null : refuseIfXcode(words, index)
    }
  }
}

/** The same for words that a shell has split already; its `time` is then a program like any other. */
export function readArgvPrefix(argv: readonly string[]): Prefix | PrefixRefusal | null {
  return readPrefix(
    argv.map((text) => ({text, assignable: true})),
    argv[0] === 'time' ? 1 : 0,
  )
}

/** Records the assignments from `from` on; returns where the next other word stands. */
function readAssignments(words: readonly PrefixWord[], from: number, into: Assignment[], always: boolean): number {
  let index = from
  for (; index < words.length; index++) {
    const word = words[index]
    const match = word !== undefined && (always || word.assignable) ? ASSIGNMENT.exec(word.text) : null
    if (match === null) break
    into.push({index, name: match[1] ?? '', value: match[2] ?? ''})
  }
  return index
}

/** A wrapper we do not know only matters when xcodebuild stands behind it, as a word or inside one (`sh -c "…"`). */
function refuseIfXcode(words: readonly PrefixWord[], index: number): PrefixRefusal | null {
  return words.some((word, at) => at > index && COMMAND_WORD.test(word.text)) ? {code: 'wrapper_refused', index} : null
}

function isXcodebuild(word: string | undefined): boolean {
  return word !== undefined && (word === 'xcodebuild' || word.endsWith('/xcodebuild'))
}

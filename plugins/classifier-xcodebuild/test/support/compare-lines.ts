import {mkdirSync} from 'node:fs'
import {resolve} from 'node:path'
import {type CommandLine, readLine} from '../../src/shell/line.ts'
import {type Outcome, SHELLS, type Shell, type ShellBench} from './shells.ts'

export interface Disagreement {
  readonly line: string
  readonly shell: Shell
  readonly expected: unknown
  readonly got: unknown
}

interface Suspect extends Disagreement {
  readonly read: CommandLine
}

/** Runs every line that the lexer takes in every shell; what it handed to xcodebuild must be what the lexer read. */
export async function compareLines(bench: ShellBench, lines: readonly string[]): Promise<readonly Disagreement[]> {
  const taken = lines.flatMap((line) => {
    const read = readLine(line)
    return read !== null && read.kind === 'command' ? [{line, read}] : []
  })
  const texts = taken.map(({line}) => line)
  for (const {read} of taken) {
    for (const shell of SHELLS) if (read.directories.length > 0) makeDirectory(bench, shell, read)
  }
  const perShell = await Promise.all(
    SHELLS.map(async (shell) => {
      const outcomes = await bench.run(shell, texts)
      const suspects = taken.flatMap(({line, read}, index) => {
        const expected = expectedCall(bench, shell, read)
        const outcome = outcomes[index]
        const got = outcome === undefined ? null : gotCalls(outcome)
        return JSON.stringify(got) === JSON.stringify([expected]) ? [] : [{line, read, shell, expected, got}]
      })
      // What a machine short of processes or memory did to one run does not happen three times.
      const twice = await confirm(bench, shell, suspects)
      return (await confirm(bench, shell, twice)).map(({line, expected, got}) => ({line, shell, expected, got}))
    }),
  )
  return perShell.flat()
}

/** A line whose rest is no program to a shell, or whose redirection fails, runs nothing there: no disagreement about the words. */
async function confirm(bench: ShellBench, shell: Shell, suspects: readonly Suspect[]): Promise<readonly Suspect[]> {
  const outcomes = await bench.run(
    shell,
    suspects.map(({line}) => line),
    {capture: true},
  )
  return suspects.flatMap((suspect, index) => {
    const {read} = suspect
    const outcome = outcomes[index]
    // A command in front may fail, or succeed in front of `||`.
    const start = read.words[0]?.start ?? 0
    const skipped =
      suspect.line.slice(0, start).includes('||') || read.context.some((span) => span.start < start && span.note.startsWith('runs before'))
    // A redirection of its own may fail before it starts, and a rest that is no program may keep the whole line from running.
    const redirected = /^[ \t\\\n]*[0-9]?[&<>]/.test(suspect.line.slice(read.words.at(-1)?.end))
    const excused = skipped || (!read.whole && (redirected || (outcome?.syntaxError ?? false)))
    const agrees = outcome !== undefined && JSON.stringify(gotCalls(outcome)) === JSON.stringify([suspect.expected])
    return agrees || (outcome?.calls.length === 0 && excused) ? [] : [suspect]
  })
}

/** A line may go anywhere below the directory it starts in. */
function makeDirectory(bench: ShellBench, shell: Shell, read: CommandLine): void {
  const directory = directoryOf(bench, shell, read)
  if (directory.startsWith(bench.workOf(shell))) mkdirSync(directory, {recursive: true})
}

function directoryOf(bench: ShellBench, shell: Shell, read: CommandLine): string {
  return resolve(bench.workOf(shell), ...read.directories.map(({path}) => path))
}

function gotCalls(outcome: Outcome): readonly unknown[] {
  return outcome.calls.map(({argv, directory, env}) => [argv, directory, Object.entries(env)])
}

function expectedCall(bench: ShellBench, shell: Shell, read: CommandLine): unknown {
  const {program, assignments} = read.prefix
  const env: Record<string, string> = {}
  for (const name of ['NSUnbufferedIO', 'CI', 'FOO_BAR', 'QUX']) {
    const value = assignments.findLast((one) => one.name === name)?.value
    if (value !== undefined) env[name] = value
  }
  const directory = directoryOf(bench, shell, read)
  return [read.words.slice(program + 1).map((word) => word.text), directory, Object.entries(env)]
}

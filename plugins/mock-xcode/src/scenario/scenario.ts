import {readFileSync} from 'node:fs'
import {isAbsolute, join} from 'node:path'
import type {ToolContext} from '../tool/tool-context.ts'

export type Phase = 'start' | 'resolve' | 'compile' | 'link' | 'sign' | 'test' | 'end'

/** What the tools shall do wrong. Everything is optional. */
export interface Scenario {
  /** Milliseconds to wait in each phase. */
  readonly slow_ms?: Readonly<Partial<Record<Phase, number>>>
  /** A file whose coming each phase waits for. */
  readonly wait_for?: Readonly<Partial<Record<Phase, string>>>
  /** Says nothing more from this phase on, and does not end. */
  readonly hang?: Phase
  /** Dies by a signal in a phase. */
  readonly crash?: {readonly phase: Phase; readonly signal: NodeJS.Signals}
  /** Ignores SIGINT, SIGTERM and SIGHUP from this phase on and leaves a process in a session of its own. Ends by itself after `seconds` (60). */
  readonly unkillable?: {readonly phase: Phase; readonly seconds?: number}
  readonly disk_full?: Phase
  /** Megabytes of further output in the build. */
  readonly huge_log_mb?: number
  /** Text printed as it stands when a phase begins. */
  readonly print?: Readonly<Partial<Record<Phase, string>>>
  /** Build diagnostics are printed so often. */
  readonly repeat_diagnostics?: number
  /** Tests, as `Target/Suite/name()`, that end their process, never end, or fail so often before they pass. */
  readonly test_crash?: readonly string[]
  readonly test_hang?: readonly string[]
  readonly flaky?: Readonly<Record<string, number>>
  /** Files that tests leave in the result bundle: by `Target/Suite/name()`, their names. */
  readonly attachments?: Readonly<Record<string, readonly string[]>>
  /** `missing`: none is written; `corrupt`: one that cannot be read. */
  readonly result_bundle?: 'missing' | 'corrupt'
  /** Leaves with this status, whatever happened. */
  readonly exit_code?: number
  readonly licence_pending?: boolean
  readonly first_launch_pending?: boolean
  readonly package_resolution_failure?: boolean
  readonly no_destination?: boolean
  /** A file that gets the names of all environment variables, one per line. */
  readonly env_names_file?: string
  /** Files written while building, below the project's folder: path and content. */
  readonly writes?: Readonly<Record<string, string>>
  /** Answers for run-script phases, by name; with `run_scripts` the others run for real. */
  readonly scripts?: Readonly<Record<string, {readonly print?: string; readonly exit?: number}>>
  readonly run_scripts?: boolean
  /** `full-stat` compares inodes as well. */
  readonly file_system_mode?: 'device-agnostic' | 'full-stat'
  /** For xcresulttool: durations with a decimal comma, keys in random order. */
  readonly decimal_comma?: boolean
  readonly shuffle_keys?: boolean
}

const keys: Readonly<Record<keyof Scenario, true>> = {
  slow_ms: true,
  wait_for: true,
  hang: true,
  crash: true,
  unkillable: true,
  disk_full: true,
  huge_log_mb: true,
  print: true,
  repeat_diagnostics: true,
  test_crash: true,
  test_hang: true,
  flaky: true,
  attachments: true,
  result_bundle: true,
  exit_code: true,
  licence_pending: true,
  first_launch_pending: true,
  package_resolution_failure: true,
  no_destination: true,
  env_names_file: true,
  writes: true,
  scripts: true,
  run_scripts: true,
  file_system_mode: true,
  decimal_comma: true,
  shuffle_keys: true,
}

/**
 * The scenario in force: `.rch-mock.json` next to the tools, then in `directories` in their order, then `RCH_MOCK_SCENARIO` (JSON or a
 * path); later keys win. Throws an Error that names the file and the key when one cannot be used.
 */
export function readScenario({env, home, cwd}: Pick<ToolContext, 'env' | 'home' | 'cwd'>, directories: readonly string[]): Scenario {
  const files = [...new Set([home, cwd, ...directories])].map((directory) => join(directory, '.rch-mock.json'))
  const parts = files.flatMap((file) => fromFile(file) ?? [])
  const given = env['RCH_MOCK_SCENARIO']
  if (given !== undefined && given !== '') {
    if (given.trimStart().startsWith('{')) parts.push(parse(given, 'RCH_MOCK_SCENARIO'))
    else {
      const file = isAbsolute(given) ? given : join(cwd, given)
      const found = fromFile(file)
      if (found === undefined) throw new Error(`mock scenario: RCH_MOCK_SCENARIO names ${file}, which does not exist`)
      parts.push(found)
    }
  }
  return Object.assign({}, ...parts)
}

function fromFile(file: string): Scenario | undefined {
  try {
    return parse(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string, origin: string): Scenario {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`mock scenario: ${origin} is not JSON (${error instanceof Error ? error.message : 'unreadable'})`, {cause: error})
  }
  if (!isScenario(value)) throw new Error(`mock scenario: ${origin} must be an object with keys of ${Object.keys(keys).join(', ')}`)
  return value
}

function isScenario(value: unknown): value is Scenario {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).every((key) => Object.hasOwn(keys, key))
}

import {parse} from 'smol-toml'
import {checkValue, describe, isProblem, type ScalarType} from './check-value.ts'
import {ConfigFault, invalid, type Problem} from './config-fault.ts'
import type {ConfigValue, FlatTable, KeyRow, KeyType} from './key-row.ts'
import {DESTINATION_KEYS, PROFILE_KEYS} from './keys.ts'
import type {Entry, Layer} from './layer.ts'
import {nearest} from './nearest.ts'
import {readTable, rowOf} from './read-table.ts'

/** What run-starting commands take; absent = not given. Nothing else overrides a profile. */
export interface OverrideFlags {
  readonly action?: string | undefined
  readonly scheme?: string | undefined
  readonly configuration?: string | undefined
  /** `platform=iOS Simulator,name=iPhone 16,OS=18.2`, one per destination. */
  readonly destination?: readonly string[] | undefined
  /** A version, or the absolute path of an Xcode. */
  readonly xcode?: string | undefined
  readonly stager?: string | undefined
  readonly backend?: string | undefined
  /** Seconds. */
  readonly timeout?: number | undefined
  /** `table.key=value` */
  readonly set?: readonly string[] | undefined
}

/** The flags as a layer, typed by the schema. Throws a fault with every flag that does not fit. */
export function flagsLayer(flags: OverrideFlags, rank: number): Layer {
  const layer = new Map<string, readonly Entry[]>()
  const problems: Problem[] = []
  const put = (path: string, label: string, checked: ConfigValue | {problem: string}): void => {
    if (typeof checked === 'object' && 'problem' in checked) problems.push(invalid(null, `${label}: ${path} ${checked.problem}`))
    else layer.set(path, [{value: checked, rank, origin: {layer: 'flags', label, place: null}}])
  }
  const simple: readonly (readonly [string, string, unknown])[] = [
    ['action', '--action', flags.action],
    ['scheme', '--scheme', flags.scheme],
    ['configuration', '--configuration', flags.configuration],
    [flags.xcode?.startsWith('/') === true ? 'xcode.path' : 'xcode.require_version', '--xcode', flags.xcode],
    ['source.stager', '--stager', flags.stager],
    ['backend.preferred', '--backend', flags.backend],
    ['timeout_seconds', '--timeout', flags.timeout],
  ]
  for (const [path, label, value] of simple) if (value !== undefined) put(path, label, check(path, value))
  const destinations = flags.destination ?? []
  if (destinations.length > 0)
    put(
      'destinations',
      '--destination',
      destinations.map((text) => parseDestination(text, problems)),
    )
  for (const assignment of flags.set ?? []) {
    const [path, raw] = splitAssignment(assignment, problems)
    if (path !== null) put(path, `--set ${path}`, typed(path, raw))
  }
  if (problems.length > 0)
    throw new ConfigFault(
      problems.map((problem) => ({
        ...problem,
        hint: problem.hint ?? 'Correct the flag; `rch xcode plan --explain-config` shows every key.',
      })),
    )
  return layer
}

/** A command line's destination as a table; `OS` and `os` are the same. */
export function parseDestination(text: string, problems: Problem[]): FlatTable {
  const raw: Record<string, unknown> = {}
  for (const part of text.split(',')) {
    const at = part.indexOf('=')
    const key = part.slice(0, at).trim()
    const value = part.slice(at + 1).trim()
    if (at < 1) problems.push(invalid(null, `--destination: "${part}" is no key=value`))
    else if (key === 'generic/platform') Object.assign(raw, {platform: value, generic: true})
    else if (key === 'id')
      problems.push(invalid(null, '--destination: id= names a device of one worker; name platform, name and OS instead'))
    else raw[key === 'OS' ? 'os' : key] = value
  }
  const found: Problem[] = []
  const table = readTable(raw, DESTINATION_KEYS, {file: '--destination', path: []}, found)
  problems.push(...found.map((problem) => ({...problem, place: null, problem: `--destination: ${problem.problem}`})))
  if (found.length === 0 && !table.has('platform')) problems.push(invalid(null, `--destination: "${text}" names no platform`))
  return new Map([...table].map(([path, {value}]) => [path, value]))
}

function splitAssignment(assignment: string, problems: Problem[]): readonly [string, string] | readonly [null, null] {
  const at = assignment.indexOf('=')
  const path = assignment.slice(0, at)
  const forbidden = path.split('.').some((part) => ['__proto__', 'constructor', 'prototype'].includes(part))
  const row = at < 1 || forbidden ? undefined : rowOf(PROFILE_KEYS, path)
  if (row === undefined) {
    const near = nearest(
      path,
      PROFILE_KEYS.map((known) => known.path),
    )
    problems.push(
      invalid(
        null,
        at < 1
          ? `--set ${assignment}: is no table.key=value`
          : `--set: unknown key "${path}"${near === null ? '' : `; did you mean "${near}"?`}`,
      ),
    )
    return [null, null]
  }
  return [row.type.kind === 'map' ? path : row.path, assignment.slice(at + 1)]
}

/** The text of a flag as its key's type reads it. */
function typed(path: string, raw: string): ConfigValue | {problem: string} {
  const row = rowOf(PROFILE_KEYS, path)!
  switch (row.type.kind) {
    case 'boolean':
      return raw === 'true' || raw === 'false' ? raw === 'true' : {problem: `wants true or false, not ${describe(raw)}`}
    case 'integer':
      return check(path, /^[+-]?\d{1,15}$/.test(raw) ? Number(raw) : raw)
    case 'bytes':
      return check(path, /^\d{1,15}$/.test(raw) ? Number(raw) : raw)
    case 'list':
      return check(path, raw.startsWith('[') ? (asToml(raw) ?? raw) : raw === '' ? [] : raw.split(',').map((item) => item.trim()))
    case 'tables':
      return tables(row, raw)
    default:
      return check(path, raw)
  }
}

function tables(row: KeyRow, raw: string): ConfigValue | {problem: string} {
  const value = raw.startsWith('[') ? asToml(raw) : raw.split(',')
  const problems: Problem[] = []
  const read = readTable({[row.path]: value ?? raw}, [row], {file: '--set', path: []}, problems).get(row.path)
  return problems.length > 0 || read === undefined ? {problem: problems.map(({problem}) => problem).join('; ')} : read.value
}

function asToml(raw: string): unknown {
  try {
    return parse(`value = ${raw}`, {maxDepth: 8, unsafeKeyBehaviour: 'throw'})['value']
  } catch {
    return undefined
  }
}

function check(path: string, raw: unknown): ConfigValue | {problem: string} {
  const row = rowOf(PROFILE_KEYS, path)
  const type: KeyType = row?.type.kind === 'map' ? {kind: 'string', format: row.type.format} : (row?.type ?? {kind: 'opaque'})
  if (!isScalar(type)) return {problem: 'cannot be set by a flag'}
  const checked = checkValue(type, raw)
  return isProblem(checked) ? {problem: checked.problem} : checked.value
}

function isScalar(type: KeyType): type is ScalarType {
  return type.kind !== 'map' && type.kind !== 'tables' && type.kind !== 'opaque'
}

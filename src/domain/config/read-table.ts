import {checkValue, describe, isProblem} from './check-value.ts'
import {invalid, type Place, type Problem} from './config-fault.ts'
import {isEnvironmentGlob} from './environment-name.ts'
import type {ConfigValue, FlatTable, KeyRow, KeyType} from './key-row.ts'
import {nearest} from './nearest.ts'
import {stringProblem} from './string-format.ts'
import type {RawTable} from './toml-file.ts'

/** A value that passed its row's check, and where it stands. */
export interface ReadEntry {
  readonly value: ConfigValue
  readonly place: Place
}

export type ReadTable = ReadonlyMap<string, ReadEntry>

/** A file with more problems than this is not worth a longer list. */
const ENOUGH = 50

/**
 * Reads one table by its rows into `path → value`, appending to `problems` what it cannot take: unknown keys (with the nearest
 * known one), wrong types, ranges, formats. Tables become dotted paths.
 *
 * @param except keys of the table itself that somebody else reads.
 */
export function readTable(
  raw: RawTable,
  rows: readonly KeyRow[],
  place: Place,
  problems: Problem[],
  except: readonly string[] = [],
): ReadTable {
  const schema = schemaOf(rows)
  const entries = new Map<string, ReadEntry>()
  const visit = (table: RawTable, prefix: string, at: Place): void => {
    for (const [key, value] of Object.entries(table)) {
      if (prefix === '' && except.includes(key)) continue
      if (problems.length >= ENOUGH) return
      const path = prefix === '' ? key : `${prefix}.${key}`
      const here = {file: at.file, path: [...at.path, key]}
      const isTable = isRawTable(value)
      const known = schema.rows.get(path)
      if (isTable && schema.tables.has(path)) visit(value, path, here)
      else if (known === undefined) problems.push(unknown(schema, except, path, isTable, here))
      else readRow(known, value, here)
    }
  }
  const readRow = (row: KeyRow, value: unknown, at: Place): void => {
    for (const [suffix, entry] of readValue(row.type, value, at, problems)) {
      const path = row.path + suffix
      if (entries.has(path)) problems.push(invalid(at, `${path} is given twice, under two of its names`))
      entries.set(path, entry)
    }
  }
  visit(raw, '', place)
  return entries
}

export function isRawTable(value: unknown): value is RawTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

interface Schema {
  /** By path and by alias. */
  readonly rows: ReadonlyMap<string, KeyRow>
  /** Names of tables that hold rows. */
  readonly tables: ReadonlySet<string>
}

const schemas = new WeakMap<readonly KeyRow[], Schema>()

/** The rows indexed; made once per table of rows. */
export function schemaOf(rows: readonly KeyRow[]): Schema {
  const made = schemas.get(rows)
  if (made !== undefined) return made
  const byPath = new Map<string, KeyRow>()
  const tables = new Set<string>()
  for (const row of rows) {
    for (const path of [row.path, ...row.aliases]) {
      byPath.set(path, row)
      for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) tables.add(path.slice(0, dot))
    }
  }
  const schema = {rows: byPath, tables}
  schemas.set(rows, schema)
  return schema
}

/** The row that a flat path belongs to; for an entry of a map, the map's. */
export function rowOf(rows: readonly KeyRow[], path: string): KeyRow | undefined {
  const schema = schemaOf(rows)
  const exact = schema.rows.get(path)
  if (exact !== undefined) return exact
  const map = schema.rows.get(path.slice(0, Math.max(0, path.indexOf('.'))))
  return map?.type.kind === 'map' ? map : undefined
}

/** A mistyped key, with the nearest known one. */
function unknown(schema: Schema, except: readonly string[], path: string, isTable: boolean, place: Place): Problem {
  // The table that it stands in is no better name for it.
  const known = [...schema.rows.keys(), ...schema.tables, ...except].filter((candidate) => !path.startsWith(`${candidate}.`))
  const near = nearestInTable(path, known) ?? nearest(path, known) ?? nearestByLastName(path, known)
  if (schema.tables.has(path)) return invalid(place, `${path} is a table, write [${path}]`)
  const what = isTable ? `unknown table "${path}"` : `unknown key "${path}"`
  if (near === null) return invalid(place, what)
  return invalid(place, `${what}; did you mean "${near}"?`, `Write "${near}", or remove the key.`)
}

/** A beginning of a key's name, or a typing error in it, in the table where it stands. */
function nearestInTable(path: string, known: readonly string[]): string | null {
  const table = path.slice(0, path.lastIndexOf('.') + 1)
  const last = path.slice(table.length)
  const siblings = known.flatMap((candidate) => {
    const name = candidate.slice(table.length)
    return candidate.startsWith(table) && !name.includes('.') ? [name] : []
  })
  const begun = last.length < 3 ? undefined : siblings.find((name) => name.startsWith(last))
  const name = begun ?? nearest(last, siblings)
  return name === null ? null : table + name
}

/** `timeout` under the wrong table, or a key of a table written at the top. */
function nearestByLastName(path: string, known: readonly string[]): string | null {
  const last = path.slice(path.lastIndexOf('.') + 1)
  const name = nearest(
    last,
    known.map((candidate) => candidate.slice(candidate.lastIndexOf('.') + 1)),
  )
  return name === null ? null : (known.find((candidate) => candidate === name || candidate.endsWith(`.${name}`)) ?? null)
}

function readValue(type: KeyType, raw: unknown, place: Place, problems: Problem[]): readonly (readonly [string, ReadEntry])[] {
  switch (type.kind) {
    case 'map':
      return readMap(type, raw, place, problems)
    case 'tables': {
      const value = readTables(type, raw, place, problems)
      return value === null ? [] : [['', {value, place}]]
    }
    case 'opaque':
      return []
    default: {
      const checked = checkValue(type, raw)
      if (!isProblem(checked)) return [['', {value: checked.value, place}]]
      problems.push(valueProblem(type, raw, {file: place.file, path: [...place.path, ...checked.at]}, checked.problem))
      return []
    }
  }
}

function readMap(
  type: Extract<KeyType, {kind: 'map'}>,
  raw: unknown,
  place: Place,
  problems: Problem[],
): readonly (readonly [string, ReadEntry])[] {
  if (!isRawTable(raw)) {
    problems.push(invalid(place, `${nameOf(place)} wants a table, not ${describe(raw)}`))
    return []
  }
  return Object.entries(raw).flatMap(([key, value]) => {
    const here = {file: place.file, path: [...place.path, key]}
    const wrongKey = stringProblem(key, type.keys)
    if (wrongKey !== null) {
      problems.push(invalid(here, `${describe(key)} ${wrongKey}`))
      return []
    }
    const checked = checkValue({kind: 'string', format: type.format}, value)
    if (!isProblem(checked)) return [[`.${key}`, {value: checked.value, place: here}] as const]
    problems.push(invalid(here, `${nameOf(here)} ${checked.problem}`))
    return []
  })
}

function readTables(
  type: Extract<KeyType, {kind: 'tables'}>,
  raw: unknown,
  place: Place,
  problems: Problem[],
): readonly FlatTable[] | null {
  if (!Array.isArray(raw)) {
    problems.push(invalid(place, `${nameOf(place)} wants a list of tables ([[${nameOf(place)}]]), not ${describe(raw)}`))
    return null
  }
  const tables: FlatTable[] = []
  for (const [index, item] of raw.entries()) {
    const here = {file: place.file, path: [...place.path, index]}
    const table = typeof item === 'string' && type.names !== undefined ? {[type.names]: item} : item
    if (!isRawTable(table)) {
      problems.push(invalid(here, `${nameOf(place)} wants tables, not ${describe(item)}`))
      continue
    }
    const entries = readTable(table, type.rows, here, problems)
    if (entries.has('destinations') && [...entries.keys()].some((path) => path.startsWith('destination.'))) {
      problems.push(invalid(here, 'destination and destinations exclude each other', 'Keep one of them.'))
    }
    tables.push(new Map([...entries].map(([path, {value}]) => [path, value])))
  }
  return tables
}

function valueProblem(type: KeyType, raw: unknown, place: Place, problem: string): Problem {
  const globs =
    type.kind === 'list' && type.format === 'env_name' && Array.isArray(raw)
      ? raw.filter((name) => typeof name === 'string' && isEnvironmentGlob(name))
      : []
  if (globs.length === 0) return invalid(place, `${nameOf(place)} ${problem}`)
  return {
    code: 'env_globs_disallowed',
    place,
    problem: `${nameOf(place)} takes names, not patterns: ${globs.join(', ')}`,
    data: {names: globs},
  }
}

/** How the key is named to the user: without the profile's own tables in front. */
export function nameOf({path}: Place): string {
  const from = path[0] === 'profiles' ? 2 : path[0] === 'defaults' || path[0] === 'enforce' ? 1 : 0
  return path
    .slice(from)
    .map((part) => (typeof part === 'number' ? `[${part}]` : part))
    .join('.')
    .replaceAll('.[', '[')
}

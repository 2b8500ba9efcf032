/** The value of a key after its type was checked; a list of tables holds flat tables (`path → value`). */
export type ConfigValue = string | number | boolean | readonly string[] | readonly FlatTable[]
export type FlatTable = ReadonlyMap<string, ConfigValue>

export type KeyType =
  | {readonly kind: 'string'; readonly format: StringFormat; readonly aliases?: Readonly<Record<string, string>>}
  | {readonly kind: 'boolean'}
  | {readonly kind: 'integer'; readonly min: number; readonly max: number}
  /** Bytes: an integer, or `"20GB"`. */
  | {readonly kind: 'bytes'; readonly min: number; readonly max: number}
  | {readonly kind: 'enum'; readonly values: readonly string[]}
  | {readonly kind: 'list'; readonly format: StringFormat; readonly set: boolean}
  /** A table whose keys the user names; every value is text. */
  | {readonly kind: 'map'; readonly keys: StringFormat; readonly format: StringFormat}
  /** `[[…]]`, or an array of inline tables; with `names`, a plain word stands for the table that has it under that key. */
  | {readonly kind: 'tables'; readonly rows: readonly KeyRow[]; readonly names?: string}
  /** A table that somebody else's schema reads. */
  | {readonly kind: 'opaque'}

export type StringFormat =
  | 'text'
  | 'name'
  | 'path_inside'
  | 'absolute_path'
  | 'user_path'
  | 'env_name'
  | 'setting_name'
  | 'granted_setting'
  | 'version'
  | 'version_range'
  | 'identifier'
  | 'namespace'
  | 'sha256'
  | 'fingerprint'
  | 'pattern'
  | 'error_code'

/**
 * Who may set a key.
 * - `free`: anyone
 * - `host`: the host's files and flags only; with `above`, a repository may set it up to that number
 * - `asked`: a repository proposes, and the host's list under `[allow]` decides
 * - `tighten`: a repository may only make it stricter than its bound: `[enforce]`, else `[defaults]`, else `bound`
 */
export type Access =
  | {readonly class: 'free'}
  | {readonly class: 'host'; readonly above?: number}
  | {readonly class: 'asked'; readonly list: 'env' | 'settings' | 'backends'}
  | {readonly class: 'tighten'; readonly order: StrictnessOrder; readonly bound: ConfigValue | null}

/**
 * How two values of a key compare.
 * - `ranks`: strictest first; `at_most`: less is stricter, `null` is no limit at all
 * - `permits`: a list of what is allowed, the effective one is the intersection (`null`: everything)
 * - `restricts`: a list of what is guarded, the effective one is the union
 */
export type StrictnessOrder =
  | {readonly by: 'ranks'; readonly ranks: readonly (string | boolean)[]}
  | {readonly by: 'at_most'}
  | {readonly by: 'permits'}
  | {readonly by: 'restricts'}

/** One key of a configuration file: everything that is known about it. */
export interface KeyRow {
  /** Dotted, below the table that the row belongs to. */
  readonly path: string
  readonly type: KeyType
  /** `null`: no value. */
  readonly default: ConfigValue | null
  readonly access: Access
  /** Whether it is part of `inputs`, and so of `config_hash` and `run_id`. */
  readonly hashed: boolean
  readonly doc: string
  /** Other spellings that are read as this key. */
  readonly aliases: readonly string[]
}

type Extra = Partial<Pick<KeyRow, 'access' | 'aliases' | 'hashed'>>

/** A row; `free` and not hashed unless said otherwise. */
export function row(path: string, type: KeyType, value: ConfigValue | null, doc: string, extra: Extra = {}): KeyRow {
  return {path, type, default: value, doc, access: FREE, hashed: false, aliases: [], ...extra}
}

/** Rows of one table: paths get its name in front; `extra` holds for each row that does not say otherwise. */
export function table(name: string, extra: Extra, rows: readonly KeyRow[]): readonly KeyRow[] {
  return rows.map((entry) => ({
    ...entry,
    path: `${name}.${entry.path}`,
    access: entry.access === FREE ? (extra.access ?? FREE) : entry.access,
    hashed: entry.hashed || extra.hashed === true,
    aliases: entry.aliases.map((alias) => `${name}.${alias}`),
  }))
}

export const FREE: Access = {class: 'free'}
export const HOST: Access = {class: 'host'}

/** Strictest value first; a repository may go as loose as `bound`. */
export function tighten(bound: string | boolean, ...ranks: readonly (string | boolean)[]): Access {
  return {class: 'tighten', order: {by: 'ranks', ranks}, bound}
}

/** Less is stricter; a repository may go up to `bound` (`null`: as far as the type's range). */
export function atMost(bound: number | null): Access {
  return {class: 'tighten', order: {by: 'at_most'}, bound}
}

export const flag: KeyType = {kind: 'boolean'}
export const text: KeyType = {kind: 'string', format: 'text'}

export function string(format: StringFormat): KeyType {
  return {kind: 'string', format}
}

export function integer(min: number, max: number): KeyType {
  return {kind: 'integer', min, max}
}

export function bytes(min: number, max: number): KeyType {
  return {kind: 'bytes', min, max}
}

export function oneOf(...values: readonly string[]): KeyType {
  return {kind: 'enum', values}
}

/** An array whose order means nothing. */
export function setOf(format: StringFormat): KeyType {
  return {kind: 'list', format, set: true}
}

export function listOf(format: StringFormat): KeyType {
  return {kind: 'list', format, set: false}
}

export const KB = 1000
export const MB = 1000 * KB
export const GB = 1000 * MB
export const TB = 1000 * GB
export const DAY_SECONDS = 86_400

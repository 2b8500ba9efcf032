import {normaliseOrigin} from '@rch/contract/text'
import {describe} from './check-value.ts'
import {invalid, refuse, type Place, type Problem} from './config-fault.ts'
import type {ConfigValue, KeyRow} from './key-row.ts'
import {HOST_KEYS, PROFILE_KEYS, REPO_KEYS} from './keys.ts'
import {isRawTable, readTable, type ReadTable} from './read-table.ts'
import {parseToml, type ConfigFile, type RawTable} from './toml-file.ts'

/** `config.toml`, checked, defaults filled in. */
export interface HostFile {
  readonly defaults: ReadTable
  readonly enforce: ReadTable
  readonly allow: {readonly env: readonly string[]; readonly settings: readonly string[]; readonly backends: readonly string[]}
  /** Normalised origins with `trust = "full"`. */
  readonly fullyTrusted: ReadonlySet<string>
  /** `[providers.<id>]`, for the provider's own schema. */
  readonly providers: Readonly<Record<string, RawTable>>
  readonly gc: {
    readonly max_age_days: number
    readonly max_bytes: number
    readonly keep_last: number
    readonly keep_failed_days: number
    readonly min_free_bytes: number | null
    readonly auto: boolean
  }
  readonly store: {readonly root: string | null; readonly cas: boolean}
  readonly daemon: {readonly enabled: boolean; readonly idle_timeout_seconds: number}
}

/** Reads `config.toml`; `null` = there is none. Throws a fault with all its problems. */
export function readHostFile(file: ConfigFile | null): HostFile {
  const top = file === null ? {} : parseToml(file).top
  const place = {file: file?.path ?? 'config.toml', path: []}
  const problems: Problem[] = []
  const values = valuesOf(readTable(top, HOST_KEYS, place, problems, ['defaults', 'enforce', 'repos', 'providers']), HOST_KEYS)
  const host = {
    defaults: readTable(tableAt(top, 'defaults', place, problems), PROFILE_KEYS, below(place, 'defaults'), problems),
    enforce: readTable(tableAt(top, 'enforce', place, problems), PROFILE_KEYS, below(place, 'enforce'), problems),
    allow: {env: values.texts('allow.env'), settings: values.texts('allow.settings'), backends: values.texts('allow.backends')},
    fullyTrusted: readRepos(top, place, problems),
    providers: readProviders(top, place, problems),
    gc: {
      max_age_days: values.number('gc.max_age_days') ?? 0,
      max_bytes: values.number('gc.max_bytes') ?? 0,
      keep_last: values.number('gc.keep_last') ?? 0,
      keep_failed_days: values.number('gc.keep_failed_days') ?? 0,
      min_free_bytes: values.number('gc.min_free_bytes'),
      auto: values.flag('gc.auto'),
    },
    store: {root: values.text('store.root'), cas: values.flag('store.cas')},
    daemon: {enabled: values.flag('daemon.enabled'), idle_timeout_seconds: values.number('daemon.idle_timeout_seconds') ?? 0},
  }
  refuse(problems)
  return host
}

/** Typed access to a table that was read, with the rows' defaults behind it. */
export interface Values {
  text(path: string): string | null
  number(path: string): number | null
  flag(path: string): boolean
  texts(path: string): readonly string[]
}

export function valuesOf(table: ReadTable, rows: readonly KeyRow[]): Values {
  const get = (path: string): ConfigValue | null => table.get(path)?.value ?? rows.find((entry) => entry.path === path)?.default ?? null
  return {
    text: (path) => textOrNull(get(path)),
    number: (path) => numberOrNull(get(path)),
    flag: (path) => get(path) === true,
    texts: (path) => textsOrNone(get(path)),
  }
}

function textOrNull(value: ConfigValue | null): string | null {
  return typeof value === 'string' ? value : null
}

function numberOrNull(value: ConfigValue | null): number | null {
  return typeof value === 'number' ? value : null
}

function textsOrNone(value: ConfigValue | null): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** `[providers.<id>]` of either side. */
export function readProviders(top: RawTable, place: Place, problems: Problem[]): Readonly<Record<string, RawTable>> {
  const providers = tableAt(top, 'providers', place, problems)
  return Object.fromEntries(Object.keys(providers).map((id) => [id, tableAt(providers, id, below(place, 'providers'), problems)]))
}

function readRepos(top: RawTable, place: Place, problems: Problem[]): ReadonlySet<string> {
  const repos = tableAt(top, 'repos', place, problems)
  const trusted = new Set<string>()
  for (const origin of Object.keys(repos)) {
    const here = below(below(place, 'repos'), origin)
    const read = readTable(tableAt(repos, origin, below(place, 'repos'), problems), REPO_KEYS, here, problems)
    if (read.get('trust')?.value === 'full') trusted.add(normaliseOrigin(origin))
  }
  return trusted
}

function tableAt(table: RawTable, key: string, place: Place, problems: Problem[]): RawTable {
  const value = Object.hasOwn(table, key) ? table[key] : {}
  if (isRawTable(value)) return value
  problems.push(invalid(below(place, key), `${key} wants a table, not ${describe(value)}`))
  return {}
}

function below(place: Place, key: string): Place {
  return {file: place.file, path: [...place.path, key]}
}

import {describe, toJson} from './check-value.ts'
import type {Problem} from './config-fault.ts'
import type {ConfigValue, KeyRow} from './key-row.ts'
import type {Entry, Layer, Origin} from './layer.ts'
import {combine, isLooser, isTexts} from './strictness.ts'

/** The value of one key that holds, and what it holds against. */
export interface Decided {
  readonly value: ConfigValue | null
  readonly origin: Origin
  /** What else was given, weakest first. */
  readonly overridden: readonly Entry[]
}

/** What a repository asked for and did not get, though nothing is wrong. */
export interface Note {
  readonly key: string
  readonly message: string
  readonly hint: string
}

export interface Policy {
  readonly allow: {readonly env: readonly string[]; readonly settings: readonly string[]; readonly backends: readonly string[]}
  /** `[repos."<origin>"] trust = "full"`: classes *tighten* and *asked* do not bind this repository. */
  readonly full: boolean
}

export interface Findings {
  readonly problems: Problem[]
  readonly notes: Note[]
}

/** The last word on one key: the newest value, within what its class lets a repository do. */
export function decide(row: KeyRow, path: string, layer: Layer, policy: Policy, findings: Findings): Decided {
  const entries = layer.get(path) ?? []
  const given = split(entries)
  checkHost(row, path, given, findings)
  const chosen = policy.full ? null : constrained(row, path, given, policy, findings)
  const value = chosen === null ? (entries.at(-1) ?? null) : chosen
  const fallback: Origin = {layer: 'defaults', label: null, place: null}
  if (value === null) return {value: row.default, origin: fallback, overridden: []}
  return {value: value.value, origin: value.origin, overridden: entries.filter((entry) => entry.origin !== value.origin)}
}

interface Given {
  readonly defaults: Entry | null
  readonly repository: Entry | null
  /** A flag, or an option of the command. */
  readonly user: Entry | null
  readonly enforce: Entry | null
}

function split(entries: readonly Entry[]): Given {
  const last = (...layers: readonly string[]): Entry | null => entries.findLast(({origin}) => layers.includes(origin.layer)) ?? null
  return {
    defaults: last('host_defaults'),
    repository: last('repository'),
    user: last('flags', 'command'),
    enforce: last('host_enforce'),
  }
}

function checkHost(row: KeyRow, path: string, {repository}: Given, {problems}: Findings): void {
  if (row.access.class !== 'host' || repository === null) return
  const {above} = row.access
  if (above !== undefined && Number(repository.value) <= above) return
  const what = above === undefined ? `${path} is set` : `${path} is ${describe(repository.value)}, which is more than ${above}`
  problems.push({
    code: 'config_loosens_policy',
    place: repository.origin.place,
    problem: `${what}; only the host may do that`,
    hint: `Remove it, and set ${path} under [defaults] in the host's config.toml, or pass --set ${path}=….`,
    data: {key: path, repository: toJson(repository.value), host: above ?? null},
  })
}

/** The entry that holds for a *tighten* or *asked* key; `null` leaves it to the order of the layers. */
function constrained(row: KeyRow, path: string, given: Given, policy: Policy, findings: Findings): Entry | null {
  switch (row.access.class) {
    case 'tighten':
      return tightened(row, row.access, path, given, findings)
    case 'asked':
      return asked(row.access.list, path, given, policy, findings)
    default:
      return null
  }
}

function tightened(
  row: KeyRow,
  access: Extract<KeyRow['access'], {class: 'tighten'}>,
  path: string,
  given: Given,
  {problems}: Findings,
): Entry | null {
  const {order} = access
  const bound = given.enforce ?? given.defaults
  const boundValue = bound?.value ?? access.bound
  let repository = given.repository
  if (repository !== null && isLooser(order, repository.value, boundValue)) {
    problems.push(loosens(row, path, repository, bound, boundValue))
    return null
  }
  if (repository !== null) repository = {...repository, value: combine(order, repository.value, boundValue)}
  const wanted = given.user ?? repository
  const base = order.by === 'restricts' && given.user !== null ? (repository ?? given.defaults) : null
  const combined = wanted === null || base === null ? wanted : {...wanted, value: combine(order, wanted.value, base.value)}
  if (given.enforce === null) return combined ?? given.defaults
  if (combined === null) return withDefaults(order, given.enforce, given.defaults)
  if (isLooser(order, combined.value, given.enforce.value)) return given.enforce
  const merged = {...combined, value: combine(order, combined.value, given.enforce.value)}
  return withDefaults(order, merged, given.defaults)
}

/** What the host guards by default stays guarded beside what it enforces. */
function withDefaults(order: Parameters<typeof combine>[0], entry: Entry, defaults: Entry | null): Entry {
  return order.by === 'restricts' && defaults !== null ? {...entry, value: combine(order, entry.value, defaults.value)} : entry
}

function asked(
  list: 'env' | 'settings' | 'backends',
  path: string,
  given: Given,
  policy: Policy,
  {problems, notes}: Findings,
): Entry | null {
  const {repository} = given
  if (repository === null) return null
  const allowed = policy.allow[list]
  const wanted = isTexts(repository.value) ? repository.value : typeof repository.value === 'string' ? [repository.value] : []
  const missing = wanted.filter((item) => !allowed.includes(item))
  const overruled = given.user ?? given.enforce
  if (overruled !== null || missing.length === 0) return null
  const hint = `Add ${missing.map((item) => JSON.stringify(item)).join(', ')} to [allow] ${list} in the host's config.toml.`
  if (isTexts(repository.value)) {
    notes.push({key: path, message: `${path}: this host does not grant ${missing.join(', ')}`, hint})
    return {...repository, value: wanted.filter((item) => allowed.includes(item))}
  }
  problems.push({
    code: 'config_loosens_policy',
    place: repository.origin.place,
    problem: `${path} asks for ${describe(repository.value)}; this host allows ${allowed.join(', ')}`,
    hint,
    data: {key: path, repository: toJson(repository.value), host: allowed},
  })
  return null
}

function loosens(row: KeyRow, path: string, repository: Entry, bound: Entry | null, boundValue: ConfigValue | null): Problem {
  const where =
    bound === null
      ? 'the built-in bound'
      : `[${bound.origin.layer === 'host_enforce' ? 'enforce' : 'defaults'}] of ${bound.origin.place?.file ?? 'the host'}`
  return {
    code: 'config_loosens_policy',
    place: repository.origin.place,
    problem: `${path} asks for ${describe(repository.value)}, which is looser than ${describe(boundValue)} (${where})`,
    data: {
      key: path,
      repository: toJson(repository.value),
      repository_file: repository.origin.place?.file ?? null,
      host: toJson(boundValue),
      host_file: bound?.origin.place?.file ?? null,
      default: toJson(row.default),
    },
  }
}

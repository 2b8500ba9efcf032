import {describe, toJson} from './check-value.ts'
import {constrain, type Policy} from './constrain.ts'
import {newest, type Findings, type Given} from './given.ts'
import type {ConfigValue, KeyRow} from './key-row.ts'
import type {Entry, Layer, LayerName, Origin} from './layer.ts'

/** The value of one key that holds, and what it holds against. */
export interface Decided {
  readonly value: ConfigValue | null
  readonly origin: Origin
  /** What else was given, weakest first. */
  readonly overridden: readonly Entry[]
}

const BUILT_IN: Origin = {layer: 'defaults', label: null, place: null}

/** The last word on one key: the newest value, within what its class lets a repository do. */
export function decide(row: KeyRow, path: string, layer: Layer, policy: Policy, findings: Findings): Decided {
  const entries = layer.get(path) ?? []
  const given = split(entries)
  checkHost(row, path, given, findings)
  const value = policy.trust === 'full' ? newest(given) : constrain(row, path, given, policy, findings)
  if (value === null) return {value: row.default, origin: BUILT_IN, overridden: entries}
  return {value: value.value, origin: value.origin, overridden: entries.filter((entry) => entry.origin !== value.origin)}
}

function split(entries: readonly Entry[]): Given {
  const last = (...layers: readonly LayerName[]): Entry | null =>
    entries.findLast(({origin}) => layers.some((layer) => layer === origin.layer)) ?? null
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

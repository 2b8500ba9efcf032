import type {DestinationConfig, EffectiveProfile, VerifyStepConfig} from '@rch/contract'
import {sortedSet} from './sorted-set.ts'
import type {ConfigValue, FlatTable, KeyRow} from './key-row.ts'
import {DESTINATION_KEYS, PROFILE_KEYS, VERIFY_KEYS} from './keys.ts'
import type {DecidedKeys} from './posture-rules.ts'
import {rowOf} from './read-table.ts'
import {isTexts} from './strictness.ts'

/** The decided keys as the nested profile that the rest of the lane works with. Checks nothing: `checkProfile` did. */
export function buildProfile(name: string, decided: DecidedKeys): EffectiveProfile {
  const values = new Map([...decided].map(([path, {value}]) => [path, normal(PROFILE_KEYS, path, value)]))
  const text = (path: string): string | null => {
    const value = values.get(path)
    return typeof value === 'string' ? value : null
  }
  const texts = (path: string): readonly string[] => {
    const value = values.get(path) ?? null
    return isTexts(value) ? value : []
  }
  // The table of keys has checked every value's type; this is where that knowledge becomes a type.
  const nested = nest([...values].filter(([path]) => !TOP_LEVEL.some((top) => path === top || path.startsWith(`${top}.`)))) as Nested
  return {
    ...nested,
    name,
    schemes: unique([text('scheme'), ...texts('schemes')]),
    configurations: unique([text('configuration'), ...texts('configurations')]),
    destinations: destinationsOf(givenOf(decided)) ?? [],
    verify: tablesOf(values.get('verify') ?? null).map(toVerifyStep),
    build_settings: Object.fromEntries(
      [...values]
        .filter(([path]) => path.startsWith('build_settings.'))
        .map(([path, value]) => [path.slice('build_settings.'.length), String(value)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  }
}

type Nested = Omit<EffectiveProfile, 'name' | 'schemes' | 'configurations' | 'destinations' | 'verify' | 'build_settings'>

/** Built apart from the generic nesting. */
const TOP_LEVEL = ['schemes', 'configurations', 'destination', 'destinations', 'verify', 'build_settings']

/** `[destination]`, else `[[destinations]]`, of a table that holds only what was given; `null` when neither is. */
export function destinationsOf(table: FlatTable): readonly DestinationConfig[] | null {
  const single = [...table].filter(([path]) => path.startsWith('destination.')).map(([path, value]) => [path.slice('destination.'.length), value] as const)
  if (single.length > 0) return [toDestination(new Map(single))]
  const several = tablesOf(table.get('destinations') ?? null)
  return several.length === 0 ? null : several.map(toDestination)
}

function toDestination(table: FlatTable): DestinationConfig {
  const entries = DESTINATION_KEYS.map((row): [string, ConfigValue | null] => [row.path, table.get(row.path) ?? row.default])
  return Object.fromEntries(entries) as {[Key in keyof DestinationConfig]: DestinationConfig[Key]}
}

function toVerifyStep(table: FlatTable): VerifyStepConfig {
  const under = (name: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      [...table].flatMap(([path, value]) => (path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), normal(VERIFY_KEYS, path, value)]] : [])),
    )
  return {
    action: table.get('action') as VerifyStepConfig['action'],
    scheme: (table.get('scheme') ?? null) as string | null,
    configuration: (table.get('configuration') ?? null) as string | null,
    destinations: destinationsOf(table),
    xcode_test: under('xcode_test'),
    xcode_run: under('xcode_run'),
  }
}

/** Arrays whose order means nothing in their one written form. */
function normal(rows: readonly KeyRow[], path: string, value: ConfigValue | null): ConfigValue | null {
  const type = rowOf(rows, path)?.type
  return type?.kind === 'list' && type.set && isTexts(value) ? sortedSet(value) : value
}

export function tablesOf(value: ConfigValue | null): readonly FlatTable[] {
  return Array.isArray(value) ? value.filter((item) => typeof item !== 'string') : []
}

function unique(values: readonly (string | null)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== null))]
}

function givenOf(decided: DecidedKeys): FlatTable {
  return new Map([...decided].flatMap(([path, {value, origin}]) => (value === null || origin.layer === 'defaults' ? [] : [[path, value] as const])))
}

function nest(values: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> {
  const groups = new Map<string, [string, unknown][]>()
  const flat: [string, unknown][] = []
  for (const [path, value] of values) {
    const dot = path.indexOf('.')
    if (dot === -1) flat.push([path, value])
    else {
      const name = path.slice(0, dot)
      const group = groups.get(name) ?? []
      group.push([path.slice(dot + 1), value])
      groups.set(name, group)
    }
  }
  return Object.fromEntries([...flat, ...[...groups].map(([name, group]) => [name, nest(group)] as const)])
}

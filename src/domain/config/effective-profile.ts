import type {DestinationConfig, EffectiveProfile, VerifyStepConfig} from '@rch/contract'
import {comparePaths, sortedSet} from '@rch/contract/text'
import type {ConfigValue, FlatTable, KeyRow} from './key-row.ts'
import {DESTINATION_KEYS, PROFILE_KEYS, VERIFY_KEYS} from './keys.ts'
import type {DecidedKeys} from './posture-rules.ts'
import {rowOf} from './read-table.ts'
import {isTexts} from './strictness.ts'

/** The decided keys as the nested profile that the rest of the lane works with. Checks nothing: `checkProfile` does. */
export function buildProfile(name: string, decided: DecidedKeys): EffectiveProfile {
  const values = new Map([...decided].map(([path, {value}]) => [path, normal(PROFILE_KEYS, path, value)]))
  const texts = (path: string): readonly string[] => {
    const value = values.get(path) ?? null
    return isTexts(value) ? value : []
  }
  const nested: unknown = nest([...values].filter(([path]) => !isBuiltApart(path)))
  if (!isNested(nested)) throw new TypeError('the table of keys does not make a profile')
  return {
    ...nested,
    name,
    schemes: unique([nested.scheme, ...texts('schemes')]),
    configurations: unique([nested.configuration, ...texts('configurations')]),
    destinations: destinationsOf(givenOf(decided)) ?? [],
    verify: tablesOf(values.get('verify') ?? null).map(toVerifyStep),
    build_settings: settingsOf(values),
  }
}

type Nested = Omit<EffectiveProfile, 'name' | 'schemes' | 'configurations' | 'destinations' | 'verify' | 'build_settings'>

/** Every value was checked by its key's row, so an object with every key of the table is the profile that its type says. */
function isNested(value: unknown): value is Nested {
  return PROFILE_KEYS.every(({path}) => isBuiltApart(path) || path.split('.').reduce<unknown>(member, value) !== undefined)
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined
}

/** Built apart from the generic nesting. */
const BUILT_APART = new Set(['schemes', 'configurations', 'destination', 'destinations', 'verify', 'build_settings'])

function isBuiltApart(path: string): boolean {
  const dot = path.indexOf('.')
  return BUILT_APART.has(dot === -1 ? path : path.slice(0, dot))
}

function settingsOf(values: ReadonlyMap<string, ConfigValue | null>): Readonly<Record<string, string>> {
  const settings = [...values].flatMap(([path, value]) =>
    path.startsWith('build_settings.') && typeof value === 'string' ? [[path.slice('build_settings.'.length), value] as const] : [],
  )
  return Object.fromEntries(settings.toSorted(([a], [b]) => comparePaths(a, b)))
}

/** `[destination]`, else `[[destinations]]`, of a table that holds only what was given; `null` when neither is. */
export function destinationsOf(table: FlatTable): readonly DestinationConfig[] | null {
  const single = [...table]
    .filter(([path]) => path.startsWith('destination.'))
    .map(([path, value]) => [path.slice('destination.'.length), value] as const)
  if (single.length > 0) return [toDestination(new Map(single))]
  const several = tablesOf(table.get('destinations') ?? null)
  return several.length === 0 ? null : several.map(toDestination)
}

function toDestination(table: FlatTable): DestinationConfig {
  const destination: unknown = Object.fromEntries(DESTINATION_KEYS.map((row) => [row.path, table.get(row.path) ?? row.default]))
  if (!isDestination(destination)) throw new TypeError('the table of keys does not make a destination')
  return destination
}

function isDestination(value: unknown): value is DestinationConfig {
  return DESTINATION_KEYS.every(({path}) => member(value, path) !== undefined)
}

function toVerifyStep(table: FlatTable): VerifyStepConfig {
  const under = (name: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      [...table].flatMap(([path, value]) =>
        path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), normal(VERIFY_KEYS, path, value)]] : [],
      ),
    )
  const step: unknown = {
    action: table.get('action') ?? null,
    scheme: table.get('scheme') ?? null,
    configuration: table.get('configuration') ?? null,
    destinations: destinationsOf(table),
    xcode_test: under('xcode_test'),
    xcode_run: under('xcode_run'),
  }
  if (!isVerifyStep(step)) throw new TypeError('the table of keys does not make a verify step')
  return step
}

function isVerifyStep(value: unknown): value is VerifyStepConfig {
  return ['action', 'scheme', 'configuration'].every((key) => member(value, key) !== undefined)
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
  return new Map(
    [...decided].flatMap(([path, {value, origin}]) => (value === null || origin.layer === 'defaults' ? [] : [[path, value] as const])),
  )
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

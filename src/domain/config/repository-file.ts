import {ConfigFault, invalid, refuse, type Place, type Problem} from './config-fault.ts'
import {describe} from './check-value.ts'
import {PROFILE_KEYS} from './keys.ts'
import {layerOf, mergeLayers, type Layer} from './layer.ts'
import {nearest} from './nearest.ts'
import {isRawTable, readTable, type ReadTable} from './read-table.ts'
import {parseToml, type ConfigFile, type RawTable} from './toml-file.ts'

/** One profile as written, before `extends`. */
export interface WrittenProfile {
  readonly table: ReadTable
  readonly parents: readonly string[]
  readonly place: Place
}

/** `.rch/xcode.toml`, every profile checked. */
export interface RepositoryFile {
  readonly defaultProfile: string | null
  readonly profiles: ReadonlyMap<string, WrittenProfile>
}

const TOP_KEYS = ['schema_version', 'default_profile', 'profiles'] as const
const MAX_CHAIN = 100
const PROFILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** Reads the repository's file: flat keys are the profile `default`. Throws a fault with all problems of all profiles. */
export function readRepositoryFile(file: ConfigFile): RepositoryFile {
  const {top} = parseToml(file)
  const problems: Problem[] = []
  const place = {file: file.path, path: []}
  checkVersion(top, file.path, problems)
  const profiles = new Map<string, WrittenProfile>()
  const flatKeys = Object.keys(top).filter((key) => !TOP_KEYS.some((known) => known === key))
  if (flatKeys.length > 0) profiles.set('default', readProfile(top, place, problems, TOP_KEYS))
  for (const [name, table] of profileTables(top, file.path, problems)) {
    const here = {file: file.path, path: ['profiles', name]}
    if (!PROFILE_NAME.test(name))
      problems.push(invalid(here, `${describe(name)} is no name for a profile (letters, digits, ".", "_", "-")`))
    else if (profiles.has(name)) problems.push(invalid(here, 'the profile "default" is given twice: at the top of the file and here'))
    else profiles.set(name, readProfile(table, here, problems, []))
  }
  const defaultProfile = readDefault(top, file.path, problems)
  refuse(problems)
  return {defaultProfile, profiles}
}

/** A profile and what it extends as one layer, parents first; each profile counts once, where it is first met. */
export function profileLayer(file: RepositoryFile, name: string, firstRank: number): Layer {
  const order: WrittenProfile[] = []
  const done = new Set<string>()
  const visit = (current: string, path: readonly string[], from: WrittenProfile | null): void => {
    if (path.includes(current)) {
      const cycle = [...path.slice(path.indexOf(current)), current].join(' → ')
      throw new ConfigFault([invalid(from === null ? null : extendsPlace(from), `extends goes in a circle: ${cycle}`)])
    }
    if (done.has(current)) return
    if (path.length > MAX_CHAIN || order.length > MAX_CHAIN) {
      throw new ConfigFault([invalid(from === null ? null : extendsPlace(from), `extends leads to more than ${MAX_CHAIN} profiles`)])
    }
    const profile = file.profiles.get(current)
    if (profile === undefined) throw unknownParent(file, current, from)
    for (const parent of profile.parents) visit(parent, [...path, current], profile)
    done.add(current)
    order.push(profile)
  }
  visit(name, [], null)
  return mergeLayers(...order.map(({table}, index) => layerOf(table, 'repository', firstRank + index / order.length)))
}

function readProfile(raw: RawTable, place: Place, problems: Problem[], except: readonly string[]): WrittenProfile {
  return {
    table: readTable(raw, PROFILE_KEYS, place, problems, [...except, 'extends']),
    parents: readParents(raw, place, problems),
    place,
  }
}

function readParents(raw: RawTable, place: Place, problems: Problem[]): readonly string[] {
  const value = Object.hasOwn(raw, 'extends') ? raw['extends'] : []
  const names = typeof value === 'string' ? [value] : value
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  problems.push(
    invalid(
      {file: place.file, path: [...place.path, 'extends']},
      `extends wants a profile's name or a list of them, not ${describe(value)}`,
    ),
  )
  return []
}

function profileTables(top: RawTable, file: string, problems: Problem[]): readonly (readonly [string, RawTable])[] {
  const profiles = Object.hasOwn(top, 'profiles') ? top['profiles'] : {}
  if (!isRawTable(profiles)) {
    problems.push(invalid({file, path: ['profiles']}, `profiles wants tables ([profiles.ci]), not ${describe(profiles)}`))
    return []
  }
  return Object.entries(profiles).flatMap(([name, table]) => {
    if (isRawTable(table)) return [[name, table] as const]
    problems.push(invalid({file, path: ['profiles', name]}, `profiles.${name} wants a table, not ${describe(table)}`))
    return []
  })
}

function readDefault(top: RawTable, file: string, problems: Problem[]): string | null {
  if (!Object.hasOwn(top, 'default_profile')) return null
  const value = top['default_profile']
  if (typeof value === 'string') return value
  problems.push(invalid({file, path: ['default_profile']}, `default_profile wants a profile's name, not ${describe(value)}`))
  return null
}

function checkVersion(top: RawTable, file: string, problems: Problem[]): void {
  if (!Object.hasOwn(top, 'schema_version') || top['schema_version'] === 1) return
  problems.push(invalid({file, path: ['schema_version']}, `schema_version wants 1, not ${describe(top['schema_version'])}`))
}

function extendsPlace({place}: WrittenProfile): Place {
  return {file: place.file, path: [...place.path, 'extends']}
}

function unknownParent(file: RepositoryFile, name: string, from: WrittenProfile | null): ConfigFault {
  const near = nearest(name, [...file.profiles.keys()])
  const suffix = near === null ? '' : `; did you mean "${near}"?`
  return new ConfigFault([invalid(from === null ? null : extendsPlace(from), `extends the profile "${name}", which is not there${suffix}`)])
}

import {existsSync, readdirSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {readWorkspace} from '@rch/xcodeproj'
import {readIfThere} from './files.ts'
import {loadPackage, type LoadedPackage} from './load-package.ts'
import {loadProject, type LoadedProject, readSchemes} from './load-project.ts'
import type {Container, Scheme, Target} from './model.ts'

/** Why there is nothing to build; `status` is xcodebuild's exit status. */
export interface ContainerFault {
  readonly status: 64 | 66 | 74
  readonly message: string
}

export interface ContainerChoice {
  readonly project?: string | undefined
  readonly workspace?: string | undefined
}

/** Finds and reads what the command line, or else the current directory, names. */
export function loadContainer(cwd: string, {project, workspace}: ContainerChoice): Container | ContainerFault {
  if (project !== undefined && workspace !== undefined)
    return {status: 64, message: "The options '-project' and '-workspace' cannot be used together"}
  if (workspace !== undefined) return fromWorkspace(resolve(cwd, workspace), workspace)
  if (project !== undefined) return fromProject(resolve(cwd, project), project)
  const entries = readdirSync(cwd)
  const projects = entries.filter((name) => name.endsWith('.xcodeproj'))
  const workspaces = entries.filter((name) => name.endsWith('.xcworkspace'))
  if (workspaces.length === 1) return fromWorkspace(join(cwd, workspaces[0] ?? ''), workspaces[0] ?? '')
  if (projects.length === 1) return fromProject(join(cwd, projects[0] ?? ''), projects[0] ?? '')
  if (projects.length > 1) {
    return {
      status: 66,
      message: `The directory ${cwd} contains ${projects.length} projects, including multiple projects with the current extension (.xcodeproj). Specify the project to use with the -project option.`,
    }
  }
  if (entries.includes('Package.swift')) return fromPackage(cwd)
  return {status: 66, message: `The directory ${cwd} does not contain an Xcode project, workspace or package.`}
}

export function isFault(value: Container | ContainerFault): value is ContainerFault {
  return 'status' in value
}

function fromProject(path: string, written: string): Container | ContainerFault {
  if (!existsSync(path)) return {status: 66, message: `'${written}' does not exist.`}
  const loaded = attempt(() => loadProject(path))
  if (loaded instanceof Error) return unreadable(path, loaded)
  if (loaded === undefined) return unreadable(path, new Error('it is missing its project.pbxproj file.'))
  const packages = withNested(loaded.localPackages)
  return container(
    'project',
    path,
    loaded.name,
    [loaded],
    packages,
    loaded.schemes,
    join(path, 'project.xcworkspace/xcshareddata/swiftpm/Package.resolved'),
  )
}

function fromWorkspace(path: string, written: string): Container | ContainerFault {
  if (!existsSync(path)) return {status: 66, message: `'${written}' does not exist.`}
  const data = readIfThere(join(path, 'contents.xcworkspacedata'))
  if (data === undefined) return unreadable(path, new Error('it is missing its contents.xcworkspacedata file.'))
  const directory = dirname(path)
  const read = attempt(() => {
    const references = readWorkspace(data).flatMap((reference) => {
      if (reference.self) return [join(directory, reference.path.path)]
      return reference.path.base === 'absolute' ? [reference.path.path] : [join(directory, reference.path.path)]
    })
    const projects = references.filter((reference) => reference.endsWith('.xcodeproj')).flatMap((reference) => loadProject(reference) ?? [])
    const packages = withNested([
      ...references.filter((reference) => !reference.endsWith('.xcodeproj')),
      ...projects.flatMap(({localPackages}) => localPackages),
    ])
    return {projects, packages}
  })
  if (read instanceof Error) return unreadable(path, read)
  const targets = [...read.projects.flatMap((project) => project.targets), ...read.packages.flatMap((found) => found.targets)]
  const schemes = [
    ...readSchemes(path, directory, targets),
    ...read.projects.flatMap((project) => project.schemes),
    ...read.packages.flatMap((found) => found.schemes),
  ]
  return container(
    'workspace',
    path,
    basename(path, '.xcworkspace'),
    read.projects,
    read.packages,
    schemes,
    join(path, 'xcshareddata/swiftpm/Package.resolved'),
  )
}

function fromPackage(directory: string): Container | ContainerFault {
  const loaded = attempt(() => loadPackage(directory))
  if (loaded instanceof Error || loaded === undefined)
    return unreadable(join(directory, 'Package.swift'), loaded ?? new Error('it cannot be read.'))
  const shared = readSchemes(join(directory, '.swiftpm/xcode'), directory, loaded.targets)
  const named = new Set(shared.map(({name}) => name))
  const schemes = [...shared, ...loaded.schemes.filter(({name}) => !named.has(name))]
  return container(
    'package',
    directory,
    loaded.name,
    [],
    [loaded, ...withNested(loaded.localPackages)],
    schemes,
    join(directory, 'Package.resolved'),
  )
}

function container(
  kind: Container['kind'],
  path: string,
  name: string,
  projects: readonly LoadedProject[],
  packages: readonly LoadedPackage[],
  schemes: readonly Scheme[],
  resolvedFile: string,
): Container {
  const targets: readonly Target[] = [...projects.flatMap((project) => project.targets), ...packages.flatMap((found) => found.targets)]
  const seen = new Set<string>()
  return {
    kind,
    name,
    path,
    directory: kind === 'package' ? path : dirname(path),
    configurations: projects[0]?.configurations ?? ['Debug', 'Release'],
    defaultConfiguration: projects[0]?.defaultConfiguration ?? 'Release',
    targets,
    schemes: schemes
      .filter((scheme) => !seen.has(scheme.name) && seen.add(scheme.name))
      .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1)),
    remotePackages: [...new Set([...projects, ...packages].flatMap(({remotePackages}) => remotePackages))],
    resolvedFile,
  }
}

/** Local packages and the local packages they need, each once. */
function withNested(directories: readonly string[]): readonly LoadedPackage[] {
  const found = new Map<string, LoadedPackage>()
  const pending = [...directories]
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (found.has(next)) continue
    const loaded = loadPackage(next)
    if (loaded === undefined) continue
    found.set(next, loaded)
    pending.push(...loaded.localPackages)
  }
  return [...found.values()]
}

function attempt<T>(run: () => T): T | Error {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

function unreadable(path: string, {message}: Error): ContainerFault {
  return {
    status: 74,
    message: `Unable to read project '${basename(path)}'.\n\tReason: The project '${basename(path).replace(/\.[^.]+$/, '')}' is damaged and cannot be opened. ${message}`,
  }
}

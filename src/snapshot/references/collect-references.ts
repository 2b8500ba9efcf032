import {posix} from 'node:path'
import type {Container} from '@rch/contract/kinds/xcodebuild'
import {isRchError} from '@rch/contract'
import {
  joinPath,
  readPackageManifest,
  readPackageResolved,
  readScheme,
  readTestPlan,
  readWorkspace,
  resolveLocation,
  type ResolvedPath,
} from '@rch/xcodeproj'
import {packageResolved} from '../paths/always-included.ts'
import {projectReferences} from './project-references.ts'
import type {Reference} from './reference.ts'

/** How files beside the snapshot are read; `undefined` and `[]` for what is not there. Paths are relative to the root. */
export interface ReferenceReader {
  /** Absolute, for the absolute paths in a `Package.resolved`. */
  readonly root: string
  read(path: string): string | undefined
  /** Names in a directory. */
  list(path: string): readonly string[]
}

/**
 * Everything that a container refers to, directly or through the projects, workspaces, packages, schemes, test plans and
 * `.xcconfig` files it names. What cannot be read or parsed refers to nothing: whoever builds it will say so.
 */
export function collectReferences(container: Container, reader: ReferenceReader): readonly Reference[] {
  const collector = new Collector(reader)
  const {type, path} = container
  if (type === 'workspace') collector.workspace(path)
  else if (type === 'project') collector.project(path)
  else collector.package(path === '.' ? '' : path)
  collector.pins(packageResolved(container))
  return collector.references
}

class Collector {
  readonly references: Reference[] = []
  readonly #reader: ReferenceReader
  readonly #visited = new Set<string>()

  constructor(reader: ReferenceReader) {
    this.#reader = reader
  }

  workspace(path: string): void {
    const file = `${path}/contents.xcworkspacedata`
    const references = this.#parse(file, readWorkspace)
    if (references === undefined) return
    this.#add(file, file, 'file', true)
    for (const {path: target, self} of references) {
      const place = placeOf(target, posix.dirname(path))
      if (place !== undefined && !self) this.#container(place, file)
    }
    this.#schemes(path)
  }

  project(path: string): void {
    const file = `${path}/project.pbxproj`
    const text = this.#visit(file)
    if (text === undefined) return
    this.#add(file, file, 'file', true)
    const found = attempt(() => projectReferences(text))
    if (found === undefined) return
    const directory = joinPath(posix.dirname(path), found.projectDirectory)
    for (const {path: target, kind, built} of found.files) {
      const place = placeOf(target, directory)
      if (place === undefined) continue
      this.#add(place, file, kind, built)
      if (place.endsWith('.xcconfig')) this.#xcconfig(place)
    }
    for (const target of [...found.projects, ...found.packages]) {
      const place = placeOf(target, directory)
      if (place !== undefined) this.#container(place, file)
    }
    this.#schemes(path)
  }

  package(directory: string): void {
    const file = joinPath(directory, 'Package.swift')
    const manifest = this.#parse(file, readPackageManifest)
    if (manifest === undefined) return
    this.#add(file, file, 'file', true)
    for (const {type, name, path, resources, sources} of manifest.targets) {
      const base = path ?? this.#targetDirectory(directory, type, name)
      if (base === undefined || base.startsWith('/')) continue
      const target = joinPath(directory, base)
      if (sources === null) this.#add(target, file, 'folder', true)
      for (const inside of [...(sources ?? []), ...resources]) this.#add(joinPath(target, inside), file, 'file', true)
    }
    // A package may also be cloned from a repository beside it.
    for (const local of [...manifest.localDependencies, ...manifest.remoteDependencies.filter((url) => /^\.\.?\//.test(url))]) {
      if (local.startsWith('/')) continue
      this.#add(joinPath(directory, local, 'Package.swift'), file, 'file', true)
      this.package(joinPath(directory, local))
    }
  }

  /** Packages that are cloned from repositories of this very tree. */
  pins(file: string): void {
    const resolved = this.#parse(file, readPackageResolved)
    for (const {kind, location} of resolved?.pins ?? []) {
      const place = kind === 'localSourceControl' ? posix.relative(this.#reader.root, location) : ''
      if (place !== '' && !place.startsWith('..')) this.#container(place, file)
    }
  }

  /** Whatever a workspace or project names by its path: another container, or just a file. */
  #container(place: string, by: string): void {
    if (place.endsWith('.xcodeproj')) {
      this.#add(`${place}/project.pbxproj`, by, 'file', true)
      this.project(place)
    } else if (place.endsWith('.xcworkspace')) this.workspace(place)
    else if (this.#reader.read(joinPath(place, 'Package.swift')) === undefined) this.#add(place, by, 'file', false)
    else {
      this.#add(joinPath(place, 'Package.swift'), by, 'file', true)
      this.package(place)
    }
  }

  #schemes(container: string): void {
    const directory = `${container}/xcshareddata/xcschemes`
    for (const name of this.#reader.list(directory)) {
      const file = `${directory}/${name}`
      const scheme = name.endsWith('.xcscheme') ? this.#parse(file, readScheme) : undefined
      for (const {reference} of scheme?.test.testPlans ?? []) {
        const plan = placeOf(resolveLocation(reference, {base: 'source_root', path: ''}), posix.dirname(container))
        if (plan === undefined) continue
        this.#add(plan, file, 'file', true)
        for (const {container: target} of this.#parse(plan, readTestPlan)?.targets ?? []) {
          const place = placeOf(resolveLocation(target, {base: 'source_root', path: ''}), posix.dirname(container))
          if (place?.endsWith('.xcodeproj') === true) this.#container(place, plan)
        }
      }
    }
  }

  #xcconfig(path: string): void {
    const text = this.#visit(path)
    for (const [, included = ''] of text?.matchAll(/^[ \t]*#include\??[ \t]*"([^"]+)"/gm) ?? []) {
      if (/^[/<]|\$\(/.test(included)) continue
      const place = joinPath(posix.dirname(path), included.endsWith('.xcconfig') ? included : `${included}.xcconfig`)
      this.#add(place, path, 'file', true)
      this.#xcconfig(place)
    }
  }

  /** SwiftPM's own search. */
  #targetDirectory(directory: string, type: string, name: string): string | undefined {
    const parents = type === 'test' ? ['Tests', 'Sources'] : type === 'plugin' ? ['Plugins'] : ['Sources', 'Source', 'src', 'srcs']
    return parents.map((parent) => `${parent}/${name}`).find((path) => this.#reader.list(joinPath(directory, path)).length > 0)
  }

  #add(path: string, by: string, kind: Reference['kind'], built: boolean): void {
    if (path !== '' && !path.startsWith('..')) this.references.push({path, by, kind, built})
  }

  /** The text of a file the first time it is met. */
  #visit(path: string): string | undefined {
    if (path.startsWith('..') || this.#visited.has(path)) return undefined
    this.#visited.add(path)
    return this.#reader.read(path)
  }

  #parse<T>(path: string, read: (text: string) => T): T | undefined {
    const text = this.#visit(path)
    return text === undefined ? undefined : attempt(() => read(text))
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (isRchError(error)) return undefined
    throw error
  }
}

/** Below the root, or `undefined` for what a build or another machine decides. */
function placeOf({base, path}: ResolvedPath, directory: string): string | undefined {
  if (base !== 'source_root') return undefined
  const place = joinPath(directory === '.' ? '' : directory, path)
  return place === '' || place.startsWith('..') || place.startsWith('/') ? undefined : place
}

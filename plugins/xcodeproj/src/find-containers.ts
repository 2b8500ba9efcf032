import {isRchError, type RchError} from '@rch/contract'
import {readTuistManifest, readXcodegenManifest, type GeneratorManifest} from './generator-manifest.ts'
import {readPackageManifest, type PackageManifest} from './package-manifest.ts'
import {readProject, type XcodeProject} from './project.ts'
import {joinPath} from './resolved-path.ts'
import {readScheme, type Scheme} from './scheme.ts'
import {readTestPlan, type TestPlan} from './test-plan.ts'
import {readXcconfig, type Xcconfig} from './xcconfig.ts'
import {readWorkspace, type WorkspaceReference} from './workspace.ts'

/** How the repository is read; paths are relative to its root, `/`-separated, `''` is the root itself. */
export interface TreeReader {
  readDir(path: string): Promise<readonly {readonly name: string; readonly kind: 'file' | 'directory' | 'other'}[]>
  /** The text; `null` when there is no such file. */
  readFile(path: string): Promise<string | null>
}

export interface FoundScheme {
  readonly name: string
  readonly path: string
  readonly scheme: Scheme
}

export interface FoundWorkspace {
  readonly path: string
  /** Inside a project (`project.xcworkspace`) or written by SwiftPM: not one to build by itself. */
  readonly embedded: boolean
  readonly references: readonly WorkspaceReference[]
  readonly schemes: readonly FoundScheme[]
}

export interface FoundProject {
  readonly path: string
  /** The `.xcconfig` files it builds on, includes followed, by path below the source root. */
  readonly xcconfigs: ReadonlyMap<string, Xcconfig>
  readonly project: XcodeProject
  /** Shared schemes only. */
  readonly schemes: readonly FoundScheme[]
}

export interface FoundPackage {
  /** The directory of `Package.swift`, `.` for the root. */
  readonly path: string
  readonly manifest: PackageManifest
}

export interface FoundGenerator {
  readonly kind: GeneratorKind
  readonly path: string
  /** For XcodeGen and Tuist; `null` for the others, and when it cannot be read. */
  readonly manifest: GeneratorManifest | null
}

export type GeneratorKind = 'cocoapods' | 'xcodegen' | 'tuist' | 'carthage' | 'mint' | 'bazel'

export interface Containers {
  readonly workspaces: readonly FoundWorkspace[]
  readonly projects: readonly FoundProject[]
  readonly packages: readonly FoundPackage[]
  readonly testPlans: readonly {readonly path: string; readonly plan: TestPlan}[]
  /** Manifests of tools that write or feed the containers. */
  readonly generators: readonly FoundGenerator[]
  /** What is there and could not be read. */
  readonly problems: readonly {readonly path: string; readonly error: RchError}[]
  /** The tree is larger than the limits below. */
  readonly truncated: boolean
}

const MAX_DEPTH = 12
const MAX_DIRECTORIES = 20_000
const MAX_XCCONFIGS = 500
const IGNORED = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  'Pods',
  'Carthage',
  '.build',
  'DerivedData',
  '.rch',
  'vendor',
  'SourcePackages',
])
const GENERATORS: Readonly<Record<string, GeneratorKind>> = {
  Podfile: 'cocoapods',
  'project.yml': 'xcodegen',
  'project.yaml': 'xcodegen',
  'Project.swift': 'tuist',
  'Workspace.swift': 'tuist',
  Cartfile: 'carthage',
  Mintfile: 'mint',
  'MODULE.bazel': 'bazel',
}

/**
 * Every workspace, project, shared scheme, test plan, package and generator manifest below the root, sorted by path. A file that
 * cannot be read or parsed is listed in `problems` and stops nothing.
 */
export async function findContainers(reader: TreeReader): Promise<Containers> {
  const found = await walk(reader)
  const problems: {path: string; error: RchError}[] = []
  const attempt = async <T>(path: string, parse: (text: string) => T): Promise<T | null> => {
    try {
      const text = await reader.readFile(path)
      return text === null ? null : parse(text)
    } catch (error) {
      if (!isRchError(error)) throw error
      problems.push({path, error})
      return null
    }
  }
  const schemesOf = async (container: string): Promise<readonly FoundScheme[]> => {
    const prefix = `${container}/xcshareddata/xcschemes/`
    const schemes: FoundScheme[] = []
    for (const path of found.schemes) {
      if (!path.startsWith(prefix)) continue
      const scheme = await attempt(path, readScheme)
      if (scheme !== null) schemes.push({name: path.slice(prefix.length, -'.xcscheme'.length), path, scheme})
    }
    return schemes
  }

  const projects: FoundProject[] = []
  for (const path of found.projects) {
    const project = await attempt(`${path}/project.pbxproj`, readProject)
    if (project === null) continue
    const xcconfigs = await readXcconfigs(project, joinPath(path, '..'), (file) => attempt(file, readXcconfig))
    projects.push({path, project, xcconfigs, schemes: await schemesOf(path)})
  }
  const workspaces: FoundWorkspace[] = []
  for (const path of found.workspaces) {
    const references = await attempt(`${path}/contents.xcworkspacedata`, readWorkspace)
    if (references === null) continue
    workspaces.push({path, embedded: /\.xcodeproj\/|(?:^|\/)\.swiftpm\//.test(path), references, schemes: await schemesOf(path)})
  }
  const packages: FoundPackage[] = []
  for (const path of found.packages) {
    const manifest = await attempt(joinPath(path, 'Package.swift'), readPackageManifest)
    if (manifest !== null) packages.push({path, manifest})
  }
  const testPlans: {path: string; plan: TestPlan}[] = []
  for (const path of found.testPlans) {
    const plan = await attempt(path, readTestPlan)
    if (plan !== null) testPlans.push({path, plan})
  }
  const generators: FoundGenerator[] = []
  for (const {kind, path} of found.generators) {
    const read = kind === 'xcodegen' ? readXcodegenManifest : kind === 'tuist' ? readTuistManifest : null
    generators.push({kind, path, manifest: read === null ? null : await attempt(path, read)})
  }
  return {workspaces, projects, packages, testPlans, generators, problems, truncated: found.truncated}
}

/** The configurations' files and what they include; one that is not there is Xcode's own business. */
async function readXcconfigs(
  project: XcodeProject,
  directory: string,
  read: (path: string) => Promise<Xcconfig | null>,
): Promise<ReadonlyMap<string, Xcconfig>> {
  const files = new Map<string, Xcconfig>()
  const pending = [project.buildConfigurations, ...project.targets.map(({buildConfigurations}) => buildConfigurations)]
    .flatMap(({configurations}) => configurations)
    .flatMap(({xcconfig}) => (xcconfig?.base === 'source_root' ? [xcconfig.path] : []))
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const place = joinPath(directory, path)
    if (files.has(path) || place.startsWith('..') || files.size >= MAX_XCCONFIGS) continue
    const file = await read(place)
    if (file === null) continue
    files.set(path, file)
    for (const include of file.includes) pending.push(joinPath(path, '..', include.path))
  }
  return files
}

interface Walked {
  readonly workspaces: string[]
  readonly projects: string[]
  readonly packages: string[]
  readonly schemes: string[]
  readonly testPlans: string[]
  readonly generators: {kind: GeneratorKind; path: string}[]
  truncated: boolean
}

async function walk(reader: TreeReader): Promise<Walked> {
  const found: Walked = {workspaces: [], projects: [], packages: [], schemes: [], testPlans: [], generators: [], truncated: false}
  const pending = [{path: '', depth: 0}]
  let directories = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    directories += 1
    if (directories > MAX_DIRECTORIES) {
      found.truncated = true
      break
    }
    for (const {name, kind} of await reader.readDir(next.path)) {
      const path = joinPath(next.path, name)
      if (kind === 'file') noteFile(found, path, name, next.path)
      else if (kind === 'directory' && !IGNORED.has(name)) {
        if (name.endsWith('.xcodeproj')) found.projects.push(path)
        if (name.endsWith('.xcworkspace')) found.workspaces.push(path)
        if (next.depth < MAX_DEPTH) pending.push({path, depth: next.depth + 1})
        else found.truncated = true
      }
    }
  }
  for (const list of [found.workspaces, found.projects, found.packages, found.schemes, found.testPlans]) list.sort(byCodeUnits)
  found.generators.sort((a, b) => byCodeUnits(a.path, b.path))
  return found
}

function noteFile(found: Walked, path: string, name: string, directory: string): void {
  if (name === 'Package.swift') found.packages.push(directory === '' ? '.' : directory)
  else if (name.endsWith('.xctestplan')) found.testPlans.push(path)
  else if (name.endsWith('.xcscheme')) {
    if (directory.endsWith('/xcshareddata/xcschemes')) found.schemes.push(path)
  } else if (Object.hasOwn(GENERATORS, name)) found.generators.push({kind: GENERATORS[name]!, path})
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

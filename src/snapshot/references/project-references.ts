import {readProject, type BuildConfiguration, type ResolvedPath, type XcodeProject} from '@rch/xcodeproj'
import type {Reference} from './reference.ts'

/** What one `project.pbxproj` refers to; `source_root` is the project's directory. */
export interface ProjectReferences {
  /** Below the directory of the `.xcodeproj`. */
  readonly projectDirectory: string
  readonly files: readonly (Pick<Reference, 'kind' | 'built'> & {readonly path: ResolvedPath})[]
  readonly projects: readonly ResolvedPath[]
  readonly packages: readonly ResolvedPath[]
}

/** @throws RchError `project_unreadable` */
export function projectReferences(text: string): ProjectReferences {
  const project = readProject(text)
  const built = new Set(project.targets.flatMap(({buildPhases}) => buildPhases.flatMap(({files}) => files.map(({nodeId}) => nodeId))))
  const inGroups = new Set([...built].flatMap((id) => project.nodes.get(id ?? '')?.children ?? []))
  const nodes = [...project.nodes.values()].flatMap((node): ProjectReferences['files'] => {
    if (node.kind === 'file') return [{path: node.path, kind: 'file', built: built.has(node.id) || inGroups.has(node.id)}]
    if (node.kind === 'version_group') return [{path: node.path, kind: 'file', built: true}]
    return node.kind === 'synchronized_folder' ? [{path: node.path, kind: 'folder', built: true}] : []
  })
  const configurations = [project.buildConfigurations, ...project.targets.map(({buildConfigurations}) => buildConfigurations)].flatMap(
    (list) => list.configurations,
  )
  return {
    projectDirectory: project.projectDirPath,
    files: [...nodes, ...configurations.flatMap(configurationFiles)],
    projects: project.subprojects,
    packages: packagesOf(project),
  }
}

function packagesOf({localPackages, folderReferences}: XcodeProject): readonly ResolvedPath[] {
  return [...localPackages, ...folderReferences]
}

/** Its `.xcconfig`, and the files that settings name in plain words. */
function configurationFiles({xcconfig, settings}: BuildConfiguration): ProjectReferences['files'] {
  const named = FILE_SETTINGS.flatMap((name) => {
    const value = settings.get(name)
    return typeof value !== 'string' || value === '' || /^\/|\$/.test(value) ? [] : [{base: 'source_root', path: value} as const]
  })
  return [...(xcconfig === null ? [] : [xcconfig]), ...named].map((path) => ({path, kind: 'file', built: true}))
}

const FILE_SETTINGS = [
  'INFOPLIST_FILE',
  'CODE_SIGN_ENTITLEMENTS',
  'SWIFT_OBJC_BRIDGING_HEADER',
  'GCC_PREFIX_HEADER',
  'MODULEMAP_FILE',
] as const

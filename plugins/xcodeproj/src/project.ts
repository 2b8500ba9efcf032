import {readConfigurationList, type ConfigurationList} from './configuration-list.ts'
import {dictOf, readPbxGraph, textOf, type PbxObject} from './pbx-objects.ts'
import type {PlistDict} from './plist.ts'
import {readProjectTree, type ProjectNode} from './project-tree.ts'
import {readTarget, type ProjectTarget} from './project-target.ts'
import {below, type ResolvedPath} from './resolved-path.ts'

export interface RemotePackage {
  readonly repositoryURL: string
  /** `kind` and its operands, as written: `{kind: "upToNextMajorVersion", minimumVersion: "1.2.0"}`. */
  readonly requirement: PlistDict
}

/** What a `project.pbxproj` says, with references followed and paths resolved against the directory of the `.xcodeproj`. */
export interface XcodeProject {
  readonly objectVersion: string
  /** `projectDirPath`; where it is set, `source_root` is that directory below the one holding the `.xcodeproj`. */
  readonly projectDirPath: string
  readonly buildConfigurations: ConfigurationList
  /** Names of the project's configurations, in its order. */
  readonly configurations: readonly string[]
  readonly targets: readonly ProjectTarget[]
  /** Files, groups and synchronised folders by object id. */
  readonly nodes: ReadonlyMap<string, ProjectNode>
  readonly remotePackages: readonly RemotePackage[]
  /** Directories of `XCLocalSwiftPackageReference`s. */
  readonly localPackages: readonly ResolvedPath[]
  /** Folder references that may be local packages: how Xcode before 15 wrote them. */
  readonly folderReferences: readonly ResolvedPath[]
  /** Other `.xcodeproj`s whose products this one uses. */
  readonly subprojects: readonly ResolvedPath[]
}

/** Reads the text of a `project.pbxproj` of any version. Pure; throws `project_unreadable` with the place. */
export function readProject(source: string): XcodeProject {
  const graph = readPbxGraph(source)
  const {root} = graph
  const nodes = readProjectTree(graph)
  const buildConfigurations = readConfigurationList(graph, nodes, root.text('buildConfigurationList'))
  return {
    objectVersion: graph.objectVersion,
    projectDirPath: root.text('projectDirPath') ?? '',
    buildConfigurations,
    configurations: buildConfigurations.configurations.map(({name}) => name),
    targets: root.list('targets').flatMap((id) => {
      const target = graph.get(id)
      return target === null ? [] : [readTarget(graph, nodes, target)]
    }),
    nodes,
    remotePackages: graph.all('XCRemoteSwiftPackageReference').map((reference) => ({
      repositoryURL: reference.text('repositoryURL') ?? '',
      requirement: reference.dict('requirement'),
    })),
    localPackages: graph
      .all('XCLocalSwiftPackageReference')
      .map((reference) => below({base: 'source_root', path: ''}, reference.text('relativePath') ?? '')),
    folderReferences: [...nodes.values()].filter(isFolderReference).map(({path}) => path),
    subprojects: readSubprojects(root, nodes),
  }
}

function isFolderReference(node: ProjectNode): boolean {
  return node.kind === 'file' && (node.fileType === 'wrapper' || node.fileType === 'folder')
}

function readSubprojects(root: PbxObject, nodes: ReadonlyMap<string, ProjectNode>): readonly ResolvedPath[] {
  const references = root.fields.get('projectReferences')
  if (!Array.isArray(references)) return []
  return references.flatMap((reference) => {
    const node = nodes.get(textOf(dictOf(reference).get('ProjectRef')) ?? '')
    return node === undefined ? [] : [node.path]
  })
}

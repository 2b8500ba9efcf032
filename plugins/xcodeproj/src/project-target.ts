import {readConfigurationList, type ConfigurationList} from './configuration-list.ts'
import {dictOf, textOf, type PbxGraph, type PbxObject} from './pbx-objects.ts'
import type {PlistDict} from './plist.ts'
import type {ProjectNode, SynchronizedException} from './project-tree.ts'
import type {ResolvedPath} from './resolved-path.ts'

/** One entry of a build phase: a file of the tree, or a product of a Swift package. */
export interface BuildFile {
  readonly nodeId: string | null
  readonly path: ResolvedPath | null
  readonly packageProduct: string | null
  readonly settings: PlistDict
}

export interface ShellScript {
  readonly shellPath: string
  readonly script: string
  readonly inputPaths: readonly string[]
  readonly outputPaths: readonly string[]
  readonly inputFileLists: readonly string[]
  readonly outputFileLists: readonly string[]
}

export interface BuildPhase {
  readonly id: string
  readonly isa: string
  readonly name: string | null
  readonly files: readonly BuildFile[]
  readonly shellScript: ShellScript | null
}

export interface SynchronizedFolder {
  readonly path: ResolvedPath
  /** Only those that concern this target. */
  readonly exceptions: readonly SynchronizedException[]
}

export interface ProjectTarget {
  readonly id: string
  readonly name: string
  readonly isa: string
  /** `com.apple.product-type.…`; `null` for aggregate and legacy targets. */
  readonly productType: string | null
  readonly productName: string | null
  readonly buildConfigurations: ConfigurationList
  readonly buildPhases: readonly BuildPhase[]
  readonly synchronizedFolders: readonly SynchronizedFolder[]
  /** Targets of this project it depends on. */
  readonly dependencies: readonly string[]
  readonly packageProducts: readonly string[]
  /** A unit or UI test bundle. */
  readonly isTest: boolean
  /** The id of the target that hosts or is driven by this test bundle. */
  readonly testHostId: string | null
}

/** One target with everything it refers to followed. Dangling references are left out, as Xcode does. */
export function readTarget(graph: PbxGraph, nodes: ReadonlyMap<string, ProjectNode>, target: PbxObject): ProjectTarget {
  const productType = target.text('productType')
  return {
    id: target.id,
    name: target.text('name') ?? '',
    isa: target.isa,
    productType,
    productName: target.text('productName'),
    buildConfigurations: readConfigurationList(graph, nodes, target.text('buildConfigurationList')),
    buildPhases: present(graph, target.list('buildPhases')).map((phase) => readPhase(graph, nodes, phase)),
    synchronizedFolders: target.list('fileSystemSynchronizedGroups').flatMap((id) => {
      const node = nodes.get(id)
      if (node === undefined) return []
      return [{path: node.path, exceptions: node.exceptions.filter(({targetId}) => targetId === target.id)}]
    }),
    dependencies: present(graph, target.list('dependencies')).flatMap((dependency) => {
      const id = dependency.text('target') ?? graph.get(dependency.text('targetProxy'))?.text('remoteGlobalIDString') ?? null
      return graph.get(id) === null || id === null ? [] : [id]
    }),
    packageProducts: present(graph, target.list('packageProductDependencies')).flatMap((product) => product.text('productName') ?? []),
    isTest:
      productType?.startsWith('com.apple.product-type.bundle.u') === true || productType === 'com.apple.product-type.bundle.ocunit-test',
    testHostId: testHostOf(graph, target),
  }
}

function present(graph: PbxGraph, ids: readonly string[]): readonly PbxObject[] {
  return ids.map((id) => graph.get(id)).filter((object) => object !== null)
}

function readPhase(graph: PbxGraph, nodes: ReadonlyMap<string, ProjectNode>, phase: PbxObject): BuildPhase {
  return {
    id: phase.id,
    isa: phase.isa,
    name: phase.text('name'),
    files: present(graph, phase.list('files')).map((file) => {
      const nodeId = file.text('fileRef')
      return {
        nodeId,
        path: nodes.get(nodeId ?? '')?.path ?? null,
        packageProduct: graph.get(file.text('productRef'))?.text('productName') ?? null,
        settings: file.dict('settings'),
      }
    }),
    shellScript: phase.isa === 'PBXShellScriptBuildPhase' ? readShellScript(phase) : null,
  }
}

function readShellScript(phase: PbxObject): ShellScript {
  return {
    shellPath: phase.text('shellPath') ?? '/bin/sh',
    // Xcode writes a long script either as one string or as its lines.
    script: phase.text('shellScript') ?? phase.list('shellScript').join('\n'),
    inputPaths: phase.list('inputPaths'),
    outputPaths: phase.list('outputPaths'),
    inputFileLists: phase.list('inputFileListPaths'),
    outputFileLists: phase.list('outputFileListPaths'),
  }
}

function testHostOf(graph: PbxGraph, target: PbxObject): string | null {
  const attributes = dictOf(graph.root.dict('attributes').get('TargetAttributes'))
  const id = textOf(dictOf(attributes.get(target.id)).get('TestTargetID'))
  return id === null || graph.get(id) === null ? null : id
}

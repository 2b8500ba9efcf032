import {textsOf, type PbxGraph, type PbxObject} from './pbx-objects.ts'
import {resolveSourceTree, SOURCE_ROOT, type ResolvedPath} from './resolved-path.ts'

/** A file, group or synchronised folder of the navigator, with its path resolved through the groups above it. */
export interface ProjectNode {
  readonly id: string
  readonly kind: 'file' | 'group' | 'variant_group' | 'version_group' | 'synchronized_folder' | 'reference_proxy'
  readonly name: string
  readonly path: ResolvedPath
  /** `lastKnownFileType` or `explicitFileType`. */
  readonly fileType: string | null
  readonly children: readonly string[]
  readonly exceptions: readonly SynchronizedException[]
}

/** What one target (or one of its build phases) takes out of, or treats differently in, a synchronised folder. */
export interface SynchronizedException {
  readonly targetId: string | null
  readonly buildPhaseId: string | null
  /** Paths below the folder. For the folder's own targets: left out; for another target: taken in. */
  readonly membership: readonly string[]
  readonly publicHeaders: readonly string[]
  readonly privateHeaders: readonly string[]
}

const KINDS: Readonly<Record<string, ProjectNode['kind']>> = {
  PBXFileReference: 'file',
  PBXGroup: 'group',
  PBXVariantGroup: 'variant_group',
  XCVersionGroup: 'version_group',
  PBXFileSystemSynchronizedRootGroup: 'synchronized_folder',
  PBXFileSystemSynchronizedGroup: 'synchronized_folder',
  PBXReferenceProxy: 'reference_proxy',
}

const MAX_DEPTH = 1000

/**
 * Every node reachable from the main group, by id, and every file that stands in no group and is used all the same; a node in two
 * groups keeps its first place, a cycle ends.
 */
export function readProjectTree(graph: PbxGraph): ReadonlyMap<string, ProjectNode> {
  const nodes = new Map<string, ProjectNode>()
  for (const starts of [groupsOf(graph), usedFilesOf(graph)]) addNodes(graph, starts, nodes)
  return nodes
}

function groupsOf({root}: PbxGraph): readonly (string | null)[] {
  return [root.text('mainGroup'), root.text('productRefGroup')]
}

/** What is built or configures: Xcode takes it whether a group shows it or not. */
function usedFilesOf(graph: PbxGraph): readonly (string | null)[] {
  return [
    ...graph.all('PBXBuildFile').map((file) => file.text('fileRef')),
    ...graph.all('XCBuildConfiguration').map((configuration) => configuration.text('baseConfigurationReference')),
  ]
}

function addNodes(graph: PbxGraph, starts: readonly (string | null)[], nodes: Map<string, ProjectNode>): void {
  const pending = starts.flatMap((id) => (id === null ? [] : [{id, group: SOURCE_ROOT, depth: 0}]))
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const object = graph.get(next.id)
    const kind = object === null ? undefined : KINDS[object.isa]
    if (object === null || kind === undefined || nodes.has(object.id) || next.depth > MAX_DEPTH) continue
    const path = resolveSourceTree(object.text('sourceTree') ?? '<group>', object.text('path') ?? '', next.group)
    const children = object.list('children')
    nodes.set(object.id, toNode(graph, object, kind, path, children))
    for (const id of children) pending.push({id, group: path, depth: next.depth + 1})
  }
}

function toNode(
  graph: PbxGraph,
  object: PbxObject,
  kind: ProjectNode['kind'],
  path: ResolvedPath,
  children: readonly string[],
): ProjectNode {
  return {
    id: object.id,
    kind,
    name: object.text('name') ?? object.text('path') ?? '',
    path,
    fileType: object.text('lastKnownFileType') ?? object.text('explicitFileType') ?? object.text('fileType'),
    children,
    exceptions: object.list('exceptions').flatMap((id) => {
      const exception = graph.get(id)
      return exception === null ? [] : [toException(exception)]
    }),
  }
}

function toException(object: PbxObject): SynchronizedException {
  return {
    targetId: object.text('target'),
    buildPhaseId: object.text('buildPhase'),
    membership: textsOf(object.fields.get('membershipExceptions')),
    publicHeaders: object.list('publicHeaders'),
    privateHeaders: object.list('privateHeaders'),
  }
}

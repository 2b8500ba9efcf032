import type {PbxGraph, PbxObject} from './pbx-objects.ts'
import type {PlistDict} from './plist.ts'
import type {ProjectNode} from './project-tree.ts'
import {below, type ResolvedPath} from './resolved-path.ts'

/** One build configuration as written: its settings unevaluated, its `.xcconfig` base resolved. */
export interface BuildConfiguration {
  readonly name: string
  readonly settings: PlistDict
  readonly xcconfig: ResolvedPath | null
}

export interface ConfigurationList {
  readonly configurations: readonly BuildConfiguration[]
  /** What a command line build uses when it names none. */
  readonly defaultName: string | null
}

/** The configurations of an `XCConfigurationList`; empty for a dangling reference. */
export function readConfigurationList(graph: PbxGraph, nodes: ReadonlyMap<string, ProjectNode>, id: string | null): ConfigurationList {
  const list = graph.get(id)
  const configurations = (list?.list('buildConfigurations') ?? []).flatMap((configurationId) => {
    const configuration = graph.get(configurationId)
    if (configuration === null) return []
    return [
      {
        name: configuration.text('name') ?? '',
        settings: configuration.dict('buildSettings'),
        xcconfig: baseOf(configuration, nodes),
      },
    ]
  })
  return {configurations, defaultName: list?.text('defaultConfigurationName') ?? null}
}

function baseOf(configuration: PbxObject, nodes: ReadonlyMap<string, ProjectNode>): ResolvedPath | null {
  const file = configuration.text('baseConfigurationReference')
  if (file !== null) return nodes.get(file)?.path ?? null
  // In a synchronised folder the file has no object: the folder is the anchor and the path is relative to it.
  const anchor = nodes.get(configuration.text('baseConfigurationReferenceAnchor') ?? '')
  const relative = configuration.text('baseConfigurationReferenceRelativePath')
  return anchor === undefined || relative === null ? null : below(anchor.path, relative)
}

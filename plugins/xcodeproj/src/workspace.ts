import {below, SOURCE_ROOT, type ResolvedPath} from './resolved-path.ts'
import {readXml, type XmlElement} from './xml.ts'

const WHAT = 'contents.xcworkspacedata'

/** One `FileRef` of a workspace: a project, a package directory, or just a file. */
export interface WorkspaceReference {
  /** As written, `group:App.xcodeproj`. */
  readonly location: string
  /** `source_root` is the directory that holds the workspace; for `self:` it is the enclosing project itself. */
  readonly path: ResolvedPath
  readonly self: boolean
}

/** The references of a `contents.xcworkspacedata`, groups followed, in its order. Pure; throws `project_unreadable`. */
export function readWorkspace(text: string): readonly WorkspaceReference[] {
  const root = readXml(text, WHAT)
  return collect(root, SOURCE_ROOT)
}

function collect(element: XmlElement, group: ResolvedPath): readonly WorkspaceReference[] {
  return element.children.flatMap((child) => {
    const location = child.attributes.get('location') ?? ''
    if (child.name === 'Group') return collect(child, resolveLocation(location, group))
    if (child.name !== 'FileRef') return []
    return [{location, path: resolveLocation(location, group), self: location.startsWith('self:')}]
  })
}

/** `scheme:path` of Xcode's own files; without a scheme it is relative to the group, as Xcode takes it. */
export function resolveLocation(location: string, group: ResolvedPath): ResolvedPath {
  const match = /^(group|container|absolute|self|developer):(.*)$/s.exec(location)
  const path = match?.[2] ?? location
  switch (match?.[1] ?? 'group') {
    case 'container':
    case 'self':
      return below(SOURCE_ROOT, path)
    case 'absolute':
      return below({base: 'absolute', path: '/'}, path)
    case 'developer':
      return below({base: 'developer_dir', path: ''}, path)
    default:
      return below(group, path)
  }
}

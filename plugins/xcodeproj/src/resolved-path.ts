/**
 * Where a reference of a project or workspace points. `path` is `/`-separated and normalised; it may begin with `..`.
 * - `source_root`: relative to the directory that holds the `.xcodeproj` or `.xcworkspace`
 * - `absolute`: as written
 * - the others: relative to a place that only a build knows (`variable` names a custom path variable)
 */
export interface ResolvedPath {
  readonly base: 'source_root' | 'absolute' | 'built_products' | 'sdk' | 'developer_dir' | 'variable'
  readonly path: string
  readonly variable?: string
}

export const SOURCE_ROOT: ResolvedPath = {base: 'source_root', path: ''}

/** `path` below `base`, normalised; an absolute `path` stands for itself. */
export function below(base: ResolvedPath, path: string): ResolvedPath {
  if (path.startsWith('/')) return {base: 'absolute', path: joinPath('/', path)}
  return {...base, path: joinPath(base.path, path)}
}

/** Joins and normalises `/`-separated paths without touching a file system; the empty string is "here". */
export function joinPath(...parts: readonly string[]): string {
  const absolute = parts.find((part) => part !== '')?.startsWith('/') === true
  const kept: string[] = []
  for (const part of parts.join('/').split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop()
    else if (part !== '..' || !absolute) kept.push(part)
  }
  return (absolute ? '/' : '') + kept.join('/')
}

/** A project's `sourceTree` and `path` below the resolved path of the group that holds it. */
export function resolveSourceTree(sourceTree: string, path: string, group: ResolvedPath): ResolvedPath {
  switch (sourceTree) {
    case '<group>':
      return below(group, path)
    case 'SOURCE_ROOT':
      return below(SOURCE_ROOT, path)
    case '<absolute>':
      return below({base: 'absolute', path: '/'}, path)
    case 'BUILT_PRODUCTS_DIR':
      return below({base: 'built_products', path: ''}, path)
    case 'SDKROOT':
      return below({base: 'sdk', path: ''}, path)
    case 'DEVELOPER_DIR':
      return below({base: 'developer_dir', path: ''}, path)
    default:
      return below({base: 'variable', path: '', variable: sourceTree}, path)
  }
}

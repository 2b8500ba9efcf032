import {readdirSync, type Dirent} from 'node:fs'
import {join} from 'node:path'

export type NodeKind = 'file' | 'symlink' | 'directory' | 'other'

/** Everything below a directory by relative path, parents before children; links are not followed. Names are as the disk has them. */
export function walkTree(root: string): ReadonlyMap<string, NodeKind> {
  const nodes = new Map<string, NodeKind>()
  const pending = ['']
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of readdirSync(join(root, directory), {withFileTypes: true})) {
      const path = directory === '' ? entry.name : `${directory}/${entry.name}`
      const kind = kindOf(entry)
      nodes.set(path, kind)
      if (kind === 'directory') pending.push(path)
    }
  }
  return nodes
}

/** Every directory that the paths need, parents first. */
export function directoriesOf(paths: Iterable<string>): readonly string[] {
  const directories = new Set<string>()
  for (const path of paths) {
    const missing: string[] = []
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const directory = path.slice(0, slash)
      if (directories.has(directory)) break
      missing.push(directory)
    }
    for (const directory of missing.toReversed()) directories.add(directory)
  }
  return [...directories]
}

function kindOf(entry: Dirent): NodeKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'directory'
  return entry.isSymbolicLink() ? 'symlink' : 'other'
}

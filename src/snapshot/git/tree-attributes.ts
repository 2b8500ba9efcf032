import {isRchError} from '@rch/contract'
import {join} from 'node:path'
import {readAttributes, type AttributeFile} from './attributes.ts'
import type {GitIndex} from './git-index.ts'
import {runGit} from './run-git.ts'
import {oidAt} from './sort-index.ts'

/**
 * The `.gitattributes` files that speak of tracked files: the work tree's, tracked or not (git heeds those that it ignores and
 * those that lie above `prefix`, too), or the index's where the work tree has none, as git does it.
 */
export async function treeAttributeFiles(top: string, index: GitIndex, prefix: string, signal?: AbortSignal): Promise<AttributeFile[]> {
  const files: AttributeFile[] = []
  for (const [directory, position] of attributePlaces(index, prefix)) {
    const text =
      readAttributes(`${top}/${directory}${NAME}`) ??
      (position === -1 ? undefined : ((await readBlob(top, oidAt(index, position), signal)) ?? UNKNOWN))
    if (text !== undefined) files.push({directory, text})
  }
  return files
}

/** Every directory (`''` or `/`-terminated) that holds tracked files at some depth, with the position of its attribute file or -1. */
function attributePlaces(index: GitIndex, prefix: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>([['', -1]])
  let directory = ''
  for (let i = 0; i < index.count; i++) {
    const path = index.paths[i] ?? ''
    if (!path.startsWith(prefix) && !path.endsWith(NAME)) continue
    const start = path.lastIndexOf('/') + 1
    if (start !== directory.length || !path.startsWith(directory)) {
      directory = path.slice(0, start)
      for (let end = start; end > 0 && !places.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 2) + 1)
        places.set(path.slice(0, end), -1)
    }
    if (path.length - start === NAME.length && path.endsWith(NAME)) places.set(directory, i)
  }
  return places
}

/** Those that git does not track yet; they count already. */
export function untrackedAttributeFiles(top: string, untracked: readonly string[]): AttributeFile[] {
  return untracked
    .filter((path) => path === NAME || path.endsWith(`/${NAME}`))
    .flatMap((path) => {
      const text = readAttributes(join(top, path))
      return text === undefined ? [] : [{directory: path.slice(0, -NAME.length), text}]
    })
}

const NAME = '.gitattributes'

/** A partial clone lacks the blobs of what is not checked out: then every file there has to be looked at. */
const UNKNOWN = '* filter text\n'

/** `undefined` when the repository does not hold it; nothing is fetched. */
async function readBlob(top: string, oid: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  try {
    return (await runGit(top, ['cat-file', 'blob', oid], {signal})).toString('utf8')
  } catch (error) {
    if (isRchError(error)) return undefined
    throw error
  }
}

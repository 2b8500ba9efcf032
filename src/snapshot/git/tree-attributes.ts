import {isRchError} from '@rch/contract'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {AttributeFile} from './attributes.ts'
import type {GitIndex} from './git-index.ts'
import {runGit} from './run-git.ts'
import {oidAt} from './sort-index.ts'

/** The tracked `.gitattributes` files: the work tree's, or the index's where the work tree has none, as git does it. */
export async function treeAttributeFiles(top: string, index: GitIndex, signal?: AbortSignal): Promise<AttributeFile[]> {
  const files: AttributeFile[] = []
  for (let i = 0; i < index.count; i++) {
    const path = index.paths[i] ?? ''
    if (!path.endsWith(NAME) || (path.length > NAME.length && path.at(-NAME.length - 1) !== '/')) continue
    const text = readText(join(top, path)) ?? (await readBlob(top, oidAt(index, i), signal)) ?? UNKNOWN
    files.push({directory: path.slice(0, -NAME.length), text})
  }
  return files
}

/** Those that git does not track yet; they count already. */
export function untrackedAttributeFiles(top: string, untracked: readonly string[]): AttributeFile[] {
  return untracked
    .filter((path) => path === NAME || path.endsWith(`/${NAME}`))
    .flatMap((path) => {
      const text = readText(join(top, path))
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

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

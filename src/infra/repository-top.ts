import {existsSync} from 'node:fs'
import {dirname, join, relative, sep} from 'node:path'
import {REPOSITORY_CONFIG} from '../domain/config/index.ts'

/** The nearest folder upwards that has `.rch/xcode.toml`, else git's top level, else the folder itself. */
export function repositoryTop(from: string): string {
  return above(from, REPOSITORY_CONFIG) ?? gitTop(from) ?? from
}

export function gitTop(from: string): string | null {
  return above(from, '.git')
}

/** Where below git's top the source of a run from this folder lies; empty when it is the top itself. */
export function folderInRepository(from: string): string {
  const top = gitTop(from)
  if (top === null) return ''
  const folders = relative(top, repositoryTop(from)).split(sep)
  return folders[0] === '..' ? '' : folders.join('/')
}

function above(from: string, name: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder
    if (dirname(folder) === folder) return null
  }
}

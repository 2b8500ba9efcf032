import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {REPOSITORY_CONFIG} from '../domain/config/index.ts'

/** The nearest folder upwards that has `.rch/xcode.toml`, else git's top level, else the folder itself. */
export function repositoryTop(from: string): string {
  return above(from, REPOSITORY_CONFIG) ?? gitTop(from) ?? from
}

export function gitTop(from: string): string | null {
  return above(from, '.git')
}

function above(from: string, name: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder
    if (dirname(folder) === folder) return null
  }
}

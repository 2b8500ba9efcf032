import {readdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import type {TreeReader} from '@rch/xcodeproj'
import {isErrno} from './errno.ts'

/** The largest project files seen in public are a tenth of this. */
const MAX_FILE_BYTES = 100_000_000

/** A directory as `findContainers` reads it: links are not followed, unreadable directories count as empty. */
export function repositoryTree(root: string): TreeReader {
  return {
    readDir: async (path) => {
      try {
        const entries = await readdir(join(root, path), {withFileTypes: true})
        return entries.map((entry) => ({name: entry.name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other'}))
      } catch (error) {
        if (isErrno(error, 'EACCES', 'EPERM', 'ENOENT')) return []
        throw error
      }
    },
    readFile: async (path) => {
      try {
        const file = join(root, path)
        const {size} = await stat(file)
        if (size > MAX_FILE_BYTES)
          throw new RchError('project_unreadable', undefined, {data: {what: path, problem: `is larger than ${MAX_FILE_BYTES} bytes`}})
        return await readFile(file, 'utf8')
      } catch (error) {
        if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM')) return null
        throw error
      }
    },
  }
}

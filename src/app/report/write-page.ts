import {once} from 'node:events'
import {resolve} from 'node:path'
import {RchError} from '@rch/contract'
import {isErrno, writeFileAtomic} from '../../infra/files.ts'

/** Writes a page to a file, or to standard output for `-`; `usage_error` where it cannot be. Answers the file's path. */
export async function writePage(target: string, html: string, cwd: string, stdout: NodeJS.WriteStream): Promise<string | null> {
  if (target === '-') {
    if (!stdout.write(html)) await once(stdout, 'drain')
    return null
  }
  const path = resolve(cwd, target)
  try {
    writeFileAtomic(path, html, {mode: 0o644})
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EISDIR', 'EROFS')) throw error
    throw new RchError('usage_error', `${target} cannot be written.`, {
      data: {file: target},
      hint: 'Name a file in a folder that exists and may be written to.',
    })
  }
  return path
}

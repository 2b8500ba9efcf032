import {constants, copyFileSync} from 'node:fs'
import {isErrno} from '../../infra/files.ts'

/**
 * Makes `to` share the blocks of `from` (APFS `clonefile`, Linux `FICLONE`): constant time, and a write to either leaves the
 * other alone. `to` must not exist. Answers `false`, with nothing made, where the file system cannot; the caller copies then.
 */
export function cloneFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV', 'EINVAL', 'ENOTTY', 'EPERM')) return false
    throw error
  }
}

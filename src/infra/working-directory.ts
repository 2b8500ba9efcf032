import {RchError} from '@rch/contract'
import {isErrno} from './errno.ts'

/** Where the process was started; absolute. Throws `usage_error` when somebody has removed it since. */
export function workingDirectory(): string {
  try {
    return process.cwd()
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    throw new RchError('usage_error', 'The current directory is no longer there.', {
      data: {problem: 'no current directory'},
      hint: 'Change to a directory that is there: cd "$HOME"',
      cause: error,
    })
  }
}

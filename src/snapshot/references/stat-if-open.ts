import {statSync, type Stats} from 'node:fs'
import {isErrno} from '../../infra/errno.ts'

/** What a path leads to. In a closed directory nothing can be found, so nothing is there for whoever reads a project. */
export function statIfOpen(path: string): Stats | undefined {
  try {
    return statSync(path, {throwIfNoEntry: false})
  } catch (error) {
    if (isErrno(error, 'EACCES')) return undefined
    throw error
  }
}

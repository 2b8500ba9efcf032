import {fstatSync} from 'node:fs'

/** The files that standard output and standard error of this process go to, by device and inode; empty for terminals and pipes. */
export function ownOutputs(): readonly {readonly dev: number; readonly ino: number}[] {
  return [1, 2].flatMap((descriptor) => {
    try {
      const stat = fstatSync(descriptor)
      return stat.isFile() ? [{dev: stat.dev, ino: stat.ino}] : []
    } catch {
      // Closed by whoever started us.
      return []
    }
  })
}

import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'

/** What may go wrong at each call that changes storage, beside the process being killed there. */
export const STORAGE_ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['ENOSPC', 'EIO', 'EMFILE', 'EROFS'],
  mkdir: ['ENOSPC', 'EIO', 'EROFS'],
  write: ['ENOSPC', 'EIO'],
  pwrite64: ['ENOSPC', 'EIO'],
  close: ['EIO'],
  rename: ['ENOSPC', 'EIO', 'EROFS'],
  unlink: ['EIO', 'EROFS'],
  unlinkat: ['EIO', 'EROFS'],
  rmdir: ['EIO', 'EROFS'],
  chmod: ['EIO', 'EROFS'],
  fchmod: ['EIO', 'EROFS'],
  symlink: ['ENOSPC', 'EIO', 'EROFS'],
  utimensat: ['EIO', 'EROFS'],
  ftruncate: ['ENOSPC', 'EIO'],
}

/** The calls of `STORAGE_ERRORS`, for `strace -e`. */
export const TRACE_STORAGE = `trace=${Object.keys(STORAGE_ERRORS).join(',')}`

/** A call, and which one of its name it is in the thread that made it. */
export interface CallPoint {
  readonly call: string
  readonly when: number
}

/** Whether `strace` can trace here: it is Linux only, and containers may forbid it. Says so when it can not. */
export function canTrace(): boolean {
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], {stdio: 'ignore'})
    return true
  } catch {
    console.warn('skipped: strace is not here (apt-get install strace), or may not trace')
    return false
  }
}

/** What goes wrong at a point, in the words of `strace -e inject`: the kill first. */
export function faultsAt({call}: CallPoint): readonly string[] {
  return ['signal=KILL', ...(STORAGE_ERRORS[call] ?? []).map((name) => `error=${name}`)]
}

/** Of a log of `strace -f -y`, or of one without `-f`: the calls of its first thread that touch something below a directory. */
export function pointsBelow(log: string, directory: string): readonly CallPoint[] {
  const lines = readFileSync(log, 'utf8').split('\n')
  const [, main] = /^(\d*)/.exec(lines[0] ?? '') ?? []
  const counts = new Map<string, number>()
  const found: CallPoint[] = []
  for (const line of lines) {
    const [, thread, call] = /^(\d*) *(\w+)\(/.exec(line) ?? []
    if (thread !== main || call === undefined) continue
    const when = (counts.get(call) ?? 0) + 1
    counts.set(call, when)
    if (line.includes(directory)) found.push({call, when})
  }
  return found
}

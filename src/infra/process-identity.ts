import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {isErrno} from './errno.ts'

/** What makes a process that one and no later one with its number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for the same process, different for a later one with the same number. */
  readonly started: string
  readonly boot: string
}

/** The identity of a living process, or `null` when there is none with that number. */
export function processIdentity(pid: number): ProcessIdentity | null {
  const started = startTime(pid)
  return started === null ? null : {pid, started, boot: bootId()}
}

/** Whether exactly that process still lives, on this boot. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.boot === bootId() && startTime(identity.pid) === identity.started
}

/** Changes with every boot of the machine. */
export function bootId(): string {
  if (process.platform === 'darwin') return execFileSync('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid'], {encoding: 'utf8'}).trim()
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/**
 * When a process started, as an opaque text; `null` when it does not exist. One that has ended and waits for its parent to ask for
 * its status is gone as well: where nobody ever asks, it would stay for good.
 */
export function startTime(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  return process.platform === 'darwin' ? startTimeByPs(pid) : startTimeByProc(pid)
}

function startTimeByPs(pid: number): string | null {
  try {
    return parseStart(
      execFileSync('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        env: {LC_ALL: 'C', TZ: 'UTC'},
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
  } catch {
    // ps exits 1 when no process has that number.
    return null
  }
}

/** The start time in what `ps -o stat=,lstart=` says of one process; `null` when there is none, or only what is left of it. */
export function parseStart(text: string): string | null {
  const [state, ...started] = text.trim().split(/\s+/)
  return state === undefined || state.startsWith('Z') || started.length === 0 ? null : started.join(' ')
}

function startTimeByProc(pid: number): string | null {
  try {
    const {state, started} = statFields(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return ENDED.has(state) ? null : started
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}

/** Zombie, and the moment after it was asked for. */
export const ENDED: ReadonlySet<string> = new Set(['Z', 'X'])

/** The fields we use of one `/proc/<pid>/stat` line; the command's name may hold spaces and brackets. */
export function statFields(line: string): {
  readonly state: string
  readonly ppid: number
  readonly pgid: number
  readonly session: number
  readonly started: string
} {
  const rest = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return {state: rest[0] ?? '', ppid: Number(rest[1]), pgid: Number(rest[2]), session: Number(rest[3]), started: rest[19] ?? ''}
}

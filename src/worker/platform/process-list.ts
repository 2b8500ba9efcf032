import {execFileSync} from 'node:child_process'
import {readdirSync, readFileSync} from 'node:fs'
import {isErrno} from '../../infra/files.ts'
import {ENDED, statFields} from '../../infra/process-identity.ts'

export interface ProcessRow {
  readonly pid: number
  readonly ppid: number
  readonly pgid: number
  /** Session, where the system shows it; on macOS `ps` does not, and it is 0. */
  readonly session: number
  readonly uid: number
  /** As `startTime` of the same process. */
  readonly started: string
  readonly zombie: boolean
}

/** Every process that can be seen, in one pass. What ends meanwhile is left out. */
export function listProcesses(): readonly ProcessRow[] {
  return process.platform === 'darwin' ? listByPs() : listByProc()
}

/**
 * The environment of a process as `NAME=value` words, or `null` when it is hidden (other users; system binaries on macOS).
 */
export function processEnvironment(pid: number): readonly string[] | null {
  try {
    if (process.platform !== 'darwin')
      return readFileSync(`/proc/${pid}/environ`, 'utf8')
        .split('\0')
        .filter((word) => word !== '')
    const shown = execFileSync('/bin/ps', ['-E', '-ww', '-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return shown.trim().split(' ')
  } catch {
    return null
  }
}

function listByPs(): readonly ProcessRow[] {
  const text = execFileSync('/bin/ps', ['-axo', 'pid=,ppid=,pgid=,uid=,stat=,lstart='], {
    encoding: 'utf8',
    env: {LC_ALL: 'C', TZ: 'UTC'},
    maxBuffer: 64 * 1024 * 1024,
  })
  return parsePs(text)
}

/** Rows of `ps -axo pid=,ppid=,pgid=,uid=,stat=,lstart=`. */
export function parsePs(text: string): readonly ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    if (words.length < 6) continue
    const [pid, ppid, pgid, uid] = words.slice(0, 4).map(Number)
    if (pid === undefined || ppid === undefined || pgid === undefined || uid === undefined) continue
    rows.push({pid, ppid, pgid, session: 0, uid, started: words.slice(5).join(' '), zombie: words[4]!.startsWith('Z')})
  }
  return rows
}

function listByProc(): readonly ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const {state, ppid, pgid, session, started} = statFields(readFileSync(`/proc/${name}/stat`, 'utf8'))
      const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1])
      rows.push({pid: Number(name), ppid, pgid, session, uid, started, zombie: ENDED.has(state)})
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ESRCH')) throw error
    }
  }
  return rows
}

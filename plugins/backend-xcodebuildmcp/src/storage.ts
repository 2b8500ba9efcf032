import {createHash} from 'node:crypto'
import {existsSync, readdirSync, realpathSync, rmSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'

/** Where XcodeBuildMCP keeps the logs of calls made from `cwd`: below HOME, under a key made of that folder. */
export function logsFolder(home: string, cwd: string): string {
  const root = realpathSync(cwd)
  const name = basename(root)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, 64)
  const key = `${name === '' ? 'workspace' : name}-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`
  return join(home, 'Library/Developer/XcodeBuildMCP/workspaces', key, 'logs')
}

/** The log of the tools that process `pid` started, once there is one. */
export function logOf(folder: string, pid: number): string | null {
  const name = filesOf(folder, pid).find((file) => !file.includes('_parser-debug_'))
  return name === undefined ? null : join(folder, name)
}

/** Removes what the call of process `pid` left there: the logs were read, and are kept where the job is. */
export function sweepLogs(folder: string, pid: number): void {
  for (const name of filesOf(folder, pid)) rmSync(join(folder, name), {force: true})
}

/** Removes what calls left whose worker was killed before it could: the logs of processes that are gone. */
export function sweepOrphans(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const pid = /_pid(\d+)_[0-9a-f]+\.log$/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), {force: true})
  }
}

const STALE_MS = 24 * 60 * 60 * 1000

/** Running prepared tests leaves an empty-handed DerivedData each time; those of yesterday belong to nobody any more. */
export function sweepTemporaryData(home: string, now: number): void {
  const folder = join(home, 'Library/Developer/Xcode/DerivedData')
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (!name.startsWith('temporary-') || now - (statSync(path, {throwIfNoEntry: false})?.mtimeMs ?? now) < STALE_MS) continue
    rmSync(path, {recursive: true, force: true})
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function filesOf(folder: string, pid: number): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => name.endsWith('.log') && name.includes(`_pid${pid}_`))
}

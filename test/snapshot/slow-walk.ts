import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {join, relative} from 'node:path'
import type {SourceEntry} from '@rch/contract/source'

/**
 * What a snapshot of a git work tree must hold, found the slow way: git lists the paths, every file is read. Shares no code with
 * the product.
 */
export function slowWalk(root: string, options: {readonly untracked?: boolean} = {}): SourceEntry[] {
  const fileMode = git(root, 'config', '--type=bool', '--default=true', 'core.fileMode').trim() === 'true'
  const tracked = new Map<string, string>()
  for (const line of git(root, 'ls-files', '-z', '--stage').split('\0').filter(Boolean)) {
    tracked.set(line.slice(line.indexOf('\t') + 1), line.slice(0, 6))
  }
  const untracked =
    options.untracked === false ? [] : git(root, 'ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean)
  const entries: SourceEntry[] = []
  for (const path of new Set([...tracked.keys(), ...untracked])) {
    const absolute = join(root, path)
    const indexMode = tracked.get(path)
    if (indexMode === '160000' || path.endsWith('/')) {
      for (const entry of slowWalk(absolute, options)) entries.push({...entry, path: `${path.replace(/\/$/, '')}/${entry.path}`})
      continue
    }
    if (!isReachable(root, path)) continue
    const stat = lstatSync(absolute)
    if (stat.isSymbolicLink()) entries.push({path, type: 'symlink', mode: '120000', link_target: readlinkSync(absolute)})
    else if (stat.isFile()) {
      const content = readFileSync(absolute)
      const executable = fileMode ? (stat.mode & 0o100) !== 0 : indexMode === '100755'
      entries.push({
        path,
        type: 'file',
        mode: executable ? '100755' : '100644',
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
      })
    }
  }
  return entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

/** Every file and link below a directory, without git. */
export function walkFiles(root: string): SourceEntry[] {
  // Node lists what lies behind a link to a directory as well; a walk does not go there.
  const found = readdirSync(root, {recursive: true, withFileTypes: true}).filter(
    (entry) => !entry.isDirectory() && isReachable(root, relative(root, join(entry.parentPath, entry.name))),
  )
  const entries = found.map((entry): SourceEntry => {
    const absolute = join(entry.parentPath, entry.name)
    const path = relative(root, absolute)
    if (entry.isSymbolicLink()) return {path, type: 'symlink', mode: '120000', link_target: readlinkSync(absolute)}
    const content = readFileSync(absolute)
    const mode = (lstatSync(absolute).mode & 0o100) === 0 ? '100644' : '100755'
    return {path, type: 'file', mode, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex')}
  })
  return entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
}

/** It exists, and no directory on the way is a symbolic link. */
function isReachable(root: string, path: string): boolean {
  const parts = path.split('/')
  for (let i = 1; i < parts.length; i++) {
    const directory = join(root, ...parts.slice(0, i))
    if (!existsSync(directory) || lstatSync(directory).isSymbolicLink() || !lstatSync(directory).isDirectory()) return false
  }
  return lstatSync(join(root, path), {throwIfNoEntry: false}) !== undefined
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {cwd, encoding: 'utf8', maxBuffer: 1 << 28})
}

import {copyFileSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {comparePaths, linkStaysInside, pathProblem, type SourceEntry} from '@rch/contract/source'
import {hashFile} from '../../infra/hash-file.ts'

/**
 * Copies a directory that a build made into the sealed set, hashing what was copied: regular files, directories and links that
 * stay inside. Anything else (a pipe that would block, a device, a link to elsewhere, an unsafe name) is
 * `artifact_collection_failed`: what a build leaves is as hostile as its source. Entries come sorted by path.
 */
export function copyTree(from: string, to: string, maxBytes: number): {readonly entries: readonly SourceEntry[]; readonly bytes: number} {
  const entries: SourceEntry[] = []
  let total = 0
  const visit = (relative: string): void => {
    mkdirSync(join(to, relative), {recursive: true, mode: 0o700})
    for (const name of readdirSync(join(from, relative))) {
      const path = relative === '' ? name : `${relative}/${name}`
      const problem = pathProblem(path)
      if (problem !== undefined) throw refused(path, problem)
      const source = join(from, path)
      const stat = lstatSync(source)
      if (stat.isDirectory()) visit(path)
      else if (stat.isSymbolicLink()) {
        const link_target = readlinkSync(source)
        if (!linkStaysInside(path, link_target)) throw refused(path, 'a link that leaves the tree')
        symlinkSync(link_target, join(to, path))
        entries.push({path, type: 'symlink', mode: '120000', link_target})
      } else if (stat.isFile()) {
        total += stat.size
        if (total > maxBytes) throw new RchError('artifact_quota_exceeded', undefined, {data: {got: total, limit: maxBytes}})
        copyFileSync(source, join(to, path))
        const {bytes, sha256} = hashFile(join(to, path))
        entries.push({path, type: 'file', mode: (stat.mode & 0o100) === 0 ? '100644' : '100755', bytes, sha256})
      } else throw refused(path, 'neither a file, a directory nor a link')
    }
  }
  visit('')
  return {entries: entries.toSorted((a, b) => comparePaths(a.path, b.path)), bytes: total}
}

function refused(path: string, problem: string): RchError {
  return new RchError('artifact_collection_failed', undefined, {data: {problem: `${JSON.stringify(path)}: ${problem}`, path}})
}

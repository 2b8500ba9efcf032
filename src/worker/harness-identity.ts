import {lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {comparePaths, treeHash, type SourceEntry} from '@rch/contract/source'
import {sha256} from '@rch/contract/identity'
import {hashFile} from '../infra/hash-file.ts'
import {readIfThere, writeFileAtomic} from '../infra/files.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What runs when the harness runs: its own files and the packages it is made of. */
const PARTS = ['bin', 'dist/bundle/worker', 'dist/providers.json', 'node_modules/@rch', 'plugins'] as const
const CODE = /\.(js|json)$/

let known: string | undefined

/**
 * The tree hash of the installed harness. Self-reported: a pin on it finds drift, not malice. Computed once per process, and not
 * at all while the files' sizes and times are those of the cached value.
 */
export function harnessSha256(cacheFile?: string): string {
  known ??= computeCached(cacheFile)
  return known
}

function computeCached(cacheFile: string | undefined): string {
  const files = codeFiles()
  const stamp = sha256(JSON.stringify(files.map(({path, size, mtimeMs}) => [path, size, mtimeMs])))
  const cached = cacheFile === undefined ? undefined : readIfThere(cacheFile)?.toString().trim().split(' ')
  if (cached?.[0] === stamp && cached[1] !== undefined) return cached[1]
  const entries: SourceEntry[] = files.map(({path, file}) => ({path, type: 'file', mode: '100644', ...hashFile(file)}))
  const digest = treeHash(entries)
  if (cacheFile !== undefined) writeFileAtomic(cacheFile, `${stamp} ${digest}\n`)
  return digest
}

function codeFiles(): readonly {readonly path: string; readonly file: string; readonly size: number; readonly mtimeMs: number}[] {
  const found: {path: string; file: string; size: number; mtimeMs: number}[] = []
  const visit = (path: string): void => {
    const file = join(ROOT, path)
    const stat = lstatSync(file, {throwIfNoEntry: false})
    if (stat === undefined || stat.isSymbolicLink()) return
    if (stat.isDirectory()) {
      for (const name of readdirSync(file)) if (!SKIPPED.has(name)) visit(`${path}/${name}`)
    } else if (stat.isFile() && CODE.test(path)) found.push({path, file, size: stat.size, mtimeMs: stat.mtimeMs})
  }
  for (const part of PARTS) visit(part)
  return found.toSorted((a, b) => comparePaths(a.path, b.path))
}

const SKIPPED: ReadonlySet<string> = new Set(['src', 'test', 'samples', 'node_modules'])

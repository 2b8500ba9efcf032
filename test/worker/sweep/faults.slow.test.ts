import {execFile} from 'node:child_process'
import {cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {describe, expect, it} from 'vitest'
import {sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import {BlobStore} from '../../../src/worker/blobs/blob-store.ts'
import {materialise} from '../../../src/worker/tree/materialise.ts'
import {verifyTree} from '../../../src/worker/tree/verify-tree.ts'
import {scratch} from '../../support/staging.ts'
import {canTrace, faultsAt, pointsBelow, TRACE_STORAGE, type CallPoint} from '../../support/strace.ts'
import {allBlobs, CHUNK, deedEntries, putBlobs, resumeUpload, uploadOfAll} from './deeds.ts'

const run = promisify(execFile)
const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

type Deed = 'put' | 'upload' | 'new' | 'update'

const traces = canTrace()

async function traced(deed: Deed, root: string, options: readonly string[]): Promise<boolean> {
  const node = [process.execPath, '--conditions=rch-source', CHILD, deed, root]
  try {
    await run('strace', ['-f', ...options, ...node])
    return true
  } catch {
    return false
  }
}

/** Every file-system call of the deed that touches its directory. */
async function points(deed: Deed, root: string, log: string): Promise<readonly CallPoint[]> {
  expect(await traced(deed, root, ['-y', '-s', '300', '-o', log, '-e', TRACE_STORAGE])).toBe(true)
  return pointsBelow(log, root)
}

async function sweep(deed: Deed, prepare: (root: string) => Promise<void>, check: (root: string) => Promise<void>): Promise<void> {
  const base = scratch()
  const template = join(base, 'template')
  mkdirSync(template)
  await prepare(template)
  const fresh = (name: string): string => {
    const root = join(base, name)
    cpSync(template, root, {recursive: true, preserveTimestamps: true, verbatimSymlinks: true})
    return root
  }
  const all = await points(deed, fresh('whole'), join(base, 'log'))
  await check(join(base, 'whole'))
  const ended = {killed: 0, errors: 0, failed: 0}
  for (const [number, point] of all.entries()) {
    const {call, when} = point
    for (const fault of faultsAt(point)) {
      const root = fresh(`run${String(number).padStart(4, '0')}`)
      const went = await traced(deed, root, ['-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${fault}:when=${when}`])
      if (fault !== 'signal=KILL') ended.errors++
      if (!went) ended[fault === 'signal=KILL' ? 'killed' : 'failed']++
      await check(root)
      rmSync(root, {recursive: true, force: true})
    }
  }
  console.log(`${deed}: ${all.length} points, killed at ${ended.killed}; ${ended.errors} errors injected, ${ended.failed} of them ended it`)
  expect(ended.killed).toBeGreaterThan(all.length * 0.9)
  expect(ended.failed).toBeGreaterThan(0)
}

/** Whatever is there is whole. */
function checkBlobs(root: string): BlobStore {
  const blobs = new BlobStore(join(root, 'blobs'))
  const missing = new Set(blobs.missing(allBlobs).map(({sha256}) => sha256))
  for (const blob of allBlobs) if (!missing.has(blob.sha256)) expect(blobs.read(blob).equals(blob.content)).toBe(true)
  return blobs
}

async function checkTree(root: string, before: readonly SourceEntry[] | null, wanted: readonly SourceEntry[]): Promise<void> {
  const slot = join(root, 'slot')
  if (before === null && existsSync(join(slot, 'src'))) {
    expect((await verifyTree(join(slot, 'src'), wanted)).source_tree_hash).toBe(sourceTreeHash(wanted))
  }
  // Another source first: what the killed run half made must not show up in it either.
  for (const entries of [before ?? wanted, wanted]) {
    const made = await materialise({slot, entries, blobs: new BlobStore(join(root, 'blobs')), readOnly: false})
    expect(made.extras).toEqual([])
    expect(await verifyTree(made.source, entries)).toEqual({
      source_tree_hash: sourceTreeHash(entries),
      modified: [],
      missing: [],
      extras: [],
    })
    expect(readdirSync(slot).toSorted()).toEqual(['src', 'src.index'])
  }
}

describe.skipIf(!traces)('killed, or refused by the system, at any file-system call', () => {
  it('storing blobs leaves each absent or complete', async () => {
    await sweep(
      'put',
      async () => {},
      async (root) => {
        await putBlobs(checkBlobs(root))
        expect(checkBlobs(root).missing(allBlobs)).toEqual([])
      },
    )
  })

  it('an upload goes on to its receipt', async () => {
    const {manifest, stream, entries} = uploadOfAll()
    await sweep(
      'upload',
      async (root) => {
        writeFileSync(join(root, 'manifest'), manifest)
        writeFileSync(join(root, 'stream'), stream)
      },
      async (root) => {
        checkBlobs(root)
        const done = await resumeUpload(root, manifest, stream, CHUNK)
        expect(done['receipt']).toMatchObject({source_tree_hash: sourceTreeHash(entries), files_changed: allBlobs.length})
        expect(checkBlobs(root).missing(allBlobs)).toEqual([])
      },
    )
  })

  it('a new tree is absent or complete', async () => {
    const prepare = (root: string): Promise<void> => putBlobs(new BlobStore(join(root, 'blobs')))
    await sweep('new', prepare, (root) => checkTree(root, null, deedEntries('new')))
  })

  it('a tree that is changed in place ends as it must', async () => {
    const prepare = async (root: string): Promise<void> => {
      const blobs = new BlobStore(join(root, 'blobs'))
      await putBlobs(blobs)
      await materialise({slot: join(root, 'slot'), entries: deedEntries('new'), blobs, readOnly: false})
    }
    await sweep('update', prepare, (root) => checkTree(root, deedEntries('new'), deedEntries('update')))
  })
})

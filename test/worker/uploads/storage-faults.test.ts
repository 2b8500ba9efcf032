import {execFileSync, execFile} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {promisify} from 'node:util'
import {describe, expect, it, onTestFinished} from 'vitest'
import {uuidv7} from '@rch/contract/identity'
import {stageCas} from '../../../src/staging/cas.ts'
import {materialise} from '../../../src/worker/tree/materialise.ts'
import {LIMITS, makeSource, makeWorker, scratch} from '../../support/staging.ts'

const run = promisify(execFile)

/** Whether small file systems can be mounted: root on Linux, outside stricter containers. */
const mounts = ((): boolean => {
  try {
    execFileSync('unshare', ['-m', 'true'], {stdio: 'ignore'})
    return process.platform === 'linux' && process.getuid?.() === 0
  } catch {
    return false
  }
})()

function tmpfs(size: string): string {
  const directory = scratch()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', directory])
  onTestFinished(() => void execFileSync('umount', ['-l', directory]))
  return directory
}

describe.skipIf(!mounts)('a worker whose disk', () => {
  it('is full says so, keeps the upload, and goes on once there is room', async () => {
    const disk = tmpfs('8m')
    const worker = makeWorker(disk)
    const root = scratch()
    const snapshot = makeSource(root, {'a.bin': randomBytes(3_000_000), 'b.bin': randomBytes(7_000_000)})
    const uploadId = uuidv7()
    const stage = () => stageCas({connection: worker.connection, protocolVersion: 1, uploadId, snapshot, limits: LIMITS, resumeDelayMs: 1})
    await expect(stage()).rejects.toMatchObject({code: 'insufficient_disk_space', retryable: true})
    for (const blob of snapshot.entries) if (blob.type === 'file' && worker.blobs.has(blob)) worker.blobs.read(blob)
    execFileSync('mount', ['-o', 'remount,size=40m', disk])
    expect((await stage()).receipt.source_tree_hash).toBe(snapshot.sourceTreeHash)
    for (const blob of snapshot.entries) if (blob.type === 'file') worker.blobs.read(blob)
  })

  it('is full while a tree is made leaves none, and makes it once there is room', async () => {
    const root = scratch()
    const worker = makeWorker(join(root, 'worker'))
    const snapshot = makeSource(join(root, 'host'), {'a.bin': randomBytes(3_000_000), 'b.bin': randomBytes(3_500_000)})
    await stageCas({connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS})
    const disk = tmpfs('5m')
    const make = () => materialise({slot: join(disk, 'slot'), entries: snapshot.entries, blobs: worker.blobs, readOnly: false})
    await expect(make()).rejects.toMatchObject({code: 'insufficient_disk_space'})
    expect(readdirSync(join(disk, 'slot'))).toEqual([])
    execFileSync('mount', ['-o', 'remount,size=40m', disk])
    expect((await make()).source_tree_hash).toBe(snapshot.sourceTreeHash)
  })

  it('is read-only is degraded, not broken', async () => {
    const disk = tmpfs('40m')
    mkdirSync(join(disk, 'stage'))
    execFileSync('mount', ['-o', 'remount,ro', disk])
    const snapshot = makeSource(scratch(), {a: 'a'})
    const staged = stageCas({connection: makeWorker(disk).connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS})
    await expect(staged).rejects.toMatchObject({code: 'worker_degraded', retryable: true})
  })
})

describe.skipIf(process.platform === 'win32')('a process that may open few files', () => {
  it('stores and makes a tree all the same', async () => {
    const root = scratch()
    const child = fileURLToPath(new URL('../sweep/child.ts', import.meta.url))
    const command = `ulimit -n 40; for deed in put new update; do '${process.execPath}' --conditions=rch-source '${child}' $deed '${root}' || exit 1; done`
    expect((await run('sh', ['-c', command])).stdout).toBe('donedonedone')
  })
})

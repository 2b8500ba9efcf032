import {randomBytes} from 'node:crypto'
import {readdirSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {setImmediate} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {uuidv7} from '@rch/contract/identity'
import {stageCas} from '../../../src/staging/cas.ts'
import {BlobStore} from '../../../src/worker/blobs/blob-store.ts'
import {collectBlobs} from '../../../src/worker/blobs/collect.ts'
import {whileCollecting} from '../../../src/worker/blobs/collecting.ts'
import {LIMITS, makeSource, makeWorker, scratch, type Tree} from '../../support/staging.ts'

function agePacks(store: BlobStore): void {
  for (const entry of readdirSync(store.places.root, {recursive: true, withFileTypes: true})) {
    if (entry.isFile() && !entry.name.startsWith('collecting')) utimesSync(join(entry.parentPath, entry.name), 1, 1)
  }
}

describe('uploads beside each other and beside a collection', () => {
  it('two hosts stage equal and different trees at once while everything unpinned is collected: nothing needed is lost', async () => {
    const root = scratch()
    const shared: Tree = Object.fromEntries(Array.from({length: 120}, (_, i) => [`Shared/File${i}.swift`, `let shared = ${i}\n`]))
    const sources = ['one', 'two'].map((host) => {
      const own: Tree = Object.fromEntries(Array.from({length: 60}, (_, i) => [`Own/${host}${i}.swift`, `let ${host} = ${i}\n`]))
      return makeSource(join(root, host), {...shared, ...own, [`${host}.bin`]: randomBytes(5_000_000)})
    })
    const workers = ['one', 'two'].map((owner) => makeWorker(join(root, 'worker'), LIMITS, owner))
    // What both have in common is there already, unpinned and old: the collector would love to take it.
    const seed = makeWorker(join(root, 'worker'), LIMITS, 'seed')
    const first = await stageCas({
      connection: seed.connection,
      protocolVersion: 1,
      uploadId: uuidv7(),
      snapshot: makeSource(join(root, 'seed'), shared),
      limits: LIMITS,
    })
    seed.uploads.release('seed', first.receipt.upload_id)
    agePacks(seed.blobs)
    const done = new AbortController()
    const collecting = (async () => {
      let rounds = 0
      while (!done.signal.aborted) {
        await setImmediate()
        const store = new BlobStore(join(root, 'worker', 'cache', 'blobs'))
        await collectBlobs(store, {pinned: () => seed.uploads.pins(), now: Date.now(), maxAgeMs: 0, maxBytes: 0, graceMs: 0})
        rounds++
      }
      return rounds
    })()
    for (let round = 0; round < 3; round++) {
      const receipts = await Promise.all(
        workers.map(({connection}, i) =>
          stageCas({connection, protocolVersion: 1, uploadId: uuidv7(), snapshot: sources[i]!, limits: LIMITS}),
        ),
      )
      for (const [i, {receipt}] of receipts.entries()) {
        for (const entry of sources[i]!.entries)
          if (entry.type === 'file') new BlobStore(join(root, 'worker', 'cache', 'blobs')).read(entry)
        workers[i]!.uploads.release(i === 0 ? 'one' : 'two', receipt.upload_id)
      }
    }
    done.abort()
    expect(await collecting).toBeGreaterThan(0)
  })

  it('what is missing is decided only when no collection deletes', async () => {
    const root = scratch()
    const worker = makeWorker(join(root, 'worker'))
    const snapshot = makeSource(join(root, 'host'), {a: 'a'})
    const steps: string[] = []
    await whileCollecting(worker.blobs.places.collecting, async () => {
      const staged = stageCas({connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS}).then(() =>
        steps.push('staged'),
      )
      while (worker.uploads.pins().size === 0) await setImmediate()
      steps.push('collected')
      return {staged}
    }).then(({staged}) => staged)
    expect(steps).toEqual(['collected', 'staged'])
  })
})

describe('the life of an upload', () => {
  it('pins its blobs until it is released or swept, and only its owner can see it', async () => {
    const root = scratch()
    let now = Date.now()
    const worker = makeWorker(join(root, 'worker'), LIMITS, 'host', () => now)
    const snapshot = makeSource(join(root, 'host'), {a: 'a', b: 'b'})
    const stage = async (): Promise<string> => {
      const {receipt} = await stageCas({connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS})
      return receipt.upload_id
    }
    const [one, two] = [await stage(), await stage()]
    for (const entry of snapshot.entries) if (entry.type === 'file') expect(worker.uploads.pins().has(entry.sha256)).toBe(true)
    expect(() => worker.uploads.finished('stranger', one)).toThrow(expect.objectContaining({code: 'source_missing'}))
    worker.uploads.release('host', one)
    worker.uploads.release('host', one)
    expect(() => worker.uploads.finished('host', one)).toThrow(expect.objectContaining({code: 'source_missing'}))
    now += 59 * 60 * 1000
    expect(worker.uploads.sweep(() => false)).toBe(0)
    now += 2 * 60 * 1000
    expect(worker.uploads.sweep(() => true)).toBe(0)
    worker.uploads.touch('host', two)
    expect(worker.uploads.sweep(() => false)).toBe(0)
    now += 61 * 60 * 1000
    expect(worker.uploads.sweep(() => false)).toBe(1)
    expect(worker.uploads.pins().size).toBe(0)
  })

  it('is counted: an owner has only so many', async () => {
    const root = scratch()
    const worker = makeWorker(join(root, 'worker'))
    const snapshot = makeSource(join(root, 'host'), {a: 'a'})
    const stage = () => stageCas({connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS})
    for (let i = 0; i < 64; i++) await stage()
    await expect(stage()).rejects.toMatchObject({code: 'payload_too_large', data: {limit_name: 'max_uploads'}})
  })
})

import {randomBytes} from 'node:crypto'
import {chmodSync, existsSync, readFileSync, readdirSync, renameSync, statSync, truncateSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {sha256} from '@rch/contract/identity'
import {DigestMismatch, type Blob} from '../../../src/worker/blobs/blob.ts'
import {BlobStore} from '../../../src/worker/blobs/blob-store.ts'
import {collectBlobs} from '../../../src/worker/blobs/collect.ts'
import {scratch} from '../../support/staging.ts'

function blob(content: string | Uint8Array): Blob & {readonly bytes: number} {
  const bytes = Buffer.from(content)
  return {sha256: sha256(bytes), content: bytes, bytes: bytes.length}
}

function many(count: number, salt = ''): readonly (Blob & {readonly bytes: number})[] {
  return Array.from({length: count}, (_, i) => blob(`${salt} blob ${i} ${'x'.repeat(i % 300)}`))
}

const DAY = 24 * 60 * 60 * 1000
const NOTHING: ReadonlySet<string> = new Set()
const keep = {pinned: () => NOTHING, maxAgeMs: 7 * DAY, maxBytes: 1e12}

/** Makes everything in the store look unused for so long. */
function age(store: BlobStore, ms: number): void {
  const then = (Date.now() - ms) / 1000
  for (const entry of readdirSync(store.places.root, {recursive: true, withFileTypes: true})) {
    utimesSync(join(entry.parentPath, entry.name), then, then)
  }
}

describe('blob store', () => {
  it('gives back what it was given, packed or not, and knows what it lacks', async () => {
    const root = scratch()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({maxLength: 2000}), {maxLength: 80}),
        fc.array(fc.uint8Array({maxLength: 50}), {maxLength: 5}),
        async (put, others) => {
          const store = new BlobStore(root)
          const blobs = put.map((content) => blob(content))
          await store.putMany(blobs)
          const known = new Set(blobs.map(({sha256}) => sha256))
          const fresh = new BlobStore(root)
          expect(fresh.missing(blobs)).toEqual([])
          for (const {sha256, bytes, content} of blobs) expect(fresh.read({sha256, bytes}).equals(content)).toBe(true)
          for (const other of others.map((content) => blob(content)))
            if (!known.has(other.sha256) && !fresh.has(other)) expect(() => fresh.read(other)).toThrow()
        },
      ),
      {numRuns: 30},
    )
  })

  it('keeps many small blobs in one file and large ones by themselves, none writable', async () => {
    const store = new BlobStore(scratch())
    const large = blob(randomBytes(100_000))
    await store.putMany([...many(500), large])
    const files = readdirSync(store.places.root, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
    expect(files).toHaveLength(2)
    for (const entry of files) expect(statSync(join(entry.parentPath, entry.name)).mode & 0o222).toBe(0)
    expect(store.looseFile(large.sha256)).not.toBeNull()
  })

  it('stores nothing of a set in which one digest is wrong', async () => {
    const store = new BlobStore(scratch())
    const wrong = {...blob('a'), content: Buffer.from('b')}
    await expect(store.putMany([...many(40), wrong])).rejects.toThrow(DigestMismatch)
    expect(existsSync(store.places.root)).toBe(false)
  })

  it('stores a stream only when its digest is right', async () => {
    const store = new BlobStore(scratch())
    const good = blob(randomBytes(300_000))
    const pieces = async function* (): AsyncGenerator<Uint8Array> {
      yield good.content.subarray(0, 100_000)
      yield good.content.subarray(100_000)
    }
    await store.put(good.sha256, pieces())
    expect(store.read(good).equals(good.content)).toBe(true)
    await expect(store.put('0'.repeat(64), pieces())).rejects.toThrow(DigestMismatch)
    expect(readdirSync(store.places.temporary)).toEqual([])
  })

  it('puts a blob together from parts in any order, and refuses a wrong one', async () => {
    const store = new BlobStore(scratch())
    const good = blob(randomBytes(50_000))
    await store.parts.write('u', good, 30_000, good.content.subarray(30_000))
    await store.parts.write('u', good, 0, good.content.subarray(0, 30_000))
    await store.parts.adopt('u', good)
    expect(store.read(good).equals(good.content)).toBe(true)
    await store.parts.adopt('u', good)
    const bad = blob('expected')
    await store.parts.write('u', bad, 0, Buffer.from('received'))
    await expect(store.parts.adopt('u', bad)).rejects.toThrow(DigestMismatch)
    expect(store.has(bad)).toBe(false)
  })

  describe('a blob whose parts come in order', () => {
    const good = blob(randomBytes(90_000))
    const pieces = [0, 30_000, 60_000].map((from) => ({from, content: good.content.subarray(from, from + 30_000)}))
    const write = async (store: BlobStore, which: readonly number[]): Promise<void> => {
      for (const index of which) await store.parts.write('u', good, pieces[index]!.from, pieces[index]!.content)
    }

    it('is what came, and leaves nothing aside', async () => {
      const store = new BlobStore(scratch())
      await write(store, [0, 1, 2])
      await store.parts.adopt('u', good)
      expect(store.read(good).equals(good.content)).toBe(true)
      expect(readdirSync(store.places.parts('u'))).toEqual([])
    })

    it('and are wrong is refused', async () => {
      const store = new BlobStore(scratch())
      await write(store, [0, 1])
      await store.parts.write('u', good, 60_000, Buffer.alloc(30_000))
      await expect(store.parts.adopt('u', good)).rejects.toThrow(DigestMismatch)
      expect(store.has(good)).toBe(false)
    })

    it('while another process overwrites one of them is refused', async () => {
      const root = scratch()
      const store = new BlobStore(root)
      await write(store, [0, 1])
      await new BlobStore(root).parts.write('u', good, 0, Buffer.alloc(1000))
      await write(store, [2])
      await expect(store.parts.adopt('u', good)).rejects.toThrow(DigestMismatch)
      expect(store.has(good)).toBe(false)
    })

    it('can be gone on with by another process, and begun again by the same', async () => {
      const root = scratch()
      const store = new BlobStore(root)
      await write(store, [0, 1])
      const other = new BlobStore(root)
      await write(other, [2])
      await other.parts.adopt('u', good)
      expect(other.read(good).equals(good.content)).toBe(true)
      other.quarantine(good.sha256)
      other.parts.drop('u')
      await write(store, [0, 1, 2])
      await store.parts.adopt('u', good)
      expect(store.read(good).equals(good.content)).toBe(true)
    })

    it('is made by whoever comes after one that was killed in between', async () => {
      const root = scratch()
      const store = new BlobStore(root)
      await write(store, [0, 1, 2])
      const part = join(store.places.parts('u'), good.sha256)
      renameSync(part, `${part}.whole`)
      await new BlobStore(root).parts.adopt('u', good)
      expect(store.read(good).equals(good.content)).toBe(true)
    })
  })

  it.each([
    ['packed', many(50)],
    ['by itself', many(1)],
  ])('finds a damaged blob (%s) when it is read, puts it aside and asks for it again', async (_, blobs) => {
    const root = scratch()
    const store = new BlobStore(root)
    await store.putMany(blobs)
    const victim = blobs.at(-1)!
    const [file] = readdirSync(store.places.root, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
    const path = join(file!.parentPath, file!.name)
    const bytes = readFileSync(path)
    const at = bytes.indexOf(victim.content)
    bytes[at + 1]! ^= 1
    chmodSync(path, 0o600)
    writeFileSync(path, bytes)
    expect(() => store.read(victim)).toThrow(expect.objectContaining({code: 'source_missing', data: {digests: [victim.sha256]}}))
    expect(new BlobStore(root).missing(blobs)).toEqual([victim])
    expect(readdirSync(store.places.quarantine)).toHaveLength(1)
    await store.putMany([victim])
    expect(store.read(victim).equals(victim.content)).toBe(true)
  })

  it('takes what a power cut truncated for missing, and replaces it', async () => {
    const root = scratch()
    const store = new BlobStore(root)
    const [one] = many(1)
    await store.putMany([one!, ...many(40, 'p')])
    const [pack] = readdirSync(store.places.packs)
    for (const path of [store.looseFile(one!.sha256), join(store.places.packs, pack!)]) {
      if (path === null) continue
      chmodSync(path, 0o600)
      truncateSync(path, 0)
    }
    const again = new BlobStore(root)
    expect(again.missing([one!, ...many(40, 'p')])).toHaveLength(41)
    await again.putMany([one!, ...many(40, 'p')])
    expect(again.read(one!).equals(one!.content)).toBe(true)
  })
})

describe('collection', () => {
  it('deletes what nobody pins or used lately, and nothing else', async () => {
    const store = new BlobStore(scratch())
    const [old, pinned, alone] = [many(40, 'old'), many(40, 'pinned'), many(2, 'alone')]
    await store.putMany(old)
    await store.putMany(pinned)
    await store.putMany(alone)
    age(store, 8 * DAY)
    const fresh = many(40, 'fresh')
    await store.putMany(fresh)
    const pins = new Set([...pinned.map(({sha256}) => sha256), alone[0]!.sha256])
    const dry = await collectBlobs(store, {...keep, pinned: () => pins, now: Date.now(), dryRun: true})
    expect(dry).toMatchObject({blobs: 41, keptBlobs: 81})
    expect(store.missing([...old, ...pinned, ...alone, ...fresh])).toEqual([])
    expect(await collectBlobs(store, {...keep, pinned: () => pins, now: Date.now()})).toEqual(dry)
    expect(store.missing([...old, ...pinned, ...alone, ...fresh])).toEqual([...old, alone[1]])
  })

  it('rewrites a pack of which little is wanted', async () => {
    const store = new BlobStore(scratch())
    const blobs = many(100)
    await store.putMany(blobs)
    age(store, 8 * DAY)
    const wanted = blobs.slice(0, 10)
    await collectBlobs(store, {...keep, pinned: () => new Set(wanted.map(({sha256}) => sha256)), now: Date.now()})
    expect(store.missing(blobs)).toHaveLength(90)
    for (const one of wanted) expect(store.read(one).equals(one.content)).toBe(true)
  })

  it('goes below the limit by what was used longest ago, sparing the last hour', async () => {
    const store = new BlobStore(scratch())
    const [older, newer, latest] = [blob(randomBytes(1000)), blob(randomBytes(1000)), blob(randomBytes(1000))]
    await store.putMany([older])
    age(store, 3 * DAY)
    await store.putMany([newer])
    const newerPath = store.looseFile(newer.sha256)!
    utimesSync(newerPath, (Date.now() - DAY) / 1000, (Date.now() - DAY) / 1000)
    await store.putMany([latest])
    await collectBlobs(store, {...keep, maxBytes: 2500, now: Date.now()})
    expect(store.missing([older, newer, latest])).toEqual([older])
    await collectBlobs(store, {...keep, maxBytes: 0, now: Date.now()})
    expect(store.missing([newer, latest])).toEqual([newer])
  })

  it('removes what crashes left, but only once it is old', async () => {
    const store = new BlobStore(scratch())
    await store.putMany(many(1))
    await store.parts.write('gone', blob('gone'), 5, Buffer.from('part'))
    writeFileSync(join(store.places.temporary, 'half'), 'half')
    await collectBlobs(store, {...keep, now: Date.now()})
    expect(existsSync(store.places.parts('gone'))).toBe(true)
    age(store, 2 * DAY)
    await collectBlobs(store, {...keep, now: Date.now()})
    expect(existsSync(store.places.parts('gone'))).toBe(false)
    expect(readdirSync(store.places.temporary)).toEqual([])
  })
})

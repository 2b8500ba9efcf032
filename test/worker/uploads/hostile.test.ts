import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {zstdCompressSync} from 'node:zlib'
import {beforeEach, describe, expect, it} from 'vitest'
import type {RequestStream} from '@rch/contract'
import {uuidv7} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {
  blob,
  CONTENT,
  file,
  HOSTILE_MANIFESTS,
  link,
  OTHER,
  payloadOrCode,
  SMALL_LIMITS,
  streamOf,
  wideFrame,
} from '../../support/hostile-uploads.ts'
import {LIMITS, makeWorker, manifestOf, scratch, type FakeWorker} from '../../support/staging.ts'

let worker: FakeWorker
let uploadId: string

beforeEach(() => {
  worker = makeWorker(scratch(), {...LIMITS, ...SMALL_LIMITS})
  uploadId = uuidv7()
})

/** Sends one chunk; answers the payload, or the code and data of the refusal. */
async function send(
  verb: 'missing_blobs' | 'upload_blobs',
  body: Uint8Array,
  stream: Partial<Record<keyof RequestStream, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const full = streamOf(verb, uploadId, body, stream)
  return payloadOrCode(worker.connection.call({verb, payload: {stream: full}, body, protocolVersion: 1}))
}

function leftovers(): readonly string[] {
  return everything(worker.root).filter((path) => !path.endsWith('collecting.sqlite3'))
}

function everything(directory: string): readonly string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('a hostile manifest is refused whole and leaves nothing', () => {
  const good = file('a.swift')

  it.each(HOSTILE_MANIFESTS)('%s', async (_, manifest, code) => {
    expect(await send('missing_blobs', manifest)).toMatchObject({code})
    expect(leftovers()).toEqual([])
    expect(worker.uploads.pins().size).toBe(0)
  })

  it('one that goes on after its last chunk', async () => {
    await send('missing_blobs', manifestOf([good]).subarray(0, 50), {last: false})
    await send('missing_blobs', manifestOf([good]).subarray(50, 60), {offset: 60, last: true})
    expect(await send('missing_blobs', manifestOf([good]).subarray(60), {offset: 50, last: false})).toMatchObject({code: 'protocol_error'})
  })

  it('a delta to something that is not here asks for the whole document', async () => {
    const delta = Buffer.concat([Buffer.from('RCHDELT1'), Buffer.alloc(72, 1)])
    expect(await send('missing_blobs', delta)).toMatchObject({code: 'source_missing', base_sha256: '01'.repeat(32)})
    expect(await send('missing_blobs', manifestOf([good]))).toMatchObject({complete: true})
  })

  it('an upload that is no identifier', async () => {
    for (const upload_id of ['../../../../etc', 'a/b', '', 'x'.repeat(65)]) {
      expect(await send('missing_blobs', manifestOf([good]), {upload_id})).toMatchObject({code: 'protocol_error'})
    }
    expect(leftovers()).toEqual([])
  })
})

describe('a hostile chunk', () => {
  const entries = [file('a', CONTENT), file('b', OTHER)]
  const stream = Buffer.concat([blob(CONTENT), blob(OTHER)])

  beforeEach(async () => {
    expect(await send('missing_blobs', manifestOf(entries))).toMatchObject({complete: true})
  })

  it('whose content is not what its digest says ends the upload and stores nothing', async () => {
    const forged = Buffer.from(stream)
    forged[stream.length - 1]! ^= 1
    expect(await send('upload_blobs', forged)).toMatchObject({code: 'source_staging_failed', expected: entries[1]!.sha256})
    expect(worker.blobs.missing(entries)).toHaveLength(2)
    expect(await send('upload_blobs', stream)).toMatchObject({code: 'source_missing'})
  })

  it('that comes without a digest of the whole stores nothing forged either', async () => {
    const unhashed = (bytes: Uint8Array): ReturnType<typeof send> => send('upload_blobs', bytes, {content_sha256: undefined})
    const forged = Buffer.from(stream)
    forged[stream.length - 1]! ^= 1
    expect(await unhashed(forged)).toMatchObject({code: 'source_staging_failed', expected: entries[1]!.sha256})
    expect(worker.blobs.missing(entries)).toHaveLength(2)
    uploadId = uuidv7()
    await send('missing_blobs', manifestOf(entries))
    expect(await unhashed(stream)).toMatchObject({complete: true})
  })

  it('whose forged content comes in pieces is found when the last one is there', async () => {
    const forged = Buffer.from(stream)
    forged[stream.length - 1]! ^= 1
    expect(await send('upload_blobs', forged.subarray(0, 90), {last: false})).toMatchObject({next_offset: 90})
    expect(await send('upload_blobs', forged.subarray(90), {offset: 90})).toMatchObject({code: 'source_staging_failed'})
    expect(worker.blobs.missing(entries)).toHaveLength(1)
    expect(everything(worker.root).filter((path) => path.includes('parts'))).toEqual([])
  })

  it.each([
    ['another digest', (bytes: Buffer) => bytes.fill(7, 0, 4)],
    ['another length', (bytes: Buffer) => bytes.writeBigUInt64BE(7n, 32)],
    ['another order', (bytes: Buffer) => Buffer.concat([blob(OTHER), blob(CONTENT)]).copy(bytes)],
  ])('with a header of %s stores nothing', async (_, forge) => {
    const forged = Buffer.from(stream)
    forge(forged)
    expect(await send('upload_blobs', forged)).toMatchObject({code: 'protocol_error'})
    expect(worker.blobs.missing(entries)).toHaveLength(2)
  })

  it('with bytes beyond the end is refused', async () => {
    expect(await send('upload_blobs', Buffer.concat([stream, Buffer.alloc(1)]))).toMatchObject({code: 'payload_too_large'})
  })

  it('that overlaps what is acknowledged is refused and says where to go on', async () => {
    expect(await send('upload_blobs', stream.subarray(0, 50), {last: false})).toMatchObject({next_offset: 50})
    expect(await send('upload_blobs', stream.subarray(49), {offset: 49})).toMatchObject({code: 'protocol_error', next_offset: 50})
    expect(await send('upload_blobs', stream.subarray(0, 50))).toMatchObject({code: 'protocol_error', next_offset: 50})
    expect(await send('upload_blobs', stream.subarray(50), {offset: 50})).toMatchObject({complete: true, receipt: {files_changed: 2}})
  })

  it('that is far ahead is refused; three are kept until the gap closes', async () => {
    const pieces = [0, 20, 40, 60, 80].map((from) => ({from, bytes: stream.subarray(from, from === 80 ? undefined : from + 20)}))
    for (const {from, bytes} of [pieces[3]!, pieces[1]!, pieces[2]!]) {
      expect(await send('upload_blobs', bytes, {offset: from})).toMatchObject({next_offset: 0, complete: false})
    }
    expect(await send('upload_blobs', pieces[4]!.bytes, {offset: 80})).toMatchObject({code: 'protocol_error', next_offset: 0})
    expect(await send('upload_blobs', stream.subarray(30, 50), {offset: 30})).toMatchObject({code: 'protocol_error', next_offset: 0})
    expect(await send('upload_blobs', pieces[1]!.bytes, {offset: 20})).toMatchObject({next_offset: 0})
    expect(await send('upload_blobs', pieces[0]!.bytes)).toMatchObject({next_offset: 80})
    expect(await send('upload_blobs', pieces[4]!.bytes, {offset: 80})).toMatchObject({complete: true})
  })

  it('of an upload that nobody began, or whose manifest is not there, is refused', async () => {
    expect(await send('upload_blobs', stream, {upload_id: uuidv7()})).toMatchObject({code: 'source_missing'})
    uploadId = uuidv7()
    await send('missing_blobs', manifestOf(entries).subarray(0, 10), {last: false})
    expect(await send('upload_blobs', stream)).toMatchObject({code: 'source_staging_incomplete'})
  })

  it('that expands beyond what is due is refused before it is expanded', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024))
    expect(await send('upload_blobs', bomb, {compression: 'zstd'})).toMatchObject({code: 'payload_too_large'})
    expect(worker.blobs.missing(entries)).toHaveLength(2)
  })

  it('that is not one whole frame is refused', async () => {
    const frame = zstdCompressSync(stream)
    expect(await send('upload_blobs', frame.subarray(0, -3), {compression: 'zstd'})).toMatchObject({code: 'protocol_error'})
    uploadId = uuidv7()
    await send('missing_blobs', manifestOf(entries))
    expect(await send('upload_blobs', Buffer.from('no frame'), {compression: 'zstd'})).toMatchObject({code: 'protocol_error'})
  })
})

it('a bomb by ratio is refused with the limit it breaks', async () => {
  worker = makeWorker(scratch())
  const zeros = Buffer.alloc(12 * 1024 * 1024)
  await send('missing_blobs', manifestOf([file('zeros', zeros)]))
  const chunk = blob(zeros)
  expect(await send('upload_blobs', zstdCompressSync(chunk), {compression: 'zstd'})).toMatchObject({
    code: 'payload_too_large',
    limit_name: 'decompression_ratio',
  })
})

it('a frame that wants a large window is refused', async () => {
  worker = makeWorker(scratch())
  const content = Buffer.alloc(200_000, 'x')
  await send('missing_blobs', manifestOf([file('x', content)]))
  const frame = await wideFrame(blob(content))
  expect(await send('upload_blobs', frame, {compression: 'zstd'})).toMatchObject({code: 'protocol_error'})
})

describe('a manifest in canonical form, which is read faster', () => {
  const canonical = (): string => canonicalJson(JSON.parse(Buffer.from(manifestOf([file('a'), link('b', 'a')])).toString()))

  it('is taken', async () => {
    expect(await send('missing_blobs', Buffer.from(canonical()))).toMatchObject({complete: true})
  })

  it.each([
    ['a second list of entries', (text: string) => text.replace('"kind"', '"entries":[],"kind"')],
    ['a second list before', (text: string) => text.replace('"entries"', '"entries":[],"entries"')],
    ['a key that stands twice around them', (text: string) => text.replace('"kind"', '"kind":"x","kind"')],
    ['a forbidden key', (text: string) => text.replace('"kind"', '"__proto__":{},"kind"')],
    ['a key that stands twice in an entry', (text: string) => text.replace('"bytes":6', '"bytes":6,"bytes":6')],
    ['a lone surrogate', (text: string) => text.replace('"path":"a"', String.raw`"path":"\ud800"`)],
    ['another number for the same size', (text: string) => text.replace('"bytes":6', '"bytes":7')],
  ])('is refused with %s', async (_, damage) => {
    const damaged = damage(canonical())
    expect(damaged).not.toBe(canonical())
    expect(['protocol_error', 'source_hash_mismatch']).toContain((await send('missing_blobs', Buffer.from(damaged)))['code'])
    expect(leftovers()).toEqual([])
  })
})

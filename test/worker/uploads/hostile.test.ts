import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {buffer} from 'node:stream/consumers'
import {constants, createZstdCompress, zstdCompressSync} from 'node:zlib'
import {beforeEach, describe, expect, it} from 'vitest'
import {isRchError, type RequestStream} from '@rch/contract'
import {sha256, uuidv7} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {blobHeader, type SourceEntry, type SourceFile} from '@rch/contract/source'
import {LIMITS, makeWorker, manifestOf, scratch, type FakeWorker} from '../../support/staging.ts'

const CONTENT = Buffer.from('hello\n')
const OTHER = Buffer.from('other content\n')

function file(path: string, content: Uint8Array = CONTENT): SourceFile {
  return {path, type: 'file', mode: '100644', bytes: content.length, sha256: sha256(content)}
}

function link(path: string, link_target: string): SourceEntry {
  return {path, type: 'symlink', mode: '120000', link_target}
}

function blob(content: Uint8Array): Buffer {
  return Buffer.concat([blobHeader({sha256: sha256(content), bytes: content.length}), content])
}

let worker: FakeWorker
let uploadId: string

beforeEach(() => {
  worker = makeWorker(scratch(), {...LIMITS, max_entries: 50, max_blob_bytes: 1000, max_upload_bytes: 2000})
  uploadId = uuidv7()
})

/** Sends one chunk; answers the payload, or the code and data of the refusal. */
async function send(
  verb: 'missing_blobs' | 'upload_blobs',
  body: Uint8Array,
  stream: Partial<Record<keyof RequestStream, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const full = {
    format: verb === 'missing_blobs' ? 'manifest' : 'blobs',
    compression: 'none',
    content_length: body.length,
    content_sha256: sha256(body),
    upload_id: uploadId,
    offset: 0,
    last: true,
    ...stream,
  }
  try {
    return (await worker.connection.call({verb, payload: {stream: full}, body, protocolVersion: 1})).payload
  } catch (error) {
    if (isRchError(error)) return {...error.data, code: error.code}
    throw error
  }
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
  const bad: readonly (readonly [string, Uint8Array, string])[] = [
    ['not JSON', Buffer.from('{'), 'protocol_error'],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), 'protocol_error'],
    ['an array', Buffer.from('[]'), 'protocol_error'],
    ['a key that stands twice', Buffer.from(manifestOf([good]).toString().replace('"entries"', '"kind":"x","entries"')), 'protocol_error'],
    ['another schema', manifestOf([good], {schema_id: 'rch-xcode/source_manifest@2'}), 'protocol_error'],
    ['entries that are no array', manifestOf([good], {entries: {}}), 'protocol_error'],
    ['an entry with another key', manifestOf([{...good, owner: 'root'} as SourceFile]), 'protocol_error'],
    ['an entry without a digest', manifestOf([{...good, sha256: 'abc'}]), 'protocol_error'],
    ['a negative size', manifestOf([good], {entries: [{...good, bytes: -1}]}), 'protocol_error'],
    ['a mode that sets an id', manifestOf([good], {entries: [{...good, mode: '104755'}]}), 'protocol_error'],
    ['a device', manifestOf([good], {entries: [{...good, type: 'device'}]}), 'protocol_error'],
    ['an absolute path', manifestOf([file('/etc/passwd')]), 'unsafe_path'],
    ['a path that climbs', manifestOf([file('a/../../b')]), 'unsafe_path'],
    ['an empty component', manifestOf([file('a//b')]), 'unsafe_path'],
    ['a control character', manifestOf([file('a\u001b[31m')]), 'unsafe_path'],
    ['a long component', manifestOf([file('x'.repeat(256))]), 'unsafe_path'],
    ['a deep path', manifestOf([file(Array.from({length: 65}, () => 'd').join('/'))]), 'unsafe_path'],
    ['a git directory', manifestOf([file('sub/.GIT/config')]), 'unsafe_path'],
    ['the wrong order', manifestOf([file('b'), file('a')]), 'protocol_error'],
    ['a path twice', manifestOf([file('a'), file('a')]), 'path_collision'],
    ['names that differ in case', manifestOf([file('A.swift'), file('a.swift')]), 'path_collision'],
    ['names that differ in composition', manifestOf([file('e\u0301'), file('\u00e9')]), 'path_collision'],
    ['directories that differ in case', manifestOf([file('Dir/a'), file('dir/b')]), 'path_collision'],
    ['a file that is a directory too', manifestOf([file('a'), file('a/b')]), 'path_collision'],
    ['a file below a link', manifestOf([link('l', 'x'), file('l/evil')]), 'path_collision'],
    ['a file below a link in other letters', manifestOf([link('Link', 'x'), file('link/evil')]), 'path_collision'],
    ['a link that leaves', manifestOf([link('l', '../x')]), 'unsafe_symlink_target'],
    ['an absolute link', manifestOf([link('l', '/etc')]), 'unsafe_symlink_target'],
    ['links that leave together', manifestOf([link('a/b/out', 'up/../../x'), link('a/b/up', '../..')]), 'unsafe_symlink_target'],
    ['one digest with two sizes', manifestOf([file('a'), {...file('b'), bytes: 7}]), 'protocol_error'],
    ['a hash that is not its own', manifestOf([good], {source_tree_hash: '0'.repeat(64)}), 'source_hash_mismatch'],
    ['too many entries', manifestOf(Array.from({length: 51}, (_, i) => file(`f${100 + i}`))), 'payload_too_large'],
    ['a file that is too large', manifestOf([{...good, bytes: 1001}]), 'payload_too_large'],
    [
      'too much together',
      manifestOf([1, 2, 3].map((i) => ({...file(`f${i}`), sha256: String(i).repeat(64), bytes: 900}))),
      'payload_too_large',
    ],
  ]

  it.each(bad)('%s', async (_, manifest, code) => {
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
  // A stream does not know its size, so the window is what was asked for.
  const encoder = createZstdCompress({params: {[constants.ZSTD_c_windowLog]: 27}})
  const chunk = blob(content)
  encoder.write(chunk.subarray(0, 50_000))
  encoder.flush(() => encoder.end(chunk.subarray(50_000)))
  const frame = await buffer(encoder)
  // Byte 5 of a frame without content size is the window descriptor: exponent − 10 in its upper five bits.
  expect(frame[5]! >> 3).toBe(17)
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

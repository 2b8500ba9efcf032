import {buffer} from 'node:stream/consumers'
import {constants, createZstdCompress} from 'node:zlib'
import {isRchError, type RequestStream, type VerbResponse} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {blobHeader, type SourceEntry, type SourceFile} from '@rch/contract/source'
import {manifestOf} from './staging.ts'

/** Limits of a worker that the hostile manifests are meant for. */
export const SMALL_LIMITS = {max_entries: 50, max_blob_bytes: 1000, max_upload_bytes: 2000} as const

export const CONTENT = Buffer.from('hello\n')
export const OTHER = Buffer.from('other content\n')

export function file(path: string, content: Uint8Array = CONTENT): SourceFile {
  return {path, type: 'file', mode: '100644', bytes: content.length, sha256: sha256(content)}
}

export function link(path: string, link_target: string): SourceEntry {
  return {path, type: 'symlink', mode: '120000', link_target}
}

export function blob(content: Uint8Array): Buffer {
  return Buffer.concat([blobHeader({sha256: sha256(content), bytes: content.length}), content])
}

/** A zstd frame of this chunk that makes its reader keep 128 MiB; the chunk must be larger than 50,000 bytes. */
export async function wideFrame(chunk: Uint8Array): Promise<Buffer> {
  // A stream does not know its size, so the window is what was asked for.
  const encoder = createZstdCompress({params: {[constants.ZSTD_c_windowLog]: 27}})
  encoder.write(chunk.subarray(0, 50_000))
  encoder.flush(() => encoder.end(chunk.subarray(50_000)))
  const frame = await buffer(encoder)
  // Byte 5 of a frame without content size is the window descriptor: exponent − 10 in its upper five bits.
  if ((frame[5] ?? 0) >> 3 !== 17) throw new Error('the frame has another window')
  return frame
}

const good = file('a.swift')
/** Each with why it is refused; for a worker that takes 50 entries, 1,000 bytes a file and 2,000 in all. */
export const HOSTILE_MANIFESTS: readonly (readonly [string, Uint8Array, string])[] = [
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

/** The `payload.stream` of one chunk, with whatever is said wrong of it in `more`. */
export function streamOf(
  verb: 'missing_blobs' | 'upload_blobs',
  uploadId: string,
  body: Uint8Array,
  more: Partial<Record<keyof RequestStream, unknown>>,
): Readonly<Record<string, unknown>> {
  return {
    format: verb === 'missing_blobs' ? 'manifest' : 'blobs',
    compression: 'none',
    content_length: body.length,
    content_sha256: sha256(body),
    upload_id: uploadId,
    offset: 0,
    last: true,
    ...more,
  }
}

/** The payload of an answer, or the code and data of a refusal. */
export async function payloadOrCode(answer: Promise<VerbResponse>): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await answer).payload
  } catch (error) {
    if (isRchError(error)) return {...error.data, code: error.code}
    throw error
  }
}

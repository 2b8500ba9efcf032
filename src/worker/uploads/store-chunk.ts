import {RchError} from '@rch/contract'
import {blobHeader, BLOB_HEADER_BYTES, type BlobLayout, type BlobSection} from '@rch/contract/source'
import type {Blob} from '../blobs/blob.ts'
import type {BlobStore} from '../blobs/blob-store.ts'

/**
 * Stores what one range of a `blobs` stream holds: blobs that lie in it whole, at once and verified; pieces of others, as
 * parts of `scope`. Every header must be the one that the layout has there. Throws `protocol_error` or `DigestMismatch`
 * before anything is kept.
 */
export async function storeChunk(store: BlobStore, scope: string, layout: BlobLayout, from: number, bytes: Uint8Array): Promise<void> {
  const whole: Blob[] = []
  const pieces: (BlobSection & {readonly content: Uint8Array})[] = []
  for (const section of layout.sections(from, from + bytes.length)) {
    const content = bytes.subarray(section.at - from, section.at - from + section.to - section.from)
    const blob = layout.blobs[section.index]!
    if (section.part === 'header') {
      if (Buffer.compare(content, blobHeader(blob).subarray(section.from, section.to)) !== 0) throw wrongHeader(section.at, blob.sha256)
      if (blob.bytes === 0 && section.to === BLOB_HEADER_BYTES) whole.push({sha256: blob.sha256, content: new Uint8Array()})
    } else if (section.from === 0 && section.to === blob.bytes) whole.push({sha256: blob.sha256, content})
    else pieces.push({...section, content})
  }
  await store.putMany(whole)
  for (const {index, from, content} of pieces) await store.parts.write(scope, layout.blobs[index]!, from, content)
}

/** Indexes of the blobs that a range touches without holding their content whole: they arrive in parts. */
export function partialBlobs(layout: BlobLayout, from: number, to: number): readonly number[] {
  const partial = new Set<number>()
  for (const {index, part, from: start, to: end} of layout.sections(from, to)) {
    if (part === 'content' && (start > 0 || end < layout.blobs[index]!.bytes)) partial.add(index)
  }
  return [...partial]
}

function wrongHeader(at: number, expected: string): RchError {
  return new RchError('protocol_error', `At offset ${at} the stream does not hold the header of the blob that is due there.`, {
    data: {field: 'blobs', offset: at, expected},
  })
}

import {RchError} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import {describeStream, MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {BlobSink, distinctFiles, HEADER_BYTES, type WantedFile} from './blob-sink.ts'
import type {RenewedCalls} from './renewed-calls.ts'

/**
 * Brings files of a set below `directory` by their digests; equal contents travel once, and each is checked. The next answers are on
 * their way while one is written.
 * @param onBytes told how many bytes of contents came so far.
 */
export async function bringFiles(
  calls: RenewedCalls,
  directory: string,
  files: readonly WantedFile[],
  onBytes: (bytes: number) => void,
): Promise<void> {
  const sink = new BlobSink(directory, files)
  const pieces = piecesOf(distinctFiles(files))
  const transferBytes = pieces.reduce((sum, {bytes}) => sum + bytes, 0)
  const asked: Promise<Uint8Array>[] = []
  try {
    for (let index = 0; index < pieces.length; index += 1) {
      for (const piece of pieces.slice(asked.length, index + IN_FLIGHT)) asked.push(expected(askFor(calls, piece, transferBytes)))
      const bytes = await asked[index]!
      asked[index] = NOTHING
      onBytes(sink.write(bytes))
    }
    sink.end()
  } finally {
    sink.close()
    await Promise.allSettled(asked)
  }
}

/** Enough that the worker reads while this side writes. */
const IN_FLIGHT = 2
/** Small enough that what is in flight costs little memory on either side. */
const PIECE_BYTES = Math.min(MAX_CHUNK_BYTES, 2 * 1024 * 1024)
const NOTHING = Promise.resolve(new Uint8Array())

/** It is awaited in its turn, which may never come. */
function expected<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

/** One answer's worth of the blob stream: some whole files, or a part of a large one. */
interface Piece {
  readonly digests: Uint8Array
  readonly offset: number
  readonly bytes: number
}

function piecesOf(files: readonly WantedFile[]): readonly Piece[] {
  const pieces: Piece[] = []
  for (let from = 0; from < files.length;) {
    let to = from
    let total = 0
    do total += HEADER_BYTES + (files[to++]?.bytes ?? 0)
    while (to < files.length && total + HEADER_BYTES + (files[to]?.bytes ?? 0) <= PIECE_BYTES)
    const digests = Buffer.concat(files.slice(from, to).map((file) => Buffer.from(file.sha256, 'hex')))
    for (let offset = 0; offset < total; offset += PIECE_BYTES) pieces.push({digests, offset, bytes: Math.min(PIECE_BYTES, total - offset)})
    from = to
  }
  return pieces
}

async function askFor(calls: RenewedCalls, {digests, offset, bytes}: Piece, transferBytes: number): Promise<Uint8Array> {
  const {payload, body} = await calls.call(
    {part: 'blobs', offset, max_bytes: bytes, stream: describeStream('digests', digests)},
    digests,
    transferBytes,
  )
  const answer = checkResponsePayload('fetch', payload)
  if (!('next_offset' in answer) || body?.length !== bytes || answer.next_offset !== offset + bytes)
    throw new RchError('protocol_error', 'fetch answered another chunk than was asked for.', {data: {field: 'payload.next_offset'}})
  return body
}

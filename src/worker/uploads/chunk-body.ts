import {constants, zstdDecompress} from 'node:zlib'
import {promisify} from 'node:util'
import {RchError, type RequestStream} from '@rch/contract'
import {MAX_CHUNK_BYTES} from '@rch/contract/protocol'

const decompress = promisify(zstdDecompress)

/** 8 MiB, what zstd's own command line allows by default; a larger window only costs memory. */
const MAX_WINDOW_LOG = 23
/** What a chunk may expand to per byte sent, beyond the first mebibyte. */
export const MAX_RATIO = 4096
const RATIO_FREE_BYTES = 1024 * 1024
/** What zlib hands over at a time; its default of 16 KiB costs a turn of the event loop each. */
const OUTPUT_BYTES = 4 * 1024 * 1024

/**
 * The plain bytes of one chunk whose length and digest as sent were checked. At most `room` bytes and never more than a chunk
 * come out, so a bomb costs no memory. Throws `payload_too_large` or `protocol_error`.
 */
export async function plainBytes(stream: Pick<RequestStream, 'compression'>, body: Uint8Array, room: number): Promise<Uint8Array> {
  const limit = Math.min(room, MAX_CHUNK_BYTES)
  if (stream.compression === 'none') {
    if (body.length > limit) throw beyond('chunk', limit, body.length)
    return body
  }
  const ratioLimit = RATIO_FREE_BYTES + body.length * MAX_RATIO
  let plain: Buffer
  try {
    plain = await decompress(body, {
      // A buffer of no bytes may not be asked for.
      chunkSize: OUTPUT_BYTES,
      maxOutputLength: Math.max(1, Math.min(limit, ratioLimit)),
      params: {[constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG},
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ERR_BUFFER_TOO_LARGE')
      throw ratioLimit < limit ? beyond('decompression_ratio', ratioLimit, null) : beyond('chunk', limit, null)
    throw new RchError('protocol_error', 'The chunk is not one complete zstd frame with a window of at most 8 MiB.', {
      data: {field: 'payload.stream.compression', problem: typeof code === 'string' ? code : 'zstd'},
      cause: error,
    })
  }
  if (plain.length > limit) throw beyond('chunk', limit, plain.length)
  return plain
}

function beyond(limitName: string, limit: number, got: number | null): RchError {
  return new RchError('payload_too_large', undefined, {data: {limit_name: limitName, limit, got: got ?? `more than ${limit}`}})
}

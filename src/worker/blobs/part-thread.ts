import {parentPort} from 'node:worker_threads'
import {PartHasher} from './part-hasher.ts'

/** The file to write to, then piece after piece, then `null` for the digest. */
export type PartOrder = number | Uint8Array | null

/** `null` for a piece that is written. */
export type PartReply = {readonly digest: string} | {readonly failed: {readonly message: string; readonly code: string | null}} | null

if (parentPort !== null) {
  const port = parentPort
  let hasher: PartHasher | null = null
  const obey = (order: PartOrder): PartReply => {
    if (typeof order === 'number') hasher = new PartHasher(order)
    else if (order !== null) hasher?.take(order)
    else return {digest: hasher?.digest() ?? ''}
    return null
  }
  port.on('message', (order: PartOrder) => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    port.postMessage(answered(() => obey(order)))
  })
}

function answered(work: () => PartReply): PartReply {
  try {
    return work()
  } catch (error) {
    // A thread cannot hand over what makes the system's errors what they are.
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
    return {failed: {message: error instanceof Error ? error.message : String(error), code}}
  }
}

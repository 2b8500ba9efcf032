import {createHash, type Hash} from 'node:crypto'
import {closeSync, constants, openSync, readFileSync} from 'node:fs'
import {createReadStream} from 'node:fs'
import {Transform, type Readable} from 'node:stream'
import {RchError} from '@rch/contract'
import type {SourceFile} from '@rch/contract/source'

/**
 * The content of a snapshot's file, at once: for small files. What is on disk now is compared with the entry, so other bytes are
 * never handed out.
 * @throws RchError `source_changed_during_snapshot`
 */
export function readEntry(place: string, entry: SourceFile): Buffer {
  const fd = openPlace(place, entry)
  try {
    const content = readFileSync(fd)
    if (content.length !== entry.bytes || createHash('sha256').update(content).digest('hex') !== entry.sha256) throw changed(entry)
    return content
  } finally {
    closeSync(fd)
  }
}

/** The content of a snapshot's file as a stream, which ends in an error instead of its end when the bytes are not the entry's. */
export function openEntry(place: string, entry: SourceFile): Readable {
  const source = createReadStream(place, {fd: openPlace(place, entry), highWaterMark: 256 * 1024})
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      read += chunk.length
      hash.update(chunk)
      done(read > entry.bytes ? changed(entry) : null, chunk)
    },
    flush(done) {
      done(read === entry.bytes && hash.digest('hex') === entry.sha256 ? null : changed(entry))
    },
  })
  const hash: Hash = createHash('sha256')
  let read = 0
  source.on('error', (error) => check.destroy(error))
  check.on('close', () => source.destroy())
  return source.pipe(check)
}

function openPlace(place: string, entry: SourceFile): number {
  try {
    return openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw changed(entry, error)
  }
}

function changed(entry: SourceFile, cause?: unknown): RchError {
  return new RchError('source_changed_during_snapshot', `${entry.path} is no longer what the snapshot holds`, {
    data: {paths: entry.path, count: 1},
    cause,
  })
}

import {closeSync, fstatSync, openSync, readSync} from 'node:fs'
import {linesAround, tellingTail, type ContextNeedle} from '../../reports/log-context.ts'

const CHUNK = 1024 * 1024
/** What has to be known before and after the place. */
const AROUND = 64 * 1024

/** The lines of a log file around a failure; empty when it is not in there. Reads in pieces: logs may be larger than memory. */
export function findInLog(file: string, needle: ContextNeedle): readonly string[] {
  const wanted = Buffer.from(needle.text)
  if (wanted.length === 0) return []
  return readLog(file, (descriptor) => {
    const buffer = Buffer.alloc(CHUNK)
    for (let position = 0; ;) {
      const length = readSync(descriptor, buffer, 0, CHUNK, position)
      if (length < wanted.length) return []
      const at = buffer.subarray(0, length).indexOf(wanted)
      if (at >= 0) return around(descriptor, position + at, needle)
      if (length < CHUNK) return []
      position += length - wanted.length + 1
    }
  })
}

/** What the log said last: where a job was when its time ran out. */
export function endOfLog(file: string): readonly string[] {
  return readLog(file, (descriptor) => {
    const {size} = fstatSync(descriptor)
    const start = Math.max(0, size - AROUND)
    const piece = Buffer.alloc(size - start)
    return tellingTail(piece.toString('utf8', 0, readSync(descriptor, piece, 0, piece.length, start)))
  })
}

/** A log that cannot be opened says nothing. */
function readLog(file: string, read: (descriptor: number) => readonly string[]): readonly string[] {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch {
    return []
  }
  try {
    return read(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function around(descriptor: number, at: number, needle: ContextNeedle): readonly string[] {
  const start = Math.max(0, at - AROUND)
  const piece = Buffer.alloc(at - start + AROUND)
  const length = readSync(descriptor, piece, 0, piece.length, start)
  return linesAround(piece.toString('utf8', 0, length), needle)
}

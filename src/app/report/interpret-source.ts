import {closeSync, createReadStream, openSync, readSync, statSync} from 'node:fs'
import {resolve} from 'node:path'
import {RchError} from '@rch/contract'

export interface LogSource {
  /** `-` for standard input. */
  readonly name: string
  /** Null for a stream. */
  readonly bytes: number | null
  readonly chunks: AsyncIterable<Uint8Array>
}

/** A log by path, or standard input; `usage_error` when there is nothing to read. */
export function openLog(file: string | undefined, stdin: NodeJS.ReadStream, cwd: string): LogSource {
  if (file === undefined || file === '-') {
    if (file === undefined && stdin.isTTY)
      throw new RchError('usage_error', 'There is no log to read: standard input is a terminal.', {
        hint: 'Pipe a log in, `xcodebuild … 2>&1 | rch xcode interpret`, or name its file.',
      })
    return {name: '-', bytes: null, chunks: stdin}
  }
  const path = resolve(cwd, file)
  const stat = file === '' ? undefined : statSync(path, {throwIfNoEntry: false})
  if (stat === undefined || stat.isDirectory())
    throw new RchError(
      'usage_error',
      `${file === '' ? 'A file without a name' : file} is ${stat === undefined ? 'not there' : 'a directory, not a log'}.`,
      {
        data: {file},
        hint: stat === undefined ? 'Check the path.' : `Run \`rch xcode report ${file}\` for a sealed set or a run's notebook.`,
      },
    )
  if (stat.isFile() && isBinary(path, file))
    throw new RchError('usage_error', `${file} is no log: it holds binary data.`, {
      data: {file},
      hint: 'Name a file with the text that xcodebuild printed; an .xcactivitylog or a result bundle is none.',
    })
  return {name: file, bytes: stat.size, chunks: createReadStream(path, {highWaterMark: 256 * 1024})}
}

/** Whether the beginning holds a zero byte, which no printed text does. Throws `usage_error` for what may not be read. */
function isBinary(path: string, name: string): boolean {
  const beginning = Buffer.alloc(8192)
  const file = openToRead(path, name)
  try {
    return beginning.subarray(0, readSync(file, beginning)).includes(0)
  } finally {
    closeSync(file)
  }
}

function openToRead(path: string, name: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw new RchError('usage_error', `${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      data: {file: name},
      cause,
      hint: 'Correct who may read it, or pipe it in.',
    })
  }
}

import {createReadStream, statSync} from 'node:fs'
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
  const stat = statSync(path, {throwIfNoEntry: false})
  if (stat === undefined || stat.isDirectory())
    throw new RchError('usage_error', `${file} is ${stat === undefined ? 'not there' : 'a directory, not a log'}.`, {
      data: {file},
      hint: stat === undefined ? 'Check the path.' : `Run \`rch xcode report ${file}\` for a sealed set or a run's notebook.`,
    })
  return {name: file, bytes: stat.size, chunks: createReadStream(path, {highWaterMark: 256 * 1024})}
}

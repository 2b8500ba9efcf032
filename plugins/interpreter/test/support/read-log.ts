import {existsSync, readFileSync} from 'node:fs'
import path from 'node:path'
import type {InterpreterEvent, LogSummary} from '@rch/contract/events'
import {createInterpreter, type InterpreterOptions, summarize} from '@rch/interpreter'
import {sharedData} from '../../../../test/support/shared-data.ts'

const logs = sharedData === undefined ? undefined : path.join(sharedData, 'logs')

/** Directory of real logs, absent outside the place where they are kept. */
export const realLogs: string | undefined = logs !== undefined && existsSync(logs) ? logs : undefined

export interface ExpectedLog {
  readonly file: string
  readonly verdict: string | null
  readonly expect: {
    readonly errors: number
    readonly warnings: number
    readonly error_lines: number
    readonly warning_lines: number
    readonly error_messages: readonly string[]
    readonly passed: number
    readonly passed_distinct?: number
    readonly skipped: number
    readonly failed_tests: readonly string[]
    readonly crashed?: number
    readonly restarts: number
    readonly failed_commands?: number
    readonly command_failures?: readonly string[]
  }
}

export function expectedLogs(directory: string): readonly ExpectedLog[] {
  const lines = readFileSync(path.join(directory, 'index.jsonl'), 'utf8').trim().split('\n')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the index is kept beside the logs and read by tests only
  return lines.map((line) => JSON.parse(line) as ExpectedLog)
}

/** The events of a whole log, given at once or in the chunks that `cuts` makes. */
export function eventsOf(log: string | Uint8Array, options: InterpreterOptions = {}, cuts: readonly number[] = []): InterpreterEvent[] {
  const bytes = typeof log === 'string' ? Buffer.from(log) : log
  const interpreter = createInterpreter(options)
  const events: InterpreterEvent[] = []
  let from = 0
  for (const cut of [...cuts.toSorted((one, other) => one - other), bytes.length]) {
    if (cut <= from) continue
    events.push(...interpreter.push(bytes.subarray(from, cut)))
    from = cut
  }
  events.push(...interpreter.end())
  return events
}

export function summaryOf(log: string | Uint8Array, options: InterpreterOptions = {}): LogSummary {
  return summarize(eventsOf(log, options))
}

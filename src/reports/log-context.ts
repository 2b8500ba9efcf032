import type {FailurePlace, InterpreterEvent} from '@rch/contract/events'

/** Watches a log go by and keeps the lines around what failed first. */
export interface LogContext {
  /** Bytes as they come, before the events that they cause. */
  bytes(chunk: Uint8Array): void
  event(event: InterpreterEvent): void
  lines(): readonly string[]
  /** The last lines that tell something: all there is to show of a log in which nothing failed by name. */
  tail(): readonly string[]
  /** The command line that xcodebuild prints first, as it was given; null where the log does not say. */
  invocation(): string | null
}

/** What to look for: the text of the failure's own line, and the test whose output counts. */
export interface ContextNeedle {
  readonly text: string
  readonly test: string | null
}

const KEPT_BYTES = 256 * 1024
const LINES = 5
const MAX_LINE = 240

/** It stands at the top of the log; a chunk is looked at no further than this. */
const INVOCATION_WITHIN = 4096
const INVOCATION = /(?:^|\n)Command line invocation:\r?\n {4}(\/[\x20-\x7e]{1,2000})\r?\n/

export function createLogContext(): LogContext {
  let recent: Buffer = Buffer.alloc(0)
  let lines: readonly string[] = []
  let rank = 0
  let command: string | null = null

  const consider = (needle: ContextNeedle, wanted: number): void => {
    if (rank >= wanted) return
    const found = linesAround(recent.toString('utf8'), needle)
    if (found.length === 0) return
    lines = found
    rank = wanted
  }

  return {
    bytes(chunk) {
      if (rank === 2) return
      command ??=
        INVOCATION.exec(
          Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, INVOCATION_WITHIN)).toString('latin1'),
        )?.[1] ?? null
      const joined = recent.length === 0 ? Buffer.from(chunk) : Buffer.concat([recent, chunk])
      recent =
        joined.length > 2 * KEPT_BYTES && joined.length > chunk.length + KEPT_BYTES
          ? joined.subarray(joined.length - chunk.length - KEPT_BYTES)
          : joined
    },
    event(event) {
      if (event.type === 'test_case_failed') consider(needleOf(event.failures, event.test.name), 2)
      else if (event.type === 'warning' && event.code === 'command_failed')
        consider({text: `Command ${String(event.data['command'])} failed`, test: ''}, 1)
    },
    lines: () => lines,
    tail: () => tellingTail(recent.toString('utf8')),
    invocation: () => command,
  }
}

export function needleOf(failures: readonly Pick<FailurePlace, 'message' | 'file' | 'line'>[], test: string): ContextNeedle {
  const [first] = failures
  if (first === undefined) return {text: test, test}
  return {text: first.message.split('\n')[0] ?? first.message, test}
}

/**
 * The lines of a piece of log that tell most about a failure: its own line, what the test printed before it, and what follows it. Empty when
 * the failure is not in there.
 */
export function linesAround(log: string, needle: ContextNeedle): readonly string[] {
  if (needle.text === '') return []
  const at = placeOf(log, needle)
  if (at < 0) return []
  const start = Math.max(0, at - 32_768)
  const before = log.slice(start, log.lastIndexOf('\n', at) + 1).split('\n')
  const lineEnd = log.indexOf('\n', at)
  const own = log.slice(log.lastIndexOf('\n', at) + 1, lineEnd < 0 ? undefined : lineEnd)
  const after = lineEnd < 0 ? [] : log.slice(lineEnd + 1, lineEnd + 8192).split('\n')
  const mine: string[] = []
  for (const line of before.toReversed().slice(0, 200)) {
    if (isBoundary(line)) break
    if (isTelling(line)) mine.unshift(line)
  }
  if (isListed(before)) return []
  const next: string[] = []
  for (const line of after.slice(0, 20)) {
    if (isBoundary(line)) break
    if (isTelling(line)) next.push(line)
  }
  // That a test started is known once it has failed.
  const told = isStart(own) ? [] : [own]
  const kept = needle.test === null ? [...told, ...next.slice(0, LINES - 1)] : [...mine.slice(-(LINES - 1)), ...told, ...next]
  // Its own line alone repeats what the report says anyway.
  return kept.length <= told.length ? [] : kept.slice(0, LINES).map(tidy)
}

/** The last lines of a piece of log that tell something. */
export function tellingTail(log: string): readonly string[] {
  return log.split('\n').filter(isTelling).slice(-LINES).map(tidy)
}

/** The first line that names the test as well, else the first at all: many tests fail with the same words. */
function placeOf(log: string, {text, test}: ContextNeedle): number {
  const first = log.indexOf(text)
  if (test === null || test === '') return first
  for (let at = first; at >= 0; at = log.indexOf(text, at + 1)) {
    const start = log.lastIndexOf('\n', at) + 1
    const end = log.indexOf('\n', at)
    if (log.slice(start, end < 0 ? undefined : end).includes(test)) return at
  }
  return first
}

/** The list at the end of a run names what failed and nothing else. */
function isListed(before: readonly string[]): boolean {
  return /^\s*Failing tests:/.test(before.findLast((line) => isBoundary(line)) ?? '')
}

function isStart(line: string): boolean {
  return /^[\s\u200b]*(?:Test [Cc]ase '.*'|◇ Test .*) started\b/u.test(line)
}

/** Where the output of one test or one step ends. */
function isBoundary(line: string): boolean {
  return /^[\s\u200b]*(?:Test (?:Case|case|Suite|suite) '|[◇✔✘➜] (?:Test|Suite)|\*\* |[A-Z]\w+ .*\(in target '|Command line invocation:|Testing started|Failing tests:|Test session results|Result bundle written to path|The following build commands failed)/u.test(
    line,
  )
}

function isTelling(line: string): boolean {
  return (
    /\w/.test(line) &&
    !/^[\s\u200b]*(?:SimDevice:|\} \(|\/\S+$|t =|cd \/|builtin-|export [A-Z_]+|\/Applications\/|\/bin\/sh -c |note: |◇ Passing \d+ arguments? )/.test(
      line,
    ) &&
    !/IDETestOperationsObserverDebug|xcodebuild\[\d+:\d+\]/.test(line)
  )
}

function tidy(line: string): string {
  const text = line.replace(/\r$/, '').replace(/^\u200b/, '')
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE).toWellFormed()}…` : text
}

import type {RunProgress} from '../../app/run/progress.ts'

export interface LineOptions {
  readonly quiet: boolean
  readonly verbose: boolean
  /** Errors, warnings and failed tests, nothing else: what `xcodebuild -quiet` asks for. */
  readonly troubleOnly?: boolean
  /** So many errors and failed tests as they come; the rest is counted, since the verdict and the report have them. Default: all. */
  readonly most?: number
}

/** Writes a run as plain lines, one fact each: what logs, CI and agents read. */
export function linePresenter(write: (line: string) => void, options: LineOptions): (progress: RunProgress) => void {
  let told = 0
  const most = options.verbose ? Infinity : (options.most ?? Infinity)
  const complain = (line: string): void => {
    if (!options.quiet) write(`${clock()} ${line}`)
  }
  const say = options.troubleOnly === true ? () => {} : complain
  return (progress) => {
    switch (progress.type) {
      case 'selecting':
        return say(`select    asking ${progress.workers.join(', ') || 'nobody'}`)
      case 'selected':
        return say(`select    ${progress.worker}${progress.reasons.length > 0 ? ` (${progress.reasons.join('; ')})` : ''}`)
      case 'snapshot_started':
        return undefined
      case 'snapshot_taken':
        return say(`snapshot  ${progress.files} files, ${size(progress.bytes)}, ${progress.hashed} read, ${progress.seconds.toFixed(2)} s`)
      case 'run_started':
        return say(
          `run       ${progress.run_id.slice(0, 12)} attempt ${progress.attempt} on ${progress.worker}${progress.mock ? ' — mock Xcode: nothing is really built' : ''}`,
        )
      case 'queued':
        return say(`queue     position ${progress.position} on ${progress.worker}, waited ${progress.waited_seconds} s`)
      case 'staging':
        return undefined
      case 'staged':
        return say(
          `stage     ${progress.files_sent} files sent, ${size(progress.bytes_sent)} on the wire, ${progress.seconds.toFixed(2)} s`,
        )
      case 'step_started':
        return say(`${progress.action.padEnd(9)} step ${progress.index + 1} of ${progress.steps}, job ${progress.job_id}`)
      case 'event':
        if (isFailure(progress.event)) {
          told += 1
          if (told > most) return told === most + 1 ? complain('failed    more, which the report lists') : undefined
        }
        if (TROUBLE.has(progress.event.type)) return eventLine(progress.event, complain, options.verbose || options.troubleOnly === true)
        return eventLine(progress.event, say, options.verbose)
      case 'log':
      case 'fetching':
        return undefined
      case 'reconnecting':
        return say(`reconnect ${progress.reason} (try ${progress.attempt})`)
      case 'cancelling':
        return say('cancel    asking the worker to stop; waiting for the seal')
      case 'verified':
        return say(`verify    ${progress.job_id} is what was sealed; signature: ${progress.signature}`)
      case 'step_finished':
        return say(`${progress.action.padEnd(9)} ${progress.human_summary}`)
    }
  }
}

/** What is told even to those who asked for quiet. */
const TROUBLE: ReadonlySet<string> = new Set(['diagnostic', 'test_case_failed', 'warning'])

type Event = Extract<RunProgress, {readonly type: 'event'}>['event']

function isFailure(event: Event): boolean {
  return event.type === 'test_case_failed' || (event.type === 'diagnostic' && event.severity === 'error')
}

/** What of an event people want to read even when it has scrolled by: errors, failed tests, warnings of the lane. */
export function eventLine(event: Event, say: (line: string) => void, verbose: boolean): void {
  switch (event.type) {
    case 'materialised':
      return say(`workspace ${event.files_written} files written, ${event.files_kept} kept, ${event.seconds} s`)
    case 'diagnostic':
      if (event.severity === 'error' || (verbose && event.severity === 'warning'))
        say(`${event.severity.padEnd(9)} ${place(event)}${event.message}`)
      return undefined
    case 'test_case_failed':
      for (const failure of event.failures) say(`failed    ${event.test.id} ${place(failure)}${failure.message}`)
      if (event.failures.length === 0) say(`failed    ${event.test.id}${event.crashed ? ' crashed' : ''}`)
      return undefined
    case 'simulator':
      return say(`simulator ${event.state}${event.name === null ? '' : ` ${event.name}`}`)
    case 'warning':
      return say(`warning   ${event.message}`)
    default:
      return undefined
  }
}

function place({file, line, column}: {readonly file: string | null; readonly line: number | null; readonly column: number | null}): string {
  return file === null ? '' : `${file}${line === null ? '' : `:${line}`}${column === null ? '' : `:${column}`}: `
}

/** Bytes for people: three digits and a unit. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  for (const [unit, scale] of [
    ['kB', 1e3],
    ['MB', 1e6],
    ['GB', 1e9],
  ] as const)
    // What would be rounded to four digits belongs to the next unit.
    if (bytes < scale * 999.5) return `${(bytes / scale).toPrecision(3)} ${unit}`
  return `${Math.round(bytes / 1e9)} GB`
}

/** How far an upload is, how fast it goes and how long it will take, as far as that is known. */
export function uploaded({
  bytesDone,
  bytesTotal,
  bytesPerSecond,
  secondsLeft,
}: Extract<RunProgress, {readonly type: 'staging'}>['progress']): string {
  const far = `${size(bytesDone)} of ${size(bytesTotal)}`
  const fast = bytesPerSecond > 0 ? `, ${size(Math.round(bytesPerSecond))}/s` : ''
  return `${far}${fast}${secondsLeft === null ? '' : ` (${Math.ceil(secondsLeft)} s left)`}`
}

/** The time of day that begins a plain line. */
export function clock(): string {
  return new Date().toISOString().slice(11, 19)
}

import type {InterpreterEvent, LogSummary} from '@rch/contract/events'
import {createInterpreter, createSummarizer} from '@rch/interpreter'
import {verdictOf, type VerdictCode} from '../../domain/verdict.ts'
import {createFindingsCollector} from '../../reports/log-findings.ts'
import {failedTests, type Findings} from '../../reports/findings.ts'
import {locateEvent} from '../../reports/locate-failures.ts'
import type {SourcePlaces} from '../../reports/source-places.ts'
import {createLogContext, type LogContext} from '../../reports/log-context.ts'

export interface Interpreted {
  readonly summary: LogSummary
  readonly findings: Findings
  /** What the log implies; null is success, or a log that proves nothing. */
  readonly code: VerdictCode | null
  /** It says that it succeeded, rather than only not that it failed. */
  readonly succeeded: boolean
  /** Lines around what failed first. */
  readonly context: readonly string[]
  /** The command that made the log, where it says so. */
  readonly invocation: string | null
}

export interface InterpretOptions {
  /** Files below it are named relative to it. */
  readonly sourceRoot: string
  /** Where files are that a failure names without their folder; left out, they stay as they were printed. */
  readonly places?: SourcePlaces
  readonly onEvent?: (event: InterpreterEvent) => void
  /** Awaited after each chunk: a slow reader of the output slows the reading down. */
  readonly afterChunk?: () => Promise<void>
}

/** Reads a log as it comes and answers what it said. Memory does not grow with the log. */
export async function interpretLog(chunks: AsyncIterable<Uint8Array>, options: InterpretOptions): Promise<Interpreted> {
  const interpreter = createInterpreter({sourceRoot: options.sourceRoot})
  const summarizer = createSummarizer()
  const collector = createFindingsCollector()
  const context: LogContext = createLogContext()
  const take = (events: readonly InterpreterEvent[]): void => {
    for (const one of events) {
      const event = options.places === undefined ? one : locateEvent(one, options.places)
      summarizer.add(event)
      collector.add(event)
      context.event(event)
      options.onEvent?.(event)
    }
  }
  for await (const chunk of chunks) {
    context.bytes(chunk)
    take(interpreter.push(chunk))
    await options.afterChunk?.()
  }
  take(interpreter.end())
  const summary = summarizer.summary()
  const {error_code: code} = verdictOf(summary, {code: null, signal: null})
  const findings = collector.findings(summary)
  const succeeded = code === null && summary.phases.at(-1)?.outcome === 'succeeded'
  return {
    summary,
    findings,
    code,
    succeeded,
    context: succeeded || namesFailure(findings) ? context.lines() : context.tail(),
    invocation: context.invocation(),
  }
}

function namesFailure({build, tests}: Findings): boolean {
  return build.errors + build.unmarked_failures.length + build.failed_commands.length + failedTests(tests).length > 0
}

import type {BackendExit} from '@rch/contract'
import type {Envelope} from './read-envelope.ts'

/** What is known when a call has ended. */
export interface EndedCall {
  readonly code: number | null
  readonly signal: string | null
  readonly envelope: Envelope | null
  /** The end of what the tool wrote to standard error. */
  readonly complaint: string
  readonly log: {readonly silent: boolean; readonly spoken: boolean}
}

/**
 * What a call's end means. XcodeBuildMCP knows only well or not: the log, which the worker reads, tells why a build or a test failed.
 * What failed between us and xcodebuild is `mcp_error`; an xcodebuild that ended without its last word was killed.
 */
export function concludeCall({code, signal, envelope, complaint, log}: EndedCall): BackendExit {
  if (signal !== null) return {exit_code: null, term_signal: signal, conclusion: null}
  if (envelope === null) return failed(complaint === '' ? `it exited ${code} without an answer` : complaint)
  if (envelope.kind === 'refused') return failed(envelope.problem)
  if (envelope.succeeded) return {exit_code: null, term_signal: null, succeeded: true, conclusion: null}
  const startFault = envelope.raw.find((line) => /\bspawn \S+ E[A-Z]+/.test(line))
  if (log.silent && startFault !== undefined) return failed(startFault)
  if (log.spoken) return {exit_code: null, term_signal: null, succeeded: false, conclusion: null}
  return {
    exit_code: null,
    term_signal: null,
    succeeded: false,
    conclusion: {code: 'backend_crashed', message: 'xcodebuild ended by a signal that XcodeBuildMCP does not tell.'},
  }
}

function failed(problem: string): BackendExit {
  return {
    exit_code: null,
    term_signal: null,
    succeeded: false,
    conclusion: {code: 'mcp_error', message: `XcodeBuildMCP failed: ${problem.slice(0, 500)}`},
  }
}

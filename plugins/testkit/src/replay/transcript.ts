import {readFileSync} from 'node:fs'
import type {WireError} from '@rch/contract'
import {VERB_PAYLOADS, firstProblem} from '@rch/contract/documents'
import {parseStrictJson} from '@rch/contract/json'
import {isVerb, type Verb} from '@rch/contract/protocol'

/** One call as it went over the wire. */
export interface Exchange {
  readonly verb: Verb
  readonly request: Readonly<Record<string, unknown>>
  /** Event lines before the response, as they were. */
  readonly events: readonly string[]
  /** The log, base64. */
  readonly log: string
  readonly answer: RecordedAnswer
}

export type RecordedAnswer =
  | {readonly ok: true; readonly payload: Readonly<Record<string, unknown>>; readonly body: string | null}
  | {readonly ok: false; readonly error: WireError}

/** What a worker was asked and answered. Its file has the head on the first line and one exchange on each further line. */
export interface Transcript {
  /** Members of a verb's request that differ each time and are not compared: `{submit: ['job_request']}`. */
  readonly ignore: Readonly<Record<string, readonly string[]>>
  readonly exchanges: readonly Exchange[]
}

/** The request without the values of forwarded variables, which are never written anywhere. */
export function withoutSecrets(request: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const {env} = request
  if (typeof env !== 'object' || env === null) return request
  return {...request, env: Object.fromEntries(Object.keys(env).map((name) => [name, '']))}
}

export function writeTranscript({ignore, exchanges}: Transcript): string {
  return [{transcript: 1, ignore}, ...exchanges].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** @throws Error naming the line that is no exchange, or whose payloads do not have their verb's schema. */
export function readTranscript(file: string): Transcript {
  const [head = '{}', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const {transcript, ignore} = asRecord(parseStrictJson(head), 1)
  if (transcript !== 1) throw new Error(`${file}:1 is not the head of a transcript: {"transcript":1,…}`)
  return {
    ignore: Object.fromEntries(Object.entries(asRecord(ignore ?? {}, 1)).map(([verb, members]) => [verb, asTexts(members, 1)])),
    exchanges: lines.map((line, index) => asExchange(parseStrictJson(line), index + 2)),
  }
}

function asExchange(value: unknown, line: number): Exchange {
  const {verb, request, events, log, answer} = asRecord(value, line)
  if (!isVerb(verb)) throw new Error(`line ${line}: ${String(verb)} is no verb`)
  const exchange = {
    verb,
    request: asRecord(request, line),
    events: asTexts(events, line),
    log: asText(log, line),
    answer: asAnswer(answer, line),
  }
  const problem =
    firstProblem(VERB_PAYLOADS[verb].request, exchange.request) ??
    (exchange.answer.ok ? firstProblem(VERB_PAYLOADS[verb].response, exchange.answer.payload) : undefined)
  if (problem !== undefined) throw new Error(`line ${line}: the ${verb} does not have its schema: ${problem}`)
  return exchange
}

function asAnswer(value: unknown, line: number): RecordedAnswer {
  const {ok, payload, body, error} = asRecord(value, line)
  if (ok === true) return {ok, payload: asRecord(payload, line), body: body === null ? null : asText(body, line)}
  const {code, error_code, message, retryable, hint, data} = asRecord(error, line)
  return {
    ok: false,
    error: {
      code: asText(code, line),
      error_code: asText(error_code, line),
      message: asText(message, line),
      retryable: retryable === true,
      hint: asText(hint, line),
      data: asRecord(data, line),
    },
  }
}

function asRecord(value: unknown, line: number): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`line ${line}: an object was expected`)
  return {...value}
}

function asText(value: unknown, line: number): string {
  if (typeof value !== 'string') throw new Error(`line ${line}: text was expected`)
  return value
}

function asTexts(value: unknown, line: number): readonly string[] {
  if (!Array.isArray(value)) throw new Error(`line ${line}: a list was expected`)
  return value.map((item) => asText(item, line))
}

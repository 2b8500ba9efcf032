import {RchError} from '@rch/contract'
import {firstProblem, VERB_PAYLOADS} from '@rch/contract/documents'
import {canonicalJson} from '@rch/contract/json'
import type {Verb} from '@rch/contract/protocol'
import {withoutSecrets, type Exchange, type Transcript} from './transcript.ts'

/**
 * The recorded exchange that answers a request: the first of its kind that was not used yet, else the last of its kind, so that
 * polling goes on. `used` holds the indexes that were used. Pure.
 * @throws RchError `protocol_error` when the request does not have its verb's schema, or nothing like it was recorded.
 */
export function replayed(
  transcript: Transcript,
  used: readonly number[],
  verb: Verb,
  payload: Readonly<Record<string, unknown>>,
): {readonly index: number; readonly exchange: Exchange} {
  const problem = firstProblem(VERB_PAYLOADS[verb].request, payload)
  if (problem !== undefined) {
    throw new RchError('protocol_error', `The request of ${verb} does not have its schema: ${problem}`, {data: {verb, problem}})
  }
  const ignored = transcript.ignore[verb] ?? []
  const wanted = comparable(payload, ignored)
  const alike = transcript.exchanges
    .map((exchange, index) => ({exchange, index}))
    .filter(({exchange}) => exchange.verb === verb && comparable(exchange.request, ignored) === wanted)
  const found = alike.find(({index}) => !used.includes(index)) ?? alike.at(-1)
  if (found !== undefined) return found
  const recorded = transcript.exchanges.filter((exchange) => exchange.verb === verb).length
  throw new RchError('protocol_error', `No recorded ${verb} has this request; ${recorded} others were recorded.`, {
    data: {verb, recorded, request: wanted.slice(0, 500)},
    hint: 'Record the call, or name the members that differ each time in the head of the transcript.',
  })
}

function comparable(payload: Readonly<Record<string, unknown>>, ignored: readonly string[]): string {
  return canonicalJson(Object.fromEntries(Object.entries(withoutSecrets(payload)).filter(([name]) => !ignored.includes(name))))
}

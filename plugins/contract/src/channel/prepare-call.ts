import {randomUUID} from 'node:crypto'
import {encodeRequest, type Frames} from '../protocol/encode.ts'
import {isFollowing, isVerb} from '../protocol/verbs.ts'
import type {VerbCall} from '../providers.ts'

/** A call as it goes out: its id and its bytes. */
export interface PreparedCall {
  readonly call: VerbCall
  readonly requestId: string
  readonly frames: Frames
  /** It lasts as long as a job does, and its stderr is the log. */
  readonly following: boolean
}

/** @throws RchError `payload_too_large` when it cannot be sent. */
export function prepareCall(call: VerbCall): PreparedCall {
  const requestId = randomUUID()
  const {verb, payload, protocolVersion} = call
  const frames = encodeRequest({protocol_version: protocolVersion, op: verb, request_id: requestId, payload}, call.body)
  return {call, requestId, frames, following: isVerb(verb) && isFollowing(verb, payload)}
}

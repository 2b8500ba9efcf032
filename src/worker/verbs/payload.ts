import {checkRequestPayload, type VerbRequestPayload} from '@rch/contract/documents'
import type {Verb} from '@rch/contract/protocol'
import type {VerbRequest} from '../context.ts'

/** A request's payload, checked as its verb defines it; `protocol_error` names the field. */
export async function readPayload<V extends Verb>(verb: V, request: Pick<VerbRequest, 'payload'>): Promise<VerbRequestPayload<V>> {
  return checkRequestPayload(verb, request.payload)
}

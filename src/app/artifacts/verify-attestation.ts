import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {RchError, type ErrorCode} from '@rch/contract'
import {readDocument, type Document, type ErrorItem} from '@rch/contract/documents'
import {sha256} from '@rch/contract/identity'
import {sshFingerprint, verifyEnvelopeSignature} from '../../domain/attestation/dsse.ts'
import {errorItem} from '../../domain/error-item.ts'

export type AttestationCheck = Pick<
  Document<'attestation_verification'>,
  'verified' | 'key_fingerprint' | 'pin' | 'pin_source' | 'subject_match' | 'checked_at' | 'errors'
>

export interface AttestationTerms {
  readonly pin: string | null
  readonly pinSource: string | null
  /** An unsigned set is an error: a pin is set, or the profile asks for it. */
  readonly required: boolean
}

/**
 * Who vouches for a set. The signature is checked over exactly the bytes of `attestation.json`, before anything in them is
 * believed; whose key it is, only a pin can say. Never throws for what it finds: the errors are in the answer.
 */
export function verifyAttestation(directory: string, terms: AttestationTerms): AttestationCheck {
  const {pin, pinSource, required} = terms
  const base = {pin, pin_source: pinSource, checked_at: new Date().toISOString()}
  const failed = (code: ErrorCode, fingerprint: string | null, data: Readonly<Record<string, unknown>> = {}): AttestationCheck => ({
    ...base,
    verified: code === 'attestation_missing' ? 'unsigned' : 'invalid',
    key_fingerprint: fingerprint,
    subject_match: 'not_checked',
    errors: [item(code, data)],
  })
  const payload = readFileSync(join(directory, 'attestation.json'))
  const signature = join(directory, 'attestation.sig')
  const statement = readDocument('attestation', payload)
  const manifest = sha256(readFileSync(join(directory, 'manifest.json')))
  if (!statement.subject.some(({name, digest}) => name === 'manifest.json' && digest.sha256 === manifest))
    return {...failed('attestation_subject_mismatch', null, {got: manifest}), subject_match: 'mismatch'}
  if (!existsSync(signature))
    return required || pin !== null
      ? failed('attestation_missing', null)
      : {...base, verified: 'unsigned', key_fingerprint: null, subject_match: 'match', errors: []}
  const envelope = readDocument('dsse_envelope', readFileSync(signature))
  const raw = statement.predicate.worker.attestation_public_key_base64
  if (raw === null || Buffer.from(raw, 'base64').length !== 32) return failed('attestation_key_type', null)
  const key = Buffer.from(raw, 'base64')
  const fingerprint = sshFingerprint(key)
  if (pin !== null && pin !== fingerprint) return failed('attestation_key_mismatch', fingerprint, {got: fingerprint, expected: pin})
  const good =
    Buffer.from(envelope.payload, 'base64').equals(payload) &&
    envelope.signatures.some(({sig}) => verifyEnvelopeSignature(envelope.payloadType, payload, Buffer.from(sig, 'base64'), key))
  if (!good) return failed('attestation_signature_invalid', fingerprint)
  return {...base, verified: 'valid', key_fingerprint: fingerprint, subject_match: 'match', errors: []}
}

function item(code: ErrorCode, data: Readonly<Record<string, unknown>>): ErrorItem {
  return errorItem(new RchError(code, undefined, {data}))
}

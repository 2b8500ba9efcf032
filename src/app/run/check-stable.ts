import {RchError, type Connection, type EffectiveProfile} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import type {Candidate} from './select-worker.ts'

/** Where a profile asks for it: the worker is still what it was when it was chosen. Throws `capabilities_drift`. */
export async function checkStable(
  profile: EffectiveProfile,
  {worker, capabilities}: Candidate,
  connection: Connection,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!profile.trust.require_stable_capabilities_sha256) return
  const {payload} = await connection.call({verb: 'probe', payload: {}, protocolVersion: 0}, signal)
  const now = checkResponsePayload('probe', payload)
  if (now.capabilities_sha256 !== capabilities.capabilities_sha256)
    throw new RchError('capabilities_drift', undefined, {
      data: {worker: worker.name, chosen: capabilities.capabilities_sha256, now: now.capabilities_sha256},
    })
}

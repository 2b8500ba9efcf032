import {existsSync, readFileSync} from 'node:fs'
import {userInfo} from 'node:os'
import {join} from 'node:path'
import type {Capabilities} from '@rch/contract/documents'
import {IDENTIFIER, uuidv7} from '@rch/contract/identity'
import {makeDirectory, writeFileAtomic} from '../infra/files.ts'
import {readAttestationKey} from './attestation-key.ts'
import type {WorkerContext} from './context.ts'

/** The worker's own id, made on first use: what job requests are addressed to. */
export function workerId(context: Pick<WorkerContext, 'config'>): string {
  const {jobs_root} = context.config.roots
  const file = join(jobs_root, 'worker_id')
  if (!existsSync(file)) {
    makeDirectory(jobs_root)
    writeFileAtomic(file, `${uuidv7()}\n`, {durability: 'power'})
  }
  const id = readFileSync(file, 'utf8').trim()
  if (!IDENTIFIER.test(id)) throw new Error(`${file} does not hold a worker id`)
  return id
}

/** Who the worker is, in probe answers and attestations. */
export function workerIdentity(context: Pick<WorkerContext, 'config'>): Capabilities['identity'] {
  const key = readAttestationKey(context.config.identity.attestation_key)
  return {
    worker_id: workerId(context),
    account: userInfo().username,
    host_key_fingerprints: [],
    attestation_key_fingerprint: key?.fingerprint ?? null,
    attestation_public_key_base64: key?.publicKey.toString('base64') ?? null,
  }
}

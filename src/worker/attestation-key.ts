import {createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {dirname} from 'node:path'
import {RchError} from '@rch/contract'
import {PAYLOAD_TYPE, preAuthenticationEncoding, sshFingerprint} from '../domain/attestation/dsse.ts'
import {makeDirectory, writeFileAtomic} from '../infra/files.ts'

/** The key with which a worker vouches for what it sealed. */
export interface AttestationKey {
  readonly privateKey: KeyObject
  /** Raw Ed25519 public key, 32 bytes. */
  readonly publicKey: Buffer
  /** `SHA256:<base64>`, as ssh-keygen prints it for the same key. */
  readonly fingerprint: string
}

/** Reads a PKCS#8 PEM key; `null` when none is configured or made yet. */
export function readAttestationKey(file: string | null): AttestationKey | null {
  if (file === null || !existsSync(file)) return null
  const privateKey = createPrivateKey(readFileSync(file))
  if (privateKey.asymmetricKeyType !== 'ed25519')
    throw new RchError('attestation_key_type', undefined, {data: {file, type: privateKey.asymmetricKeyType}})
  const publicKey = rawPublicKey(createPublicKey(privateKey))
  return {privateKey, publicKey, fingerprint: sshFingerprint(publicKey)}
}

/** Makes the key once; an existing one is kept. */
export function ensureAttestationKey(file: string): AttestationKey {
  if (!existsSync(file)) {
    makeDirectory(dirname(file))
    writeFileAtomic(file, generateKeyPairSync('ed25519').privateKey.export({type: 'pkcs8', format: 'pem'}), {
      mode: 0o600,
      durability: 'power',
    })
  }
  const key = readAttestationKey(file)
  if (key === null) throw new RchError('attestation_key_type', undefined, {data: {file}})
  return key
}

/** A DSSE envelope whose payload is exactly these bytes. */
export function signEnvelope(payload: Uint8Array, key: AttestationKey) {
  const sig = sign(null, preAuthenticationEncoding(PAYLOAD_TYPE, payload), key.privateKey)
  return {
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{keyid: key.fingerprint, sig: sig.toString('base64')}],
  }
}

function rawPublicKey(key: KeyObject): Buffer {
  const {x} = key.export({format: 'jwk'})
  if (x === undefined) throw new RchError('attestation_key_type')
  return Buffer.from(x, 'base64url')
}

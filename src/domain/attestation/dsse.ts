import {createHash, createPublicKey, verify} from 'node:crypto'

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json' as const

/** DSSE's PAE: lengths in bytes, so that no two pairs of type and payload share an encoding. */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType)
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload])
}

/** The fingerprint OpenSSH gives an Ed25519 public key. */
export function sshFingerprint(raw: Uint8Array): string {
  const name = Buffer.from('ssh-ed25519')
  const length = (bytes: Uint8Array): Buffer => {
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32BE(bytes.length)
    return prefix
  }
  const blob = Buffer.concat([length(name), name, length(raw), raw])
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** Whether `signature` is the raw Ed25519 key's over exactly these bytes. A key of another type never gets here: it is made from 32 bytes. */
export function verifyEnvelopeSignature(
  payloadType: string,
  payload: Uint8Array,
  signature: Uint8Array,
  rawPublicKey: Uint8Array,
): boolean {
  const key = createPublicKey({key: {kty: 'OKP', crv: 'Ed25519', x: Buffer.from(rawPublicKey).toString('base64url')}, format: 'jwk'})
  return key.asymmetricKeyType === 'ed25519' && verify(null, preAuthenticationEncoding(payloadType, payload), key, signature)
}

import {createHash} from 'node:crypto'

/** A host key as it was shown. */
export interface HostKey {
  /** `ssh-ed25519`, … */
  readonly type: string
  /** `SHA256:…` as OpenSSH prints it. */
  readonly fingerprint: string
}

/** @param blob the public key in SSH's wire form; it begins with its own type. */
export function hostKeyOf(blob: Buffer): HostKey {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0)
  const type = length > 0 && length <= 64 ? blob.subarray(4, 4 + length).toString('latin1') : 'unknown'
  return {type, fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`}
}

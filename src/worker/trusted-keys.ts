import {sshFingerprint} from '../domain/attestation/dsse.ts'

/** The raw Ed25519 key of a fingerprint among `ssh-ed25519 AAAA… comment` lines; `null` when it is not trusted. */
export function trustedKey(lines: readonly string[], fingerprint: string): Buffer | null {
  for (const line of lines) {
    const [type, blob] = line.trim().split(/\s+/)
    if (type !== 'ssh-ed25519' || blob === undefined) continue
    const raw = Buffer.from(blob, 'base64').subarray(-32)
    if (raw.length === 32 && sshFingerprint(raw) === fingerprint) return raw
  }
  return null
}

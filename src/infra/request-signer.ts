import {readFileSync} from 'node:fs'
import {RchError} from '@rch/contract'
import {signatureBytes} from '@rch/contract/identity'
import {sshFingerprint} from '../domain/attestation/dsse.ts'

export interface RequestSignature {
  readonly algorithm: 'ed25519'
  /** SSH fingerprint of the key, as the worker's operator knows it. */
  readonly key_id: string
  readonly signature_base64: string
}

/**
 * Signs a job request's digest with an OpenSSH Ed25519 key without a passphrase. Throws `config_invalid` for a key that is
 * missing, of another type, or locked.
 */
export async function signRequest(keyFile: string, jobRequestSha256: string): Promise<RequestSignature> {
  // Loaded only here: it knows OpenSSH's key format, which Node does not, and costs more than a whole command.
  const {default: ssh2} = await import('ssh2')
  const key = ssh2.utils.parseKey(read(keyFile))
  if (key instanceof Error) throw unusable(keyFile, key.message)
  const [one] = Array.isArray(key) ? key : [key]
  if (one === undefined || one.type !== 'ssh-ed25519') throw unusable(keyFile, `it is of type ${one?.type ?? 'unknown'}, not ssh-ed25519`)
  const signature = one.sign(signatureBytes(jobRequestSha256))
  if (signature instanceof Error) throw unusable(keyFile, signature.message)
  return {algorithm: 'ed25519', key_id: sshFingerprint(one.getPublicSSH().subarray(-32)), signature_base64: signature.toString('base64')}
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw unusable(file, error instanceof Error ? error.message : String(error))
  }
}

function unusable(file: string, problem: string): RchError {
  return new RchError('config_invalid', `request_signing_key ${file} cannot be used: ${problem}`, {
    data: {file, problem},
    hint: `ssh-keygen -t ed25519 -N '' -f ${file}, and put its .pub line into [trust] trusted_keys of worker.toml.`,
  })
}

import {readFileSync, statSync} from 'node:fs'
import {isRchError, RchError} from '@rch/contract'
import type {SshTarget} from './target.ts'

export interface KeyFile {
  readonly path: string
  readonly content: string
  /** `encrypted` and `hardware` keys need the system's client and its agent. */
  readonly kind: 'plain' | 'encrypted' | 'hardware'
}

/**
 * The key's file, looked at before anything is sent: OpenSSH ignores a key that others can read, and each try without a good key
 * counts against this address. `null` when no key is named. Throws `ssh_key_permissions` or `ssh_auth_failed`.
 */
export function readKeyFile({keyPath, worker}: Pick<SshTarget, 'keyPath' | 'worker'>): KeyFile | null {
  if (keyPath === null) return null
  try {
    const mode = statSync(keyPath).mode & 0o777
    if ((mode & 0o077) !== 0) {
      throw new RchError('ssh_key_permissions', undefined, {data: {key: keyPath, mode: mode.toString(8).padStart(4, '0'), worker}})
    }
    const content = readFileSync(keyPath, 'utf8')
    return {path: keyPath, content, kind: kindOf(content)}
  } catch (error) {
    if (isRchError(error)) throw error
    const problem = error instanceof Error ? error.message : String(error)
    throw new RchError('ssh_auth_failed', `The key of the worker ${worker} cannot be read: ${problem}`, {
      data: {worker, key: keyPath},
      hint: `Correct run_key of the worker "${worker}" in workers.toml, or make the key: ssh-keygen -t ed25519 -N '' -f ${keyPath}`,
      cause: error,
    })
  }
}

function kindOf(content: string): KeyFile['kind'] {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(content)?.[1]
  if (body === undefined) return /^Proc-Type: 4,ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(content) ? 'encrypted' : 'plain'
  const bytes = Buffer.from(body, 'base64').toString('latin1')
  // openssh-key-v1: magic, then the cipher's name; the public key, with its type, stands in the clear.
  if (/^openssh-key-v1\0\0\0\0.(?!none)/s.test(bytes)) return 'encrypted'
  return /\0\0\0.sk-(?:ssh|ecdsa)-/s.test(bytes) ? 'hardware' : 'plain'
}

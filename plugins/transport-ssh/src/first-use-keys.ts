import {linkSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {randomUUID} from 'node:crypto'
import {RchError} from '@rch/contract'
import {parseStrictJson} from '@rch/contract/json'
import type {HostKey} from './host-key.ts'
import type {SshTarget} from './target.ts'

/** Host keys that were accepted because they were the first, one file per address and port. */
export class FirstUseKeys {
  readonly path: string
  readonly #dir: string
  readonly #address: {readonly host: string; readonly port: number}

  constructor(stateDir: string, {host, port}: Pick<SshTarget, 'host' | 'port'>) {
    this.#dir = join(stateDir, 'host-keys')
    this.#address = {host, port}
    this.path = join(this.#dir, `${host.toLowerCase().replaceAll(':', '_')}-${port}.json`)
  }

  /** @throws RchError `ssh_host_key_untrusted` when the file is there and unreadable: a lost key is not a first contact. */
  read(): HostKey | null {
    let text: Buffer
    try {
      text = readFileSync(this.path)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw this.#damaged(error)
    }
    try {
      const value = parseStrictJson(text)
      if (isStored(value)) return {type: value.key_type, fingerprint: value.host_key_fingerprint}
    } catch (error) {
      throw this.#damaged(error)
    }
    throw this.#damaged('it has another shape')
  }

  /** Keeps the key unless another process just kept one; answers what is kept. */
  keep({type, fingerprint}: HostKey): HostKey {
    mkdirSync(this.#dir, {recursive: true, mode: 0o700})
    const temporary = join(this.#dir, `.${randomUUID()}`)
    const record = {
      schema_version: '1.0.0',
      ...this.#address,
      key_type: type,
      host_key_fingerprint: fingerprint,
      first_seen: new Date().toISOString(),
    }
    writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, {mode: 0o600, flag: 'wx'})
    try {
      linkSync(temporary, this.path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    } finally {
      rmSync(temporary, {force: true})
    }
    return this.read() ?? {type, fingerprint}
  }

  #damaged(cause: unknown): RchError {
    const problem = cause instanceof Error ? cause.message : String(cause)
    return new RchError('ssh_host_key_untrusted', `The stored host key of ${this.#address.host} cannot be read: ${problem}`, {
      data: {stored_in: this.path},
      hint: `Look at ${this.path}; delete it to accept the key anew, or pin the key in workers.toml.`,
      cause,
    })
  }
}

function isStored(value: unknown): value is {readonly key_type: string; readonly host_key_fingerprint: string} {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key_type' in value &&
    typeof value.key_type === 'string' &&
    'host_key_fingerprint' in value &&
    typeof value.host_key_fingerprint === 'string'
  )
}

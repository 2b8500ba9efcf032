import {RchError, type PeerIdentity, type TransportOptions} from '@rch/contract'
import {FirstUseKeys} from './first-use-keys.ts'
import type {HostKey} from './host-key.ts'
import type {SshTarget} from './target.ts'

type JudgeOptions = Pick<TransportOptions, 'interactive' | 'requirePinnedHostKey' | 'stateDir' | 'notice'>

/**
 * Decides about the host keys that a worker shows: a pin must match; without one, the key that was stored at the first use must
 * match; a first key is stored only where somebody can see it, or where the worker's entry allows it.
 */
export class HostKeyJudge {
  readonly #target: SshTarget
  readonly #options: JudgeOptions
  readonly #firstUse: FirstUseKeys
  #peer: PeerIdentity = {host_key_fingerprint: null, verified: 'first_use'}

  constructor(target: SshTarget, options: JudgeOptions) {
    this.#target = target
    this.#options = options
    this.#firstUse = new FirstUseKeys(options.stateDir, target)
  }

  /** Who was accepted last. */
  get peer(): PeerIdentity {
    return this.#peer
  }

  /** The only key that will be accepted; `null` when the next one would be the first. */
  expected(): HostKey | null {
    if (this.#target.pin !== null) return {type: 'any', fingerprint: this.#target.pin}
    return this.#options.requirePinnedHostKey ? null : this.#firstUse.read()
  }

  /** @throws RchError `ssh_host_key_untrusted` or `unpinned_worker_disallowed`. */
  accept(shown: HostKey): void {
    const {worker, pin, acceptFirstKey} = this.#target
    const {interactive, requirePinnedHostKey} = this.#options
    if (pin !== null) {
      this.#mustBe(shown, pin)
      this.#peer = {host_key_fingerprint: shown.fingerprint, verified: 'pinned'}
      return
    }
    const line = `host_key_fingerprint = "${shown.fingerprint}"`
    const data = {worker, line, got: shown.fingerprint, key_type: shown.type}
    if (requirePinnedHostKey) throw new RchError('unpinned_worker_disallowed', undefined, {data})
    const stored = this.#firstUse.read()
    if (stored === null && !interactive && !acceptFirstKey) throw new RchError('unpinned_worker_disallowed', undefined, {data})
    this.#mustBe(shown, (stored ?? this.#store(shown, line)).fingerprint)
    this.#peer = {host_key_fingerprint: shown.fingerprint, verified: 'first_use'}
  }

  /** The system's client has checked a certificate against `host_key_ca`. */
  acceptCertificate(shown: HostKey | null): void {
    this.#peer = {host_key_fingerprint: shown?.fingerprint ?? null, verified: 'ca'}
  }

  #store(shown: HostKey, line: string): HostKey {
    const {worker} = this.#target
    const kept = this.#firstUse.keep(shown)
    this.#options.notice(
      `First contact with ${worker}: its ${shown.type} host key is stored. To pin it, add to its entry in workers.toml: ${line}`,
    )
    return kept
  }

  #mustBe(shown: HostKey, expected: string): void {
    if (shown.fingerprint === expected) return
    const {worker, pin} = this.#target
    const data = {worker, got: shown.fingerprint, expected, key_type: shown.type}
    if (pin !== null) throw new RchError('ssh_host_key_untrusted', undefined, {data})
    throw new RchError(
      'ssh_host_key_untrusted',
      `The worker ${worker} shows the host key ${shown.fingerprint}; at the first contact it was ${expected}.`,
      {
        data: {...data, stored_in: this.#firstUse.path},
        hint: `If the change is real, delete ${this.#firstUse.path} or pin the new key in workers.toml.`,
      },
    )
  }
}

import {isIP} from 'node:net'
import {userInfo} from 'node:os'
import {RchError, type TransportOptions, type WorkerEntry} from '@rch/contract'

/** Whom to reach, with every name checked: these may stand on a command line or in a generated configuration. */
export interface SshTarget {
  readonly worker: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** The private key's file; `null` to take what the agent offers. */
  readonly keyPath: string | null
  /** The pinned fingerprint, `SHA256:…`. */
  readonly pin: string | null
  readonly hostKeyCa: string | null
  readonly acceptFirstKey: boolean
  readonly jump: JumpHost | null
}

export interface JumpHost {
  readonly user: string | null
  readonly host: string
  readonly port: number
}

const USER = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/
const PIN = /^SHA256:[A-Za-z0-9+/]{43}$/

/** @throws RchError `config_invalid` naming the worker and the key of its entry. */
export function sshTarget(worker: WorkerEntry, {role}: Pick<TransportOptions, 'role'>): SshTarget {
  if (worker.host === null) throw invalid(worker, 'host', worker.host, 'the name or address of the worker')
  const keys = {run: worker.run_key, stage: worker.stage_key ?? worker.run_key, fetch: worker.fetch_key ?? worker.run_key}
  return {
    worker: worker.name,
    host: hostName(worker, 'host', worker.host),
    port: portNumber(worker, 'port', worker.port),
    user: userName(worker, 'user', worker.user ?? userInfo().username),
    keyPath: keys[role],
    pin: pinned(worker),
    hostKeyCa: worker.host_key_ca,
    acceptFirstKey: worker.accept_first_key,
    jump: worker.jump === null ? null : jumpHost(worker, worker.jump),
  }
}

function jumpHost(worker: WorkerEntry, jump: string): JumpHost {
  const {user, host, port} = /^(?:(?<user>[^@]+)@)?(?<host>\[[^\]]+\]|[^:]+)(?::(?<port>\d+))?$/.exec(jump)?.groups ?? {}
  if (host === undefined) throw invalid(worker, 'jump', jump, 'user@host or user@host:port')
  return {
    user: user === undefined ? null : userName(worker, 'jump', user),
    host: hostName(worker, 'jump', host.replace(/^\[(.*)\]$/, '$1')),
    port: portNumber(worker, 'jump', port === undefined ? 22 : Number(port)),
  }
}

function hostName(worker: WorkerEntry, key: string, host: string): string {
  if (isIP(host) === 0 && !(HOST.test(host) && host.length <= 253)) throw invalid(worker, key, host, 'a host name or an address')
  return host
}

function userName(worker: WorkerEntry, key: string, user: string): string {
  if (!USER.test(user)) throw invalid(worker, key, user, 'a user name of letters, digits, dots, - and _')
  return user
}

function portNumber(worker: WorkerEntry, key: string, port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid(worker, key, port, 'a port from 1 to 65535')
  return port
}

function pinned(worker: WorkerEntry): string | null {
  const pin = worker.host_key_fingerprint?.trim().replace(/=+$/, '') ?? null
  if (pin !== null && !PIN.test(pin)) throw invalid(worker, 'host_key_fingerprint', pin, 'SHA256: and 43 characters of base64')
  return pin
}

function invalid(worker: WorkerEntry, key: string, got: unknown, expected: string): RchError {
  const problem = `${key} of the worker "${worker.name}" is ${JSON.stringify(got)}; expected ${expected}`
  return new RchError('config_invalid', undefined, {
    data: {file: 'workers.toml', problem, worker: worker.name, key},
    hint: `Correct ${key} in workers.toml, then run \`rch xcode workers probe ${worker.name}\`.`,
  })
}

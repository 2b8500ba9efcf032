import {isAbsolute} from 'node:path'
import {RchError} from '@rch/contract'

/** `[providers.ssh]` of config.toml. */
export interface SshSettings {
  /**
   * `auto` takes ssh2 in process, and the system's client where ssh2 cannot do it and, if there is one, for much at once; `ssh2`
   * leaves the latter out.
   */
  readonly connector: 'auto' | 'ssh2' | 'system'
  /** The system's client. */
  readonly program: string
  /** Where the host keys of jump hosts stand, as OpenSSH keeps them; `null` for `~/.ssh/known_hosts`. */
  readonly jump_known_hosts: string | null
  /** The key for jump hosts; `null` for the worker's own. */
  readonly jump_key: string | null
}

/** @throws RchError `config_invalid` naming the key. */
export function sshSettings(settings: unknown): SshSettings {
  const {connector = 'auto', program = 'ssh', jump_known_hosts = null, jump_key = null, ...unknown} = asTable(settings)
  const [stray] = Object.keys(unknown)
  if (stray !== undefined) throw invalid(`${stray} is not a setting; they are connector, program, jump_known_hosts, jump_key`)
  if (connector !== 'auto' && connector !== 'ssh2' && connector !== 'system')
    throw invalid(`connector is ${JSON.stringify(connector)}; expected "auto", "ssh2" or "system"`)
  if (typeof program !== 'string' || program === '') throw invalid('program is not a path or name')
  return {connector, program, jump_known_hosts: asPath(jump_known_hosts, 'jump_known_hosts'), jump_key: asPath(jump_key, 'jump_key')}
}

function asTable(settings: unknown): Readonly<Record<string, unknown>> {
  if (settings === undefined || settings === null) return {}
  if (typeof settings !== 'object' || Array.isArray(settings)) throw invalid('it is not a table')
  return {...settings}
}

function asPath(value: unknown, name: string): string | null {
  if (value === null) return null
  if (typeof value !== 'string' || !isAbsolute(value)) throw invalid(`${name} is not an absolute path`)
  return value
}

function invalid(problem: string): RchError {
  return new RchError('config_invalid', undefined, {data: {file: '[providers.ssh]', problem}})
}

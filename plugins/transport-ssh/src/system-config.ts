import {RchError} from '@rch/contract'
import type {SshSettings} from './settings.ts'
import type {SshTarget} from './target.ts'

export interface SystemConfigInput {
  readonly target: SshTarget
  readonly settings: SshSettings
  /** A private directory, 0700. */
  readonly dir: string
  readonly connectTimeoutSeconds: number
  /** The user's own known_hosts, for jump hosts. */
  readonly userKnownHosts: string
}

/** The name under which the configuration knows the jump host; no host may be called so. */
const JUMP_ALIAS = 'rch-jump-host'

/** The only configuration that the system's client reads: nothing of the user's or the machine's has a say. Pure. */
export function systemConfig(input: SystemConfigInput): string {
  const {target, settings, dir, connectTimeoutSeconds} = input
  const common = [
    'BatchMode yes',
    'StrictHostKeyChecking yes',
    'GlobalKnownHostsFile /dev/null',
    'UpdateHostKeys no',
    'VerifyHostKeyDNS no',
    'CheckHostIP no',
    'CanonicalizeHostname no',
    'PreferredAuthentications publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'ForwardAgent no',
    'ForwardX11 no',
    'PermitLocalCommand no',
    'RequestTTY no',
    'EscapeChar none',
    `ConnectTimeout ${connectTimeoutSeconds}`,
    'ConnectionAttempts 1',
    'ServerAliveInterval 5',
    'ServerAliveCountMax 3',
    'Ciphers ^aes128-gcm@openssh.com',
    'LogLevel ERROR',
  ]
  const jump = target.jump
  const jumpKey = settings.jump_key ?? target.keyPath
  const jumpBlock =
    jump === null
      ? []
      : [
          `Host ${JUMP_ALIAS}`,
          `HostName ${jump.host}`,
          `Port ${jump.port}`,
          ...(jump.user === null ? [] : [`User ${jump.user}`]),
          `UserKnownHostsFile ${quoted(settings.jump_known_hosts ?? input.userKnownHosts)}`,
          `HostKeyAlias ${jump.port === 22 ? jump.host : `[${jump.host}]:${jump.port}`}`,
          ...identity(jumpKey),
          'ProxyCommand none',
        ]
  const workerBlock = [
    'Host *',
    `Port ${target.port}`,
    ...identity(target.keyPath),
    `UserKnownHostsFile ${quoted(`${dir}/known_hosts`)}`,
    // Asked for each key the server shows: notes it, and answers with it when it is the one that is expected.
    `KnownHostsCommand /bin/sh ${quoted(`${dir}/known-hosts.sh`)} %I %H %t %K %f`,
    'ClearAllForwardings yes',
    jump === null ? 'ProxyCommand none' : `ProxyJump ${JUMP_ALIAS}`,
    `ControlPath ${quoted(`${dir}/c`)}`,
    'ControlPersist no',
  ]
  // The first value of a keyword wins, so the jump host's block comes first, and its KnownHostsCommand is none.
  const lines = jumpBlock.length === 0 ? workerBlock : [...jumpBlock, 'KnownHostsCommand none', 'ControlPath none', ...workerBlock]
  return `${[...lines, ...common].join('\n')}\n`
}

/** known_hosts of a worker with a CA: `@`-lines (such as `@revoked`) stay as they are, keys become authorities for every name. */
export function authorityLines(file: string): string {
  const lines = file.split('\n').map((line) => line.trim())
  const marked = lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => (line.startsWith('@') ? line : `@cert-authority * ${line}`))
  return marked.map((line) => `${line}\n`).join('')
}

/** The program behind KnownHostsCommand. `expected` is a fingerprint, or `null` to accept none. */
export function knownHostsScript(dir: string, expected: string | null): string {
  return `#!/bin/sh
case "$1" in HOSTNAME|ADDRESS) ;; *) exit 0 ;; esac
printf '%s %s %s\\n' "$3" "$5" "$4" > ${shellQuoted(`${dir}/shown`)}.$$ && mv ${shellQuoted(`${dir}/shown`)}.$$ ${shellQuoted(`${dir}/shown`)}
[ "$5" = ${shellQuoted(expected ?? 'none')} ] && printf '%s %s %s\\n' "$2" "$3" "$4"
exit 0
`
}

function identity(path: string | null): readonly string[] {
  return path === null ? ['IdentitiesOnly no'] : ['IdentitiesOnly yes', `IdentityFile ${quoted(path)}`]
}

/** One word of ssh_config: quoted, with `%` doubled because it begins a token. */
function quoted(path: string): string {
  if (/["\\\n\r]/.test(path)) {
    throw new RchError('config_invalid', undefined, {
      data: {
        file: 'workers.toml',
        problem: `the path ${JSON.stringify(path)} cannot stand in a configuration of ssh; expected one without quotes and backslashes`,
      },
    })
  }
  return `"${path.replaceAll('%', '%%')}"`
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

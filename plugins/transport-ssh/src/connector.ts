import type {TransportOptions} from '@rch/contract'
import type {ChannelSource} from '@rch/contract/channel'
import type {HostKeyJudge} from './host-key-judge.ts'
import type {KeyFile} from './key-file.ts'
import type {SshSettings} from './settings.ts'
import type {SshTarget} from './target.ts'

/** What both connectors get. */
export interface ConnectorInput {
  readonly target: SshTarget
  readonly key: KeyFile | null
  readonly judge: HostKeyJudge
  readonly options: TransportOptions
  readonly settings: SshSettings
}

/** What both give. */
export interface SshPool {
  readonly source: ChannelSource
  /** Where the connector can tell better than by the time of a call. */
  readonly roundTripMs?: () => number
}

/** ssh2 knows no host certificates, no jump hosts, no hardware keys, and asks for no passphrase. */
export function needsSystemClient(connector: SshSettings['connector'], target: SshTarget, key: KeyFile | null): boolean {
  if (connector === 'system' || target.jump !== null || target.hostKeyCa !== null) return true
  return key === null || key.kind !== 'plain'
}

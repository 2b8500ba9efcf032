import type {Connection, Transport} from '@rch/contract'
import {connectionOver} from '@rch/contract/channel'
import {withBulk} from './bulk-connection.ts'
import {needsSystemClient, type SshPool} from './connector.ts'
import {HostKeyJudge} from './host-key-judge.ts'
import {readKeyFile} from './key-file.ts'
import {sshSettings} from './settings.ts'
import {openSsh2Pool} from './ssh2-pool.ts'
import {openSystemClient} from './system-client.ts'
import {sshTarget} from './target.ts'

/**
 * The transport to a worker behind sshd. `open` connects, checks the host key and authenticates, so that every way in which that
 * can fail is told there.
 * @param settings `[providers.ssh]`. @throws RchError `config_invalid`.
 */
export function createSshTransport(settings: unknown): Transport {
  const parsed = sshSettings(settings)
  return {
    id: 'ssh',
    open: async (worker, options, signal) => {
      const target = sshTarget(worker, options)
      const key = readKeyFile(target)
      const judge = new HostKeyJudge(target, options)
      const input = {target, key, judge, options, settings: parsed}
      const over = ({source, ...told}: SshPool): Connection => connectionOver(source, {...told, peer: () => judge.peer})
      if (needsSystemClient(parsed.connector, target, key)) return over(await openSystemClient(input, signal))
      const first = over(await openSsh2Pool(input, signal))
      if (parsed.connector === 'ssh2') return first
      // Whoever is asked to wait or to look has been asked by now.
      const quiet = {...input, options: {...options, notice: () => {}}}
      return withBulk(first, async () => over(await openSystemClient(quiet)))
    },
  }
}

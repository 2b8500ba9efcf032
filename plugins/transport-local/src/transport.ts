import type {Transport} from '@rch/contract'
import {connectionOver} from '@rch/contract/channel'
import {harnessCommand} from './harness-command.ts'
import {spawnHarness} from './spawn-harness.ts'

/**
 * The transport to a worker on this machine: the harness is a child process and its stdio the channel.
 * @param settings `{command?: string[]}`, the harness's program and first words. @throws RchError `config_invalid`.
 */
export function createLocalTransport(settings: unknown): Transport {
  const command = harnessCommand(settings, process.env)
  return {
    id: 'local',
    open: async (worker, options) =>
      connectionOver(spawnHarness({command, worker: worker.name, role: options.role, configFile: worker.worker_config}), {
        peer: () => ({host_key_fingerprint: null, verified: 'local'}),
        roundTripMs: () => 0,
      }),
  }
}

import {homedir, hostname} from 'node:os'
import {isAbsolute, join, resolve} from 'node:path'
import {RchError} from '@rch/contract'
import {withPlaces} from '../domain/config/load-config.ts'
import {readWorkerSettings, type WorkerSettings} from '../domain/config/worker-config.ts'
import {configDirectory, readConfig, type Environment} from './config-files.ts'

/**
 * The worker's configuration: the file named, else `worker.toml` in the configuration directory, else defaults. Throws
 * `config_invalid`, `invalid_worker_roots`.
 */
export function loadWorkerConfig(named: string | undefined, env: Environment = process.env): WorkerSettings {
  const path = named === undefined ? join(configDirectory(env, null), 'worker.toml') : resolve(named)
  const file = readConfig(path)
  if (file === null && named !== undefined) {
    throw new RchError('config_invalid', undefined, {data: {file: path, problem: 'there is no such file'}})
  }
  const xdg = env['XDG_DATA_HOME']
  const data = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local/share')
  return withPlaces([file], () =>
    readWorkerSettings(file, {home: homedir(), hostname: hostname(), dataDirectory: join(data, 'rch-worker')}),
  )
}

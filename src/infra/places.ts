import {homedir} from 'node:os'
import {isAbsolute, join} from 'node:path'
import {configDirectory, type Environment} from './config-files.ts'

/** Where the lane keeps things on the host. Everything below is made when it is first written. */
export interface Places {
  readonly config: string
  /** Results that people come back to. */
  readonly artifacts: string
  /** What can be made again: probes, digests. */
  readonly cache: string
  /** What must not be lost and is not a result: host id, first-use keys. */
  readonly state: string
  repository(repoKey: string): RepositoryPlaces
}

export interface RepositoryPlaces {
  readonly root: string
  job(jobId: string): string
  run(runId: string): string
  attempt(runId: string, attempt: number): string
  refusal(requestId: string): string
  readonly snapshotCache: string
}

export function placesOf(env: Environment, configDir: string | null): Places {
  const data = join(xdg(env, 'XDG_DATA_HOME', '.local/share'), 'rch')
  const artifacts = join(data, 'artifacts')
  const cache = join(xdg(env, 'XDG_CACHE_HOME', '.cache'), 'rch')
  return {
    config: configDirectory(env, configDir),
    artifacts,
    cache,
    state: join(xdg(env, 'XDG_STATE_HOME', '.local/state'), 'rch'),
    repository: (repoKey) => {
      const root = join(artifacts, 'repos', repoKey)
      return {
        root,
        job: (jobId) => join(root, 'jobs', jobId),
        run: (runId) => join(root, 'runs', runId),
        attempt: (runId, attempt) => join(root, 'runs', runId, `attempt-${attempt}`),
        refusal: (requestId) => join(root, 'refusals', requestId),
        snapshotCache: join(cache, 'snapshots', repoKey),
      }
    },
  }
}

function xdg(env: Environment, name: string, otherwise: string): string {
  const value = env[name]
  return value !== undefined && isAbsolute(value) ? value : join(homedir(), otherwise)
}

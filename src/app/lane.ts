import {existsSync} from 'node:fs'
import type {Connection, EffectiveProfile, ProviderKind, ProviderOf, TransportOptions, WorkerEntry} from '@rch/contract'
import {RchError} from '@rch/contract'
import {loadConfig, loadWorkers, type EffectiveConfig, type OverrideFlags} from '../domain/config/index.ts'
import {EMBEDDED} from '../domain/embedded-name.ts'
import {nearest} from '../domain/config/nearest.ts'
import {readConfigFiles, type ConfigFiles, type Environment} from '../infra/config-files.ts'
import {hostId} from '../infra/host-identity.ts'
import {LeaseBook} from './lease-book.ts'
import {placesOf, type Places, type RepositoryPlaces} from '../infra/places.ts'
import {findRepository, type Repository} from '../infra/repository.ts'

/** Where use cases get their providers from: by kind and id, loaded when asked for. */
export interface ProviderSource {
  load<K extends ProviderKind>(
    kind: K,
    id: string,
  ): Promise<{readonly provider: ProviderOf[K]; readonly plugin: string; readonly version: string}>
  /** Everything that installed plugins announce. */
  listAll(): Promise<
    readonly {
      readonly kind: ProviderKind
      readonly id: string
      readonly summary: string
      readonly plugin: string
      readonly version: string
      readonly root: string
    }[]
  >
  /** What is wrong with what installed plugins announce: each as the error that using it would end with. */
  problems(): Promise<readonly RchError[]>
}

/** What every use case of a repository works with. */
export interface Lane {
  readonly cwd: string
  readonly env: Environment
  readonly repository: Repository
  readonly places: Places
  readonly leases: LeaseBook
  readonly repo: RepositoryPlaces
  readonly files: ConfigFiles
  readonly workers: readonly WorkerEntry[]
  readonly hostId: string
  readonly providers: ProviderSource
  readonly interactive: boolean
  /** One line for the user that is no progress: a first host key, a retry. */
  readonly notice: (message: string) => void
  /** Called with the name of each worker that is asked something. */
  readonly asking?: (worker: string) => void
}

export interface LaneOptions {
  readonly cwd: string
  readonly env: Environment
  readonly configDir: string | null
  readonly providers: (host: {readonly settingsOf: (id: string) => unknown}) => ProviderSource
  readonly interactive: boolean
  readonly notice: (message: string) => void
  readonly asking?: (worker: string) => void
}

/** Finds the repository, reads what configuration there is, and nothing more. */
export async function openLane(options: LaneOptions): Promise<Lane> {
  const {cwd, env, configDir, interactive, notice} = options
  const repository = await findRepository(cwd)
  const files = readConfigFiles(repository.root, env, configDir)
  const places = placesOf(env, configDir)
  const workers = loadWorkers(files.workers, env['HOME'] ?? '')
  const {readHostFile} = await import('../domain/config/host-file.ts')
  const {withPlaces} = await import('../domain/config/load-config.ts')
  const host = withPlaces([files.host], () => readHostFile(files.host))
  return {
    cwd,
    env,
    repository,
    places,
    leases: new LeaseBook(places.state),
    repo: places.repository(repository.key),
    files,
    workers,
    hostId: hostId(places.state),
    providers: options.providers({settingsOf: (id) => host.providers[id]}),
    interactive,
    notice,
    ...(options.asking === undefined ? {} : {asking: options.asking}),
  }
}

/** The effective profile under some flags. */
export async function profileOf(lane: Lane, flags: OverrideFlags, profile: string | null): Promise<EffectiveConfig> {
  return loadConfig({
    repository: lane.files.repository,
    host: lane.files.host,
    flags,
    profile,
    env: lane.env,
    githubEvent: lane.files.githubEvent,
    origin: lane.repository.origin,
  })
}

/** A worker by name; `usage_error` with the nearest name otherwise. */
export function workerNamed(lane: Lane, name: string): WorkerEntry {
  const found = lane.workers.find((worker) => worker.name === name)
  if (found !== undefined) return found
  const close = nearest(
    name,
    [...lane.workers.map((worker) => worker.name), EMBEDDED].filter((other) => other !== name),
  )
  const names = lane.workers.map((worker) => worker.name).join(', ') || 'none'
  throw new RchError(
    'usage_error',
    `There is no worker "${name}"${close === null ? '' : `; did you mean "${close}"?`} (workers.toml has: ${names})`,
    {
      data: {worker: name, workers: lane.workers.map((worker) => worker.name)},
      hint: 'Run `rch xcode workers` to see them, `rch xcode workers add NAME --host HOST` to add one.',
    },
  )
}

/** Opens a connection to a worker under a profile's terms. */
export async function connect(
  lane: Lane,
  worker: WorkerEntry,
  terms: {readonly role: TransportOptions['role']; readonly profile: EffectiveProfile | null},
  signal?: AbortSignal,
): Promise<Connection> {
  lane.asking?.(worker.name)
  const {provider} = await lane.providers.load('transport', worker.transport)
  return provider.open(
    worker,
    {
      role: terms.role,
      connectTimeoutMs: (terms.profile?.worker.connect_timeout_seconds ?? 10) * 1000,
      interactive: lane.interactive && lane.env['CI'] === undefined,
      requirePinnedHostKey: terms.profile?.trust.require_pinned_host_key ?? false,
      stateDir: lane.places.state,
      notice: lane.notice,
    },
    signal,
  )
}

/** The values of some variables that this shell sets. They go to the worker in memory and are never written. */
export function forwardedValues(names: readonly string[], lane: Pick<Lane, 'env'>): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (lane.env[name] === undefined ? [] : [[name, lane.env[name]]])))
}

/** Whether queries about Xcode can be left to this machine. */
export function hasLocalXcode(): boolean {
  return process.platform === 'darwin' && existsSync('/usr/bin/xcodebuild')
}

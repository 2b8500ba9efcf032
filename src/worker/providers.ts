import {createHash} from 'node:crypto'
import {existsSync, readFileSync} from 'node:fs'
import {fileURLToPath, pathToFileURL} from 'node:url'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {PROVIDER_CONTRACT, RchError, type Backend, type Descriptor} from '@rch/contract'
import {parseStrictJson} from '@rch/contract/json'
import type {WorkerConfig} from './config.ts'

/** One provider as it was registered: the harness imports nothing that is not written here. */
export interface RegisteredProvider {
  readonly id: string
  readonly kind: string
  readonly contract: number
  readonly package: string
  readonly version: string
  /** The package's folder; `null` = wherever an import of ours finds it. */
  readonly root: string | null
  /** The hook module, relative to `root`. */
  readonly entry: string
  readonly sha256: string
}

const BUILT_IN = fileURLToPath(new URL('../providers.json', import.meta.url))

/** Every backend this worker offers: the ones of the build, then those that `rch plugins` registered. */
export function registeredBackends(): readonly RegisteredProvider[] {
  return [BUILT_IN].flatMap((file) => readRegistry(file)).filter((provider) => provider.kind === 'backend')
}

/** Loads a backend by id. Throws `provider_not_found`, or `provider_changed` when its code is not what was registered. */
export async function loadBackend(id: string, config: Pick<WorkerConfig, 'providers'>): Promise<Backend> {
  const found = registeredBackends().find((provider) => provider.id === id)
  if (found === undefined) throw new RchError('provider_not_found', undefined, {data: {kind: 'backend', id}})
  const entry = join(found.root ?? dirname(createRequire(import.meta.url).resolve(`${found.package}/package.json`)), found.entry)
  if (digestOf(entry) !== found.sha256)
    throw new RchError('provider_changed', undefined, {data: {plugin: found.package, entry: found.entry}})
  const module: {default: (options: {readonly contract: number}) => Promise<readonly Descriptor<'backend'>[]>} = await import(
    pathToFileURL(entry).href
  )
  const descriptor = (await module.default({contract: PROVIDER_CONTRACT})).find((announced) => announced.id === id)
  if (descriptor === undefined) throw new RchError('provider_not_found', undefined, {data: {kind: 'backend', id}})
  const create = await descriptor.load()
  return create(config.providers[id])
}

function readRegistry(file: string): readonly RegisteredProvider[] {
  if (!existsSync(file)) return []
  const value = parseStrictJson(readFileSync(file))
  if (!Array.isArray(value)) return []
  return value.filter(isRegistered)
}

function isRegistered(row: unknown): row is RegisteredProvider {
  if (typeof row !== 'object' || row === null) return false
  const member = (name: string): unknown => Object.entries(row).find(([key]) => key === name)?.[1]
  const texts = ['id', 'kind', 'package', 'version', 'entry', 'sha256'].every((name) => typeof member(name) === 'string')
  return texts && typeof member('contract') === 'number' && (member('root') === null || typeof member('root') === 'string')
}

function digestOf(file: string): string | null {
  return existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : null
}

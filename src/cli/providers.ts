import type {Interfaces} from '@oclif/core'
import {PROVIDER_CONTRACT, RchError, toRchError, type Descriptor, type ProviderKind, type ProviderOf} from '@rch/contract'
import {buildRegistry, type Announced} from '../domain/provider-registry.ts'
import type {ProviderSource} from '../app/lane.ts'
import {collect} from './collect.ts'

export interface LoadedProvider<K extends ProviderKind> {
  readonly provider: ProviderOf[K]
  readonly plugin: string
  readonly version: string
  readonly root: string
}

const PROVIDER_KINDS = ['classifier', 'backend', 'transport', 'store'] as const

/** The providers of the installed plugins. */
export interface Providers extends ProviderSource {
  load<K extends ProviderKind>(kind: K, id: string): Promise<LoadedProvider<K>>
  /** Everything that is announced, and the plugins that failed to answer. */
  list<K extends ProviderKind>(
    kind: K,
  ): Promise<{readonly announced: readonly Announced<K>[]; readonly failures: readonly {readonly plugin: string; readonly error: Error}[]}>
}

/**
 * @param settingsOf the configured `[providers.<id>]` table, handed to the provider unread
 */
export function createProviders(config: Interfaces.Config, settingsOf: (id: string) => unknown): Providers {
  const list: Providers['list'] = async (kind) => {
    const event = `rch:${kind}` as const
    const {answers, failures} = await collect(config, event, {contract: PROVIDER_CONTRACT})
    const announced = answers.flatMap(({plugin, version, root, result}) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the event says which kind was asked for
      (result as readonly Descriptor<typeof kind>[]).map((descriptor) => ({descriptor, plugin, version, root})),
    )
    return {announced, failures}
  }
  return {
    list,
    listAll: async () => {
      const lists = await Promise.all(
        PROVIDER_KINDS.map(async (kind) =>
          (await list(kind)).announced.map(({descriptor, plugin, version, root}) => ({
            kind,
            id: descriptor.id,
            summary: descriptor.summary,
            plugin,
            version,
            root,
          })),
        ),
      )
      return lists.flat()
    },
    problems: async () => {
      const found = await Promise.all(PROVIDER_KINDS.map(async (kind) => problemsOf(kind, await list(kind))))
      return found.flat()
    },
    load: async (kind, id) => {
      const {announced, failures} = await list(kind)
      const found = buildRegistry(kind, announced).get(id)
      if (found === undefined) throw missing(kind, id, failures)
      const create = await found.descriptor.load()
      return {provider: await create(settingsOf(id)), plugin: found.plugin, version: found.version, root: found.root}
    },
  }
}

function problemsOf(kind: ProviderKind, {announced, failures}: Awaited<ReturnType<Providers['list']>>): readonly RchError[] {
  const failed = failures.map(
    ({plugin, error}) => new RchError('provider_failed', undefined, {data: {plugin, problem: error.message, kind}, cause: error}),
  )
  try {
    buildRegistry(kind, announced)
    return failed
  } catch (error) {
    return [...failed, toRchError(error)]
  }
}

/** A plugin that failed to answer may be the one that provides it: then that failure is the reason. */
function missing(kind: ProviderKind, id: string, failures: readonly {readonly plugin: string; readonly error: Error}[]): RchError {
  const [failure] = failures
  if (failure === undefined) return new RchError('provider_not_found', undefined, {data: {kind, id}})
  return new RchError('provider_failed', undefined, {
    data: {plugin: failure.plugin, problem: failure.error.message, kind, id},
    cause: failure.error,
  })
}

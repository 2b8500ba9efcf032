import {PROVIDER_CONTRACT, RchError, type Descriptor, type ProviderKind} from '@rch/contract'

/** A descriptor with the plugin that announced it: a plugin's name alone is no identity. */
export interface Announced<K extends ProviderKind = ProviderKind> {
  readonly descriptor: Descriptor<K>
  readonly plugin: string
  readonly version: string
  readonly root: string
}

/**
 * Providers by id, whatever order they were announced in. Throws `provider_conflict` when two plugins claim one id (which would
 * win depends on load order) and `provider_contract_unsupported` for another contract.
 */
export function buildRegistry<K extends ProviderKind>(kind: K, announced: readonly Announced<K>[]): ReadonlyMap<string, Announced<K>> {
  const byId = new Map<string, Announced<K>>()
  for (const entry of announced) {
    const {id, contract} = entry.descriptor
    if (contract !== PROVIDER_CONTRACT) {
      throw new RchError('provider_contract_unsupported', undefined, {
        data: {kind, id, got: contract, expected: PROVIDER_CONTRACT, plugin: entry.plugin},
      })
    }
    const rival = byId.get(id)
    if (rival !== undefined) {
      throw new RchError('provider_conflict', undefined, {
        data: {kind, id, plugins: [rival.plugin, entry.plugin]},
        hint: `Uninstall one of them: rch plugins uninstall ${entry.plugin}`,
      })
    }
    byId.set(id, entry)
  }
  return byId
}

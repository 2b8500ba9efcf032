import type {Interfaces} from '@oclif/core'
import type {RchHooks} from '@rch/contract'

const ANNOUNCE_TIMEOUT_MS = 5_000

export interface Collected<T> {
  readonly answers: readonly {readonly plugin: string; readonly version: string; readonly root: string; readonly result: T}[]
  readonly failures: readonly {readonly plugin: string; readonly error: Error}[]
}

/**
 * Asks every plugin one question; the only caller of `runHook` for our events. oclif drops most hook errors and answers in
 * whatever order plugins happened to load, so failures are part of the answer and the order is the plugins' names'.
 */
export async function collect<E extends keyof RchHooks>(
  config: Interfaces.Config,
  event: E,
  options: RchHooks[E]['options'],
): Promise<Collected<RchHooks[E]['return']>> {
  // oclif's timer is unref'd: with no live handle a stuck hook would end the process with exit code 13.
  const keepAlive = setTimeout(() => {}, ANNOUNCE_TIMEOUT_MS * 2)
  try {
    const {failures, successes} = await config.runHook(event, options, ANNOUNCE_TIMEOUT_MS, true)
    return {
      answers: successes
        .map(({plugin, result}) => ({
          plugin: plugin.name,
          version: plugin.version,
          root: plugin.root,
          result: result as RchHooks[E]['return'],
        }))
        .toSorted(byPlugin),
      failures: failures.map(({error, plugin}) => ({error, plugin: plugin.name})).toSorted(byPlugin),
    }
  } finally {
    clearTimeout(keepAlive)
  }
}

function byPlugin(a: {readonly plugin: string}, b: {readonly plugin: string}): number {
  return a.plugin < b.plugin ? -1 : a.plugin > b.plugin ? 1 : 0
}

import {createHash} from 'node:crypto'
import type {TreeBuilder} from './tree-builder.ts'

/**
 * A key of a scan's paths, made of what they follow from: the rules, each index with what was taken out of it (`identity`), and
 * everything that was looked at one by one. `null` where the key would cost more than it saves.
 */
export function pathsKey(identity: () => readonly string[], {entries, absent}: TreeBuilder): string | null {
  if (entries.length > MAX_LOOKED_AT) return null
  return createHash('sha256')
    .update(JSON.stringify([identity(), absent, entries.map(({path}) => path)]))
    .digest('hex')
}

const MAX_LOOKED_AT = 5000

import {createHash} from 'node:crypto'
import type {Scan} from './scan.ts'
import type {TreeBuilder} from './tree-builder.ts'

/**
 * Keys of a scan made of what its entries follow from: the rules, each index with what was taken out of it (`identity`), and
 * everything that was looked at one by one.
 */
export function scanKeys(identity: readonly string[], {entries, absent}: TreeBuilder): Scan['keys'] {
  if (entries.length > MAX_LOOKED_AT) return null
  const keyOf = (looked: readonly unknown[]) =>
    createHash('sha256')
      .update(JSON.stringify([identity, absent, looked]))
      .digest('hex')
  return {entries: keyOf(entries), paths: keyOf(entries.map(({path}) => path))}
}

const MAX_LOOKED_AT = 5000

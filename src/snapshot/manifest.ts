import {createHash} from 'node:crypto'
import {LANE_VERSION} from '@rch/contract'
import {DOMAINS} from '@rch/contract/identity'
import type {Tree} from './tree.ts'

/** The same digest as the contract's `sourceTreeHash`, without building the canonical form of the whole tree at once. */
export function hashTree(tree: Pick<Tree, 'hash' | 'canonical'>): string {
  if (tree.hash !== undefined) return tree.hash
  const hash = createHash('sha256').update(DOMAINS.sourceTree)
  for (const piece of tree.canonical()) hash.update(piece)
  return hash.digest('hex')
}

/** `source_manifest.json`, canonical JSON. */
export function encodeManifest(tree: Tree, treeHash: string, createdAt: string): Uint8Array {
  const pieces: (Uint8Array | string)[] = [`{"created_at":${JSON.stringify(createdAt)},"entries":`]
  for (const piece of tree.canonical()) pieces.push(typeof piece === 'string' ? piece : Uint8Array.from(piece))
  pieces.push(
    `,"kind":"source_manifest","lane_version":${JSON.stringify(LANE_VERSION)},"schema_id":"rch-xcode/source_manifest@1","schema_version":1,"source_tree_hash":"${treeHash}"}`,
  )
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)))
}

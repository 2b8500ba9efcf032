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

/** `source_manifest.json`, canonical JSON. Encoded twice, the first time for its length: pieces and their whole together would be twice as large. */
export function encodeManifest(tree: Pick<Tree, 'canonical'>, treeHash: string, createdAt: string): Uint8Array {
  const head = `{"created_at":${JSON.stringify(createdAt)},"entries":`
  const tail = `,"kind":"source_manifest","lane_version":${JSON.stringify(LANE_VERSION)},"schema_id":"rch-xcode/source_manifest@1","schema_version":1,"source_tree_hash":"${treeHash}"}`
  let length = Buffer.byteLength(head) + Buffer.byteLength(tail)
  for (const piece of tree.canonical()) length += Buffer.byteLength(piece)
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = bytes.write(head)
  for (const piece of tree.canonical()) {
    if (typeof piece === 'string') at += bytes.write(piece, at)
    else {
      bytes.set(piece, at)
      at += piece.length
    }
  }
  bytes.write(tail, at)
  return bytes
}

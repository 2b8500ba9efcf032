import {createHash} from 'node:crypto'
import {LANE_VERSION} from '@rch/contract'
import {DOMAINS} from '@rch/contract/identity'
import type {SourceEntry} from '@rch/contract/source'

/** The manifest's entries as canonical JSON, in pieces of about half a megabyte: the bytes that `source_tree_hash` is made of. */
export function* canonicalEntries(entries: readonly SourceEntry[]): Generator<string> {
  let text = '['
  let first = true
  for (const entry of entries) {
    const separator = first ? '' : ','
    first = false
    text +=
      entry.type === 'file'
        ? `${separator}{"bytes":${entry.bytes},"mode":"${entry.mode}","path":${quote(entry.path)},"sha256":"${entry.sha256}","type":"file"}`
        : `${separator}{"link_target":${quote(entry.link_target)},"mode":"120000","path":${quote(entry.path)},"type":"symlink"}`
    if (text.length > PIECE) {
      yield text
      text = ''
    }
  }
  yield `${text}]`
}

/** The same digest as the contract's `sourceTreeHash`, without building the canonical form of the whole tree at once. */
export function fastTreeHash(entries: readonly SourceEntry[]): string {
  const hash = createHash('sha256').update(DOMAINS.sourceTree)
  for (const piece of canonicalEntries(entries)) hash.update(piece)
  return hash.digest('hex')
}

/** `source_manifest.json`, canonical JSON. */
export function encodeManifest(entries: readonly SourceEntry[], treeHash: string, createdAt: string): Uint8Array {
  const pieces = [`{"created_at":${JSON.stringify(createdAt)},"entries":`]
  for (const piece of canonicalEntries(entries)) pieces.push(piece)
  pieces.push(
    `,"kind":"source_manifest","lane_version":${JSON.stringify(LANE_VERSION)},"schema_id":"rch-xcode/source_manifest@1","schema_version":1,"source_tree_hash":"${treeHash}"}`,
  )
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)))
}

const PIECE = 512 * 1024

/** JSON's and JCS's escaping of strings agree for well-formed text, which every path here is. */
function quote(text: string): string {
  return JSON.stringify(text)
}

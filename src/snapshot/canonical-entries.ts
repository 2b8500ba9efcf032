import type {SourceEntry} from '@rch/contract/source'

/** Entries as one canonical JSON array, in pieces of about half a megabyte: the bytes that `source_tree_hash` is made of. */
export function* canonicalEntries(entries: readonly SourceEntry[]): Generator<string> {
  let text = '['
  let separator = ''
  for (const entry of entries) {
    text += separator + canonicalEntry(entry)
    separator = ','
    if (text.length > PIECE) {
      yield text
      text = ''
    }
  }
  yield `${text}]`
}

/** One entry as RFC 8785 writes it. JSON's and JCS's escaping of strings agree for well-formed text, which every path here is. */
export function canonicalEntry(entry: SourceEntry): string {
  return entry.type === 'file'
    ? `{"bytes":${entry.bytes},"mode":"${entry.mode}","path":${JSON.stringify(entry.path)},"sha256":"${entry.sha256}","type":"file"}`
    : `{"link_target":${JSON.stringify(entry.link_target)},"mode":"120000","path":${JSON.stringify(entry.path)},"type":"symlink"}`
}

const PIECE = 512 * 1024

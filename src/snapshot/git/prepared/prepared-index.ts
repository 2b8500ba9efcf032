import * as z from 'zod'
import {readSealed} from '../../../infra/sealed-file.ts'
import type {SortedIndex} from '../sort-index.ts'
import type {ExcludedByRule} from '../../scan.ts'
import {hashTree} from '../../tree/manifest.ts'
import {directoriesOf, listedTree} from '../../tree/tree.ts'
import {packEntries} from './packed-entries.ts'
import {canonicalPieces, type PackedTree} from './spliced-tree.ts'
import {keepSealed} from '../../caches/keep-sealed.ts'

/** What sorting an index came to, kept for as long as index, rules and configuration stay as they are. */
export interface PreparedIndex {
  readonly tree: PackedTree
  readonly unknown: SortedIndex['unknown']
  readonly links: readonly string[]
  readonly excluded: readonly ExcludedByRule[]
  readonly converts: boolean
  /** SHA-256 of the index. */
  readonly indexDigest: string
}

/** @param key everything that the preparation follows from. A damaged file is none. */
export function loadPreparedIndex(file: string, key: string): PreparedIndex | undefined {
  try {
    const bytes = readSealed(file)
    if (bytes === undefined) return undefined
    const headerEnd = bytes.indexOf(0x0a)
    const header = Header.parse(JSON.parse(bytes.toString('utf8', 0, headerEnd)))
    if (header.key !== key) return undefined
    const offsetsStart = align(headerEnd + 1)
    const textStart = offsetsStart + (header.count + 1) * 4
    if (bytes.length !== textStart + header.textBytes) return undefined
    const {count, bytes: total, largestFile, directories, unknown, links, excluded, converts, indexDigest} = header
    const offsets = new Uint32Array(bytes.buffer, bytes.byteOffset + offsetsStart, count + 1)
    const packed = {count, text: bytes.subarray(textStart), offsets}
    const hash = hashTree({canonical: () => canonicalPieces(packed)})
    return {
      tree: {...packed, bytes: total, largestFile, directories, hash},
      unknown,
      links,
      excluded,
      converts,
      indexDigest,
    }
  } catch {
    return undefined
  }
}

export function savePreparedIndex(
  file: string,
  key: string,
  sorted: SortedIndex,
  rest: Pick<PreparedIndex, 'excluded' | 'converts' | 'indexDigest'>,
): void {
  const {pieces, offsets} = packEntries(sorted.known)
  const body = [new Uint8Array(offsets.buffer), ...pieces]
  const {bytes, largestFile} = listedTree(sorted.known)
  const header: z.infer<typeof Header> = {
    version: 2,
    key,
    count: sorted.known.length,
    textBytes: offsets.at(-1) ?? 0,
    bytes,
    largestFile,
    directories: [...directoriesOf(sorted.known)],
    unknown: sorted.unknown,
    links: sorted.links,
    excluded: [...rest.excluded],
    converts: rest.converts,
    indexDigest: rest.indexDigest,
  }
  const line = Buffer.from(`${JSON.stringify(header)}\n`)
  keepSealed(file, [line, Buffer.alloc(align(line.length) - line.length), ...body])
}

/** Offsets are read in place, so they start at a multiple of four. */
function align(position: number): number {
  return Math.ceil(position / 4) * 4
}

const RuleSchema = z.strictObject({source: z.string(), line: z.number(), pattern: z.string()})

const Header = z.strictObject({
  version: z.literal(2),
  key: z.string(),
  count: z.int().nonnegative(),
  textBytes: z.int().nonnegative(),
  bytes: z.number(),
  largestFile: z.number(),
  directories: z.array(z.string()),
  unknown: z.array(
    z.strictObject({
      path: z.string(),
      position: z.number(),
      mode: z.enum(['100644', '100755']),
      vouched: z.boolean(),
      skipped: z.boolean(),
    }),
  ),
  links: z.array(z.string()),
  excluded: z.array(z.strictObject({rule: RuleSchema, files: z.number()})),
  converts: z.boolean(),
  indexDigest: z.string(),
})

import fc from 'fast-check'
import {comparePaths, sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import {describe, expect, it} from 'vitest'
import {GrowingTree} from '../../src/snapshot/tree/growing-tree.ts'
import {listedTree} from '../../src/snapshot/tree/tree.ts'

const DIGEST = '0123456789abcdef'.repeat(4)
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'é', '🙂', '試', '"', ' '), {minLength: 1, maxLength: 4})
  .map((names) => names.join('/'))
const entry: fc.Arbitrary<SourceEntry> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      path,
      type: fc.constant('file'),
      mode: fc.constantFrom('100644', '100755'),
      bytes: fc.nat(),
      sha256: fc.constant(DIGEST),
    }),
  },
  fc.record({path, type: fc.constant('symlink'), mode: fc.constant('120000'), link_target: path}),
)

describe('a tree that grows', () => {
  it('is what the same entries are when listed at once, in whatever stretches they come and with whatever was there before', () => {
    const entries = fc.uniqueArray(fc.tuple(entry, fc.boolean()), {selector: ([{path}]) => path, maxLength: 30})
    fc.assert(
      fc.property(entries, fc.array(fc.nat({max: 30})), (all, cuts) => {
        const sorted = all.map(([entry]) => entry).toSorted((a, b) => comparePaths(a.path, b.path))
        const early = all.flatMap(([entry, isEarly]) => (isEarly ? [entry] : []))
        const late = sorted.filter((entry) => !early.includes(entry))
        const growing = new GrowingTree(early)
        const stops = [0, ...cuts.toSorted((a, b) => a - b), late.length]
        for (const [i, stop] of stops.entries()) growing.take(late.slice(stops[i - 1] ?? 0, stop))
        for (const tree of [growing.finish(), growing.finish()]) {
          const {hash, entries, count, bytes, largestFile, directories} = tree
          const listed = listedTree(sorted)
          expect({entries, count, bytes, largestFile}).toEqual({...listed, directories: undefined, canonical: undefined})
          expect([...directories]).toEqual([...listed.directories])
          expect(hash).toBe(sourceTreeHash(sorted))
          expect(Buffer.concat([...tree.canonical()].map((piece) => Buffer.from(piece))).toString()).toBe(
            JSON.stringify(sorted.map(inOrder)),
          )
        }
      }),
    )
  })
})

/** With its names in the order of canonical JSON. */
function inOrder(entry: SourceEntry): unknown {
  return Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {isRchError} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {
  applyManifestDelta,
  baseOfManifestDelta,
  BLOB_HEADER_BYTES,
  blobHeader,
  BlobLayout,
  canonicalEntries,
  decodeBitmap,
  encodeBitmap,
  encodeManifestDelta,
  escapingLinks,
  isManifestDelta,
  type SourceEntry,
} from '@rch/contract/source'
import {manifestOf} from '../support/staging.ts'

const digest = fc.uint8Array({minLength: 32, maxLength: 32}).map((bytes) => Buffer.from(bytes).toString('hex'))
const name = fc.string({unit: 'grapheme', minLength: 1, maxLength: 12}).filter((text) => text.isWellFormed())
const entry: fc.Arbitrary<SourceEntry> = fc.oneof(
  fc.record({path: name, type: fc.constant('file'), mode: fc.constantFrom('100644', '100755'), bytes: fc.nat(), sha256: digest}),
  fc.record({path: name, type: fc.constant('symlink'), mode: fc.constant('120000'), link_target: name}),
)

function codeOf(work: () => unknown): unknown {
  try {
    work()
  } catch (error) {
    return isRchError(error) ? error.code : error
  }
  return undefined
}

describe('bitmap', () => {
  it('keeps every set of indexes', () => {
    const sets = fc
      .nat({max: 300})
      .chain((count) => fc.tuple(fc.constant(count), count === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat({max: count - 1}))))
    fc.assert(
      fc.property(sets, ([count, set]) => {
        expect(decodeBitmap(encodeBitmap(count, set), count)).toEqual(set.toSorted((a, b) => a - b))
      }),
    )
  })

  it('puts entry i at bit i, least significant first', () => {
    expect([...encodeBitmap(10, [0, 3, 9])]).toEqual([0b1001, 0b10])
  })

  it('refuses another length and bits beyond the entries', () => {
    expect(codeOf(() => decodeBitmap(new Uint8Array(1), 9))).toBe('protocol_error')
    expect(codeOf(() => decodeBitmap(new Uint8Array(3), 9))).toBe('protocol_error')
    expect(codeOf(() => decodeBitmap(new Uint8Array([0, 0b100]), 10))).toBe('protocol_error')
  })
})

describe('layout of a blobs stream', () => {
  const contents = fc.array(fc.uint8Array({maxLength: 60}), {minLength: 1, maxLength: 20})

  it('describes any range exactly as the whole stream has it', () => {
    fc.assert(
      fc.property(contents, fc.nat(), fc.nat(), (blobs, a, b) => {
        const refs = blobs.map((content) => ({sha256: sha256(content), bytes: content.length}))
        const whole = Buffer.concat(blobs.flatMap((content, i) => [blobHeader(refs[i]!), content]))
        const layout = new BlobLayout(refs)
        expect(layout.total).toBe(whole.length)
        const [one, other] = [a % (whole.length + 1), b % (whole.length + 1)]
        const [from, to] = [Math.min(one, other), Math.max(one, other)]
        const parts = [...layout.sections(from, to)].map((section) => {
          const source = section.part === 'header' ? blobHeader(refs[section.index]!) : blobs[section.index]!
          expect(section.at).toBe(layout.start(section.index) + (section.part === 'header' ? 0 : BLOB_HEADER_BYTES) + section.from)
          return source.subarray(section.from, section.to)
        })
        expect(Buffer.concat(parts).equals(whole.subarray(from, to))).toBe(true)
      }),
    )
  })
})

describe('canonical entries', () => {
  it('are what canonical JSON says', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        expect(canonicalEntries(entries)).toBe(canonicalJson(entries))
      }),
    )
  })

  it('refuse what canonical JSON refuses', () => {
    expect(() => canonicalEntries([{path: '\ud800', type: 'symlink', mode: '120000', link_target: 'a'}])).toThrow(TypeError)
    expect(() => canonicalEntries([{path: 'a', type: 'file', mode: '100644', bytes: 0.5, sha256: '0'.repeat(64)}])).toThrow(TypeError)
  })
})

describe('manifest delta', () => {
  it('makes the target out of the base, and is small after a small change', () => {
    fc.assert(
      fc.property(fc.array(entry, {minLength: 30, maxLength: 80}), fc.nat(), entry, (entries, at, changed) => {
        const base = manifestOf(entries)
        const target = manifestOf(entries.with(at % entries.length, changed), {created_at: 'later'})
        const delta = encodeManifestDelta(base, target)
        expect(delta).not.toBeNull()
        expect(isManifestDelta(delta!)).toBe(true)
        expect(baseOfManifestDelta(delta!)).toBe(sha256(base))
        expect(Buffer.from(applyManifestDelta(base, delta!, target.length)).equals(target)).toBe(true)
      }),
    )
  })

  it('is not made when it would not save', () => {
    expect(encodeManifestDelta(Buffer.from('{"a":1}'), Buffer.from('{"b":2}'))).toBeNull()
  })

  it('never makes anything but its target, however it is damaged', () => {
    const base = manifestOf(Array.from({length: 60}, (_, i) => ({path: `f${i}`, type: 'symlink', mode: '120000', link_target: `t${i}`})))
    const target = Buffer.from(base.toString().replace('t7', 'u7'))
    const delta = encodeManifestDelta(base, target)!
    fc.assert(
      fc.property(fc.nat({max: delta.length - 1}), fc.nat({max: 255}), fc.nat({max: delta.length}), (at, byte, length) => {
        const damaged = Buffer.from(delta.subarray(0, length))
        if (at < length) damaged[at] = byte
        const outcome = codeOf(() => {
          const made = applyManifestDelta(base, damaged, base.length * 2)
          expect(sha256(made)).toBe(damaged.toString('hex', 40, 72))
        })
        expect([undefined, 'protocol_error']).toContain(outcome)
      }),
      {numRuns: 500},
    )
    expect(codeOf(() => applyManifestDelta(base, delta, target.length - 1))).toBe('protocol_error')
  })
})

describe('links', () => {
  const link = (path: string, link_target: string): SourceEntry => ({path, type: 'symlink', mode: '120000', link_target})

  it('that leave the tree through one another are found', () => {
    expect(escapingLinks([link('a/b/up', '../..'), link('a/b/out', 'up/../../x')])).toEqual(['a/b/out'])
    expect(escapingLinks([link('a/b/Up', '../..'), link('a/b/out', 'uP/../../x')])).toEqual(['a/b/out'])
    expect(escapingLinks([link('a', '/etc'), link('b', '../x'), link('c', 'd/../../x')])).toEqual(['a', 'b', 'c'])
  })

  it('that stay inside are fine, loops too', () => {
    expect(
      escapingLinks([link('Versions/Current', 'A'), link('Headers', 'Versions/Current/Headers'), link('l', 'm'), link('m', 'l')]),
    ).toEqual([])
  })
})

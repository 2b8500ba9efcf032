import fc from 'fast-check'
import {collisionKey, comparePaths, pathProblem} from '@rch/contract/source'
import {describe, expect, it} from 'vitest'
import {auditPaths, type PathAudit} from '../../src/snapshot/paths/audit-paths.ts'

/** The same by the letter: every directory and every file, by the key of its whole name. */
function slowAudit(paths: readonly string[]): PathAudit {
  const names = new Set<string>()
  for (const path of paths) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) names.add(`${path.slice(0, end)}/`)
    names.add(path)
  }
  const groups = new Map<string, string[]>()
  for (const name of names) {
    const key = collisionKey(name.endsWith('/') ? name.slice(0, -1) : name)
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const unsafe = paths.flatMap((path) => {
    const problem = pathProblem(path)
    return problem === undefined ? [] : [{path, problem}]
  })
  return {unsafe, collisions: [...groups.values()].filter(({length}) => length > 1)}
}

/** In an order of its own: that of groups, and of names in a group, is not promised. */
function inOrder({unsafe, collisions}: PathAudit): unknown {
  const groups = collisions.map((group) => group.toSorted())
  return {
    unsafe: unsafe.map(({path, problem}) => `${path}: ${problem}`).toSorted(),
    collisions: groups.map((group) => group.join('\n')).toSorted(),
  }
}

/** Few, so that names meet, and what makes trouble: case, forms of one letter, letters that fold into two, what sorts about a slash. */
const NAMES = [
  ['a', 'A', 'b', 'ab', 'AB', 'a.b', 'A-b', 'a b', 'foo', 'Foo', 'FOO', 'a~', 'a!', '[', '{', '@', '`'],
  ['é', 'e\u0301', 'É', 'ß', 'ss', 'SS', 'ﬁ', 'fi', 'K', '\u212a', 'k', 'ſ', 's', 'ς', 'σ', 'Σ', 'ΑΣ', 'ας', 'ΑΣ.b', 'i', 'İ', 'I', 'ı'],
  ['試', '🙂', '\uff21', '\uff41', '\ufb33', '.', '..', '', '...', '.a', 'a\t', 'a\u007f', 'a\u0080', '\ud800', '\ufffd'],
  ['x'.repeat(60), 'X'.repeat(60), 'y'.repeat(255), 'y'.repeat(256), 'é'.repeat(128)],
].flat()
const name = fc.oneof(fc.constantFrom(...NAMES), fc.constantFrom('a', 'A', 'b', 'foo', 'Foo', 'é', 'e\u0301'))
const path = fc.oneof(
  {weight: 8, arbitrary: fc.array(name, {minLength: 1, maxLength: 5})},
  {weight: 1, arbitrary: fc.array(fc.constantFrom('a', 'A', 'b'), {minLength: 62, maxLength: 66})},
)

describe('the audit of paths', () => {
  it('finds what comparing every name by its key finds', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, {selector: (names) => names.join('/'), maxLength: 40}), (all) => {
        const paths = all.map((names) => names.join('/')).toSorted(comparePaths)
        expect(inOrder(auditPaths(paths.map((path) => ({path}))))).toEqual(inOrder(slowAudit(paths)))
      }),
      {numRuns: 1500},
    )
  })

  it('finds the one pair among many names, wherever it is', () => {
    const paths = Array.from({length: 20_000}, (_, i) => `d${i % 97}/e${i % 7}/${i}.swift`)
    fc.assert(
      fc.property(fc.nat({max: paths.length - 1}), fc.constantFrom(0, 1, 2), (position, part) => {
        const parts = (paths[position] ?? '').split('/')
        parts[part] = parts[part]?.toUpperCase() ?? ''
        const all = [...paths, parts.join('/')].toSorted(comparePaths)
        expect(inOrder(auditPaths(all.map((path) => ({path}))))).toEqual(inOrder(slowAudit(all)))
      }),
      {numRuns: 6},
    )
  })
})

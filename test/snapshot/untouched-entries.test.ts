import {expect, it} from 'vitest'
import {PathAudits} from '../../src/snapshot/paths/path-audits.ts'
import {findRefusals, type RefusableScan} from '../../src/snapshot/refuse.ts'
import {listedTree} from '../../src/snapshot/tree/tree.ts'
import {SOURCE} from './test-repository.ts'

it('a tree whose paths are known is checked without making its entries', () => {
  const scan: RefusableScan = {
    tree: {
      ...listedTree([]),
      count: 100_000,
      get entries(): never {
        throw new Error('entries were asked for')
      },
    },
    links: [],
    places: new Map(),
    problems: new Map(),
    vcs: {kind: 'git', commit: null, branch: 'main', dirty: false, differing: 0, submodules: [], lfs: {materialised: 0, pointers: 0}},
    differing: [],
  }
  const context = {root: '/nowhere', source: SOURCE, always: new Set(['Package.resolved']), audits: new PathAudits()}
  expect(findRefusals(context, scan, true)).toEqual([])
})

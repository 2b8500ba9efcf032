import fc from 'fast-check'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {expect, it} from 'vitest'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'

const repository = repositoryMaker()

it('finds the same from a cache in which anything is damaged', async () => {
  const repo = repository()
  fill(repo)
  repo.link('link', 'a.swift')
  repo.write('Package.swift', 'let package = Package(name: "x", targets: [.target(name: "x", path: "Sources")])\n')
  repo.commit()
  repo.git('update-index', '--assume-unchanged', 'a.swift')
  repo.write('a.swift', 'edited in secret\n')
  repo.write('untracked.swift', 'new\n')
  const container = {type: 'package', path: '.'} as const
  const taken = async () => (await repo.snapshot({}, {container})).entries
  // The sorted index is kept once no second of its files can still be going on.
  await delay(2100)
  for (let i = 0; i < 2; i++) await taken()
  const names = readdirSync(repo.cacheDir)
  expect(names.map((name) => name.replace(/-.*/, '')).toSorted()).toEqual(['blobs', 'index', 'references', 'stat', 'tree'])
  const cache = new Map(names.map((name) => [name, readFileSync(join(repo.cacheDir, name))]))
  const right = slowWalk(repo.root)
  const damage = fc.oneof(
    {weight: 6, arbitrary: fc.record({flip: fc.nat(), bit: fc.nat({max: 7})})},
    fc.record({length: fc.nat()}),
    fc.record({more: fc.uint8Array({minLength: 1, maxLength: 200})}),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), damage, async (name, how) => {
      for (const [file, bytes] of cache) writeFileSync(join(repo.cacheDir, file), file === name ? damaged(bytes, how) : bytes)
      for (let i = 0; i < 2; i++) expect(await taken()).toEqual(right)
    }),
    {numRuns: 120},
  )
})

type Damage = {readonly flip: number; readonly bit: number} | {readonly length: number} | {readonly more: Uint8Array}

function damaged(bytes: Buffer, how: Damage): Buffer {
  if ('length' in how) return bytes.subarray(0, how.length % bytes.length)
  if ('more' in how) return Buffer.concat([bytes, how.more])
  const copy = Buffer.from(bytes)
  const at = how.flip % copy.length
  copy[at] = (copy[at] ?? 0) ^ (1 << how.bit)
  return copy
}

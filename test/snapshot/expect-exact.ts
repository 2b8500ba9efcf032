import {rmSync} from 'node:fs'
import {expect} from 'vitest'
import {slowWalk} from './slow-walk.ts'
import type {TestRepository} from './test-repository.ts'

/** The snapshot, from an empty cache and from a warm one, is what the slow walk finds. */
export async function expectExact(repo: TestRepository): Promise<void> {
  const slow = slowWalk(repo.root)
  expect((await repo.snapshot({}, {cacheDir: `${repo.cacheDir}-fresh`})).entries).toEqual(slow)
  rmSync(`${repo.cacheDir}-fresh`, {recursive: true, force: true})
  expect((await repo.snapshot()).entries).toEqual(slow)
  expect((await repo.snapshot()).entries).toEqual(slow)
}

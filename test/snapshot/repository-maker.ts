import {rmSync} from 'node:fs'
import {dirname} from 'node:path'
import {afterEach} from 'vitest'
import {makeRepository, type TestRepository} from './test-repository.ts'

/** What makes repositories for the tests of a file; `init` are further words for `git init`. Each test's are removed after it. */
export function repositoryMaker(): (...init: readonly string[]) => TestRepository {
  const made: TestRepository[] = []
  afterEach(() => {
    for (const repo of made.splice(0)) rmSync(dirname(repo.root), {recursive: true, force: true})
  })
  return (...init) => {
    const repo = makeRepository(...init)
    made.push(repo)
    return repo
  }
}

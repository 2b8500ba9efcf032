import {expect} from 'vitest'
import type {TestRepository} from './test-repository.ts'

/** Leaves a repository in the middle of a merge that conflicts in a file which both sides changed. */
export function conflictIn(repo: TestRepository, path: string): void {
  repo.git('checkout', '-q', '-b', 'other')
  repo.write(path, 'theirs\n')
  repo.commit()
  repo.git('checkout', '-q', 'main')
  repo.write(path, 'ours\n')
  repo.commit()
  expect(() => repo.git('merge', '-q', 'other')).toThrow(/./)
}

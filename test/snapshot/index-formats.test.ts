import {describe, expect, it} from 'vitest'
import {expectExact} from './expect-exact.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'
import type {TestRepository} from './test-repository.ts'

const repository = repositoryMaker()

describe('index formats', () => {
  it.each([['2'], ['3'], ['4']])('reads version %s', async (version) => {
    const repo = repository()
    fill(repo)
    repo.write('later.swift', 'x\n')
    repo.git('add', '-N', 'later.swift')
    repo.git('update-index', '--index-version', version)
    await expectExact(repo)
  })

  it('reads a split index, with entries deleted, replaced and added', async () => {
    const repo = repository()
    fill(repo)
    repo.git('update-index', '--split-index')
    repo.write('a.swift', 'changed\n')
    repo.write('new.swift', 'new\n')
    repo.git('add', '-A')
    repo.git('rm', '-q', '--cached', 'Tests/d.swift')
    await expectExact(repo)
    repo.git('commit', '-qm', 'split')
    await expectExact(repo)
  })

  it('reads an index with an untracked cache', async () => {
    const repo = repository()
    fill(repo)
    repo.git('update-index', '--untracked-cache')
    repo.write('Sources/new.swift', 'new\n')
    repo.git('status')
    await expectExact(repo)
  })

  it('reads repositories with SHA-256 ids', async () => {
    const repo = repository('--object-format=sha256')
    fill(repo)
    repo.write('a.swift', 'changed\n')
    await expectExact(repo)
    expect((await repo.snapshot()).stats.hashed).toBe(0)
  })

  it('asks git about a sparse index', async () => {
    const repo = repository()
    fill(repo)
    repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'Sources')
    const source = {excludes: ['/Tests/']}
    expect((await repo.snapshot(source)).entries).toEqual(slowWalk(repo.root))
  })

  it('names files longer than an index entry can say', async () => {
    const repo = repository()
    const deep = Array.from({length: 30}, (_, i) => `directory-with-a-long-name-${i}`).join('/')
    writeDeep(repo, deep)
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'unsafe_path', data: {count: 1}})
    repo.git('update-index', '--index-version', '4')
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'unsafe_path', data: {count: 1}})
  })
})

function writeDeep(repo: TestRepository, path: string): void {
  repo.write(`${path}/${path}/file.swift`, 'deep\n')
  repo.commit()
}

import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {expectExact} from './expect-exact.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'
import {runGit, type TestRepository} from './test-repository.ts'

const repository = repositoryMaker()

describe('submodules', () => {
  function withSubmodules(): {readonly repo: TestRepository; readonly inner: TestRepository} {
    const repo = repository()
    const innermost = repo.sibling('innermost')
    fill(innermost)
    const inner = repo.sibling('inner')
    fill(inner)
    inner.git('submodule', '--quiet', 'add', innermost.root, 'Nested')
    inner.commit()
    fill(repo)
    repo.git('submodule', '--quiet', 'add', inner.root, 'Vendor/Inner')
    repo.git('submodule', '--quiet', 'update', '--init', '--recursive')
    repo.commit()
    return {repo, inner}
  }

  it('holds them at any depth', async () => {
    const {repo} = withSubmodules()
    await expectExact(repo)
    const {vcs, entries} = await repo.snapshot()
    expect(vcs.submodules.map(({path}) => path)).toEqual(['Vendor/Inner', 'Vendor/Inner/Nested'])
    expect(entries.some(({path}) => path === 'Vendor/Inner/Nested/Sources/Deep/c.swift')).toBe(true)
    repo.write('Vendor/Inner/Nested/a.swift', 'edited\n')
    repo.write('Vendor/Inner/new.swift', 'new\n')
    await expectExact(repo)
    expect((await repo.snapshot()).vcs.dirty).toBe(true)
  })

  it('does not follow a link in the place of a submodule', async () => {
    const {repo, inner} = withSubmodules()
    repo.remove('Vendor/Inner')
    repo.link('Vendor/Inner', inner.root)
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'submodule_missing', data: {offences: [{path: 'Vendor/Inner'}]}})
  })

  it('refuses what is not checked out, or at another commit, or forbidden', async () => {
    const {repo} = withSubmodules()
    const own = slowWalk(repo.root).filter(({path}) => !path.startsWith('Vendor/'))
    await expect(repo.snapshot({submodules: 'forbid'})).rejects.toMatchObject({
      code: 'submodules_disallowed',
      data: {offences: [{path: 'Vendor/Inner'}]},
    })
    runGit(join(repo.root, 'Vendor/Inner'), ['commit', '-q', '--allow-empty', '-m', 'ahead'])
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'submodule_commit_differs', data: {offences: [{path: 'Vendor/Inner'}]}})
    repo.git('submodule', '--quiet', 'deinit', '-f', 'Vendor/Inner')
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'submodule_missing', data: {offences: [{path: 'Vendor/Inner'}]}})
    expect((await repo.snapshot({excludes: ['Vendor/']})).entries).toEqual(own)
  })

  it('holds a repository that lies in the work tree unrecorded', async () => {
    const repo = repository()
    fill(repo)
    const other = repo.sibling('tree/Embedded')
    fill(other)
    await expectExact(repo)
    expect((await repo.snapshot()).entries.some(({path}) => path.includes('.git/'))).toBe(false)
  })
})

import {renameSync, statSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {expectExact} from './expect-exact.ts'
import {conflictIn} from './merge-conflict.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'
import {runGit} from './test-repository.ts'

const repository = repositoryMaker()

describe('states of a repository', () => {
  it('has no commit yet', async () => {
    const repo = repository()
    repo.write('a.swift', 'x\n')
    await expectExact(repo)
    repo.git('add', '-A')
    await expectExact(repo)
    expect((await repo.snapshot()).vcs).toMatchObject({commit: null, branch: 'main', dirty: true})
  })

  it('has a detached HEAD', async () => {
    const repo = repository()
    fill(repo)
    repo.git('checkout', '-q', '--detach')
    expect((await repo.snapshot()).vcs).toMatchObject({branch: null, dirty: false})
  })

  it('is a linked worktree, and a clone, and knows the digests already', async () => {
    const repo = repository()
    fill(repo)
    await repo.snapshot()
    const linked = repo.vacant('linked')
    repo.git('worktree', 'add', '-q', linked.root, '-b', 'linked')
    const clone = repo.vacant('clone')
    runGit(dirname(repo.root), ['clone', '-q', '--filter=blob:none', `file://${repo.root}`, 'clone'])
    for (const other of [linked, clone]) {
      await expectExact(other)
      expect((await other.snapshot({}, {cacheDir: repo.cacheDir})).stats).toMatchObject({hashed: 0, reused: 5})
    }
  })

  it('keeps its .git elsewhere', async () => {
    const place = repository()
    const repo = place.sibling('separate', '--separate-git-dir', join(dirname(place.root), 'elsewhere.git'))
    fill(repo)
    expect(statSync(join(repo.root, '.git')).isFile()).toBe(true)
    repo.write('a.swift', 'changed\n')
    await expectExact(repo)
  })

  it('is a partial clone that lacks what is not checked out, attributes included', async () => {
    const repo = repository()
    fill(repo)
    repo.write('Docs/.gitattributes', '*.txt text eol=crlf\n')
    repo.write('Docs/a.txt', 'a\n')
    repo.commit()
    repo.git('config', 'uploadpack.allowFilter', 'true')
    const clone = repo.vacant('clone')
    runGit(dirname(repo.root), ['clone', '-q', '--filter=blob:none', '--sparse', `file://${repo.root}`, 'clone'])
    clone.git('sparse-checkout', 'set', 'Sources', 'Tests')
    clone.write('Sources/b.swift', 'edited\n')
    expect(clone.git('rev-list', '--objects', '--missing=print', 'HEAD')).toContain('?')
    await expect(clone.snapshot()).rejects.toMatchObject({
      code: 'sparse_checkout_incomplete',
      data: {offences: [{path: 'Docs/.gitattributes'}, {path: 'Docs/a.txt'}]},
    })
    for (let i = 0; i < 2; i++) expect((await clone.snapshot({excludes: ['Docs/']})).entries).toEqual(slowWalk(clone.root))
  })

  it('is configured to tell less than it knows', async () => {
    const repo = repository()
    const inner = repo.sibling('inner')
    fill(inner)
    fill(repo)
    repo.git('submodule', '--quiet', 'add', inner.root, 'Vendor')
    repo.commit()
    repo.git('config', '-f', '.gitmodules', 'submodule.Vendor.ignore', 'all')
    for (const [key, value] of [
      ['status.showUntrackedFiles', 'no'],
      ['status.relativePaths', 'true'],
      ['status.renames', 'copies'],
      ['diff.ignoreSubmodules', 'all'],
      ['submodule.Vendor.ignore', 'all'],
      ['core.ignoreCase', 'true'],
      ['core.quotePath', 'true'],
      ['core.untrackedCache', 'true'],
      ['core.preloadIndex', 'false'],
      ['color.ui', 'always'],
      ['column.ui', 'always'],
    ] as const) {
      repo.git('config', key, value)
    }
    repo.write('ünicode "quoted".swift', 'new\n')
    repo.write('Vendor/a.swift', 'edited\n')
    repo.git('mv', 'Sources/b.swift', 'Sources/renamed.swift')
    await expectExact(repo)
    runGit(join(repo.root, 'Vendor'), ['commit', '-qam', 'ahead'])
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'submodule_commit_differs', data: {offences: [{path: 'Vendor'}]}})
  })

  it('has conflicts', async () => {
    const repo = repository()
    fill(repo)
    conflictIn(repo, 'a.swift')
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'merge_conflicts', data: {count: 1, offences: [{path: 'a.swift'}]}})
  })

  it('is used from one of its directories', async () => {
    const repo = repository()
    fill(repo)
    repo.write('Sources/new.swift', 'new\n')
    repo.write('outside.swift', 'new\n')
    const inside = await repo.snapshot({}, {root: join(repo.root, 'Sources')})
    expect(inside.entries).toEqual(slowWalk(join(repo.root, 'Sources')))
    expect(inside.vcs.differing).toBe(1)
  })

  it('renames by case alone, and replaces files by links and directories', async () => {
    const repo = repository()
    fill(repo)
    repo.git('mv', 'a.swift', 'A.swift')
    await expectExact(repo)
    repo.commit()
    renameSync(join(repo.root, 'A.swift'), join(repo.root, 'a.swift'))
    await expectExact(repo)
    repo.remove('tool.sh')
    repo.link('tool.sh', 'a.swift')
    repo.remove('Sources/b.swift')
    repo.write('Sources/b.swift/now-a-directory', 'x')
    await expectExact(repo)
    renameSync(join(repo.root, 'Tests'), join(repo.root, 'Moved'))
    repo.link('Tests', 'Moved')
    await expectExact(repo)
  })

  it('has a file where directories were, with the index as fresh as it was or not', async () => {
    const repo = repository()
    fill(repo)
    repo.write('Sources/Deep/Deeper/e.swift', 'e\n')
    repo.commit()
    await repo.snapshot()
    repo.remove('Sources')
    repo.write('Sources', 'a file now\n')
    await expectExact(repo)
  })
})

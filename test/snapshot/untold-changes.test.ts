import {execFileSync} from 'node:child_process'
import {chmodSync, statSync, symlinkSync, utimesSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {expectExact} from './expect-exact.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'

const repository = repositoryMaker()

describe('what git does not tell', () => {
  it('finds edits behind assume-unchanged', async () => {
    const repo = repository()
    fill(repo)
    repo.git('update-index', '--assume-unchanged', 'a.swift')
    repo.write('a.swift', 'edited in secret\n')
    await expectExact(repo)
    repo.remove('a.swift')
    await expectExact(repo)
  })

  it.each(['gone', 'a file now', 'what it was'])('finds a link behind assume-unchanged that is %s', async (now) => {
    const repo = repository()
    symlinkSync('a.swift', join(repo.root, 'link'))
    fill(repo)
    repo.git('update-index', '--assume-unchanged', 'link')
    if (now !== 'what it was') repo.remove('link')
    if (now === 'a file now') repo.write('link', 'no link any more\n')
    await expectExact(repo)
  })

  it.each(['tracked', 'ignored'])('takes nothing from behind a link, %s, that took the place of a directory', async (link) => {
    const repo = repository()
    fill(repo)
    repo.write('Elsewhere/c.swift', 'of another directory\n')
    if (link === 'ignored') repo.write('.gitignore', '/Sources/Deep\n')
    repo.commit()
    repo.git('update-index', '--assume-unchanged', 'Sources/Deep/c.swift')
    repo.remove('Sources/Deep')
    repo.link('Sources/Deep', '../Elsewhere')
    await expectExact(repo)
    repo.git('update-index', '--no-assume-unchanged', 'Sources/Deep/c.swift')
    repo.git('update-index', '--skip-worktree', 'Sources/Deep/c.swift')
    await expect(repo.snapshot()).rejects.toMatchObject({
      code: 'sparse_checkout_incomplete',
      data: {offences: [{path: 'Sources/Deep/c.swift'}]},
    })
  })

  it('finds edits behind skip-worktree', async () => {
    const repo = repository()
    fill(repo)
    repo.git('update-index', '--skip-worktree', 'a.swift')
    repo.write('a.swift', 'edited in secret\n')
    await expectExact(repo)
  })

  it('names what a sparse checkout leaves out', async () => {
    const repo = repository()
    fill(repo)
    repo.git('sparse-checkout', 'set', '--cone', 'Sources')
    await expect(repo.snapshot({excludes: ['*.mov']})).rejects.toMatchObject({
      code: 'sparse_checkout_incomplete',
      data: {count: 1, offences: [{path: 'Tests/d.swift', detail: null}], excludes: ['/Tests/']},
      hint: expect.stringContaining('excludes = ["*.mov","/Tests/"]') as unknown,
    })
    expect((await repo.snapshot({excludes: ['/Tests/']})).entries).toEqual(slowWalk(repo.root))
  })

  it('does not take for unchanged what git cannot look at', async () => {
    const repo = repository()
    fill(repo)
    const known = await repo.snapshot()
    expect((await repo.snapshot()).stats.hashed).toBe(0)
    repo.remove('Sources/Deep')
    repo.link('Sources/Deep', 'Deep')
    const {entries} = await repo.snapshot()
    expect(entries.map(({path}) => path)).toEqual(known.entries.map(({path}) => path.replace('Deep/c.swift', 'Deep')))
  })

  it('sees an edit that leaves size and mtime as they were', async () => {
    const repo = repository()
    fill(repo)
    await repo.snapshot()
    for (const config of [[], ['core.trustctime', 'false'], ['core.checkStat', 'minimal']]) {
      if (config.length > 0) repo.git('config', ...config)
      const {atime, mtime} = statSync(join(repo.root, 'a.swift'))
      repo.write('a.swift', '// A.swift\n'.replace('A', String(config.length + (config[0]?.length ?? 0)).slice(-1)))
      utimesSync(join(repo.root, 'a.swift'), atime, mtime)
      await expectExact(repo)
    }
  })

  it('sees an edit in the very moment of the index', async () => {
    const repo = repository()
    for (let i = 0; i < 20; i++) {
      repo.write('racy.swift', `let a = ${i}0\n`)
      repo.git('add', 'racy.swift')
      repo.write('racy.swift', `let b = ${i}1\n`)
      expect((await repo.snapshot()).entries).toEqual(slowWalk(repo.root))
    }
  })

  it('takes the index mode where the file system has none', async () => {
    const repo = repository()
    fill(repo)
    repo.git('config', 'core.fileMode', 'false')
    chmodSync(join(repo.root, 'tool.sh'), 0o644)
    chmodSync(join(repo.root, 'a.swift'), 0o755)
    repo.write('new.sh', '#!/bin/sh\n', 0o755)
    await expectExact(repo)
    expect(modes(await repo.snapshot())).toMatchObject({'tool.sh': '100755', 'a.swift': '100644', 'new.sh': '100644'})
  })

  it('follows a changed x bit where the file system has one', async () => {
    const repo = repository()
    fill(repo)
    chmodSync(join(repo.root, 'a.swift'), 0o744)
    await expectExact(repo)
    expect(modes(await repo.snapshot())).toMatchObject({'a.swift': '100755'})
  })

  it('does not depend on the umask', async () => {
    const repo = repository()
    fill(repo)
    const hashes = new Set<string>()
    for (const umask of ['022', '077', '002']) {
      const clone = repo.sibling(`umask-${umask}`)
      execFileSync('sh', ['-c', `umask ${umask} && rm -rf "$1" && git clone -q "$0" "$1"`, repo.root, clone.root])
      hashes.add((await clone.snapshot()).sourceTreeHash)
    }
    expect([...hashes]).toEqual([(await repo.snapshot()).sourceTreeHash])
  })
})

function modes({entries}: {readonly entries: readonly {readonly path: string; readonly mode: string}[]}): Record<string, string> {
  return Object.fromEntries(entries.map(({path, mode}) => [path, mode]))
}

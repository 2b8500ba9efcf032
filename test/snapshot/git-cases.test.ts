import {execFileSync} from 'node:child_process'
import {chmodSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {slowWalk} from './slow-walk.ts'
import {makeRepository, runGit, type TestRepository} from './test-repository.ts'

const made: TestRepository[] = []
const repository = (...init: readonly string[]): TestRepository => {
  const repo = makeRepository(...init)
  made.push(repo)
  return repo
}
afterEach(() => {
  for (const repo of made.splice(0)) rmSync(dirname(repo.root), {recursive: true, force: true})
})

/** The snapshot, from an empty cache and from a warm one, is what the slow walk finds. */
async function expectExact(repo: TestRepository): Promise<void> {
  const slow = slowWalk(repo.root)
  expect((await repo.snapshot({}, {cacheDir: `${repo.cacheDir}-fresh`})).entries).toEqual(slow)
  rmSync(`${repo.cacheDir}-fresh`, {recursive: true, force: true})
  expect((await repo.snapshot()).entries).toEqual(slow)
  expect((await repo.snapshot()).entries).toEqual(slow)
}

function fill(repo: TestRepository): void {
  for (const name of ['a.swift', 'Sources/b.swift', 'Sources/Deep/c.swift', 'Tests/d.swift']) repo.write(name, `// ${name}\n`)
  repo.write('tool.sh', '#!/bin/sh\n', 0o755)
  repo.commit()
}

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

describe('conversions', () => {
  it('takes the line ends of the work tree', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.txt text eol=crlf\n*.lf text eol=lf\n* text=auto\n')
    repo.write('windows.txt', 'one\r\ntwo\r\n')
    repo.write('unix.lf', 'one\ntwo\n')
    repo.write('auto.swift', 'one\r\ntwo\r\n')
    repo.commit()
    await expectExact(repo)
    repo.remove('windows.txt')
    repo.remove('auto.swift')
    repo.git('checkout', '.')
    await expectExact(repo)
    repo.git('config', 'core.autocrlf', 'true')
    repo.remove('auto.swift')
    repo.git('checkout', '.')
    await expectExact(repo)
  })

  it('takes expanded $Id$ keywords', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.c ident\n')
    repo.write('a.c', '/* $Id$ */\n')
    repo.write('b.h', '/* $Id$ */\n')
    repo.commit()
    repo.remove('a.c')
    repo.git('checkout', '.')
    await expectExact(repo)
  })

  it('takes another encoding as it lies in the work tree', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.strings working-tree-encoding=UTF-16LE\n')
    repo.write('a.strings', Buffer.from('"key" = "ключ";\n', 'utf16le'))
    repo.write('plain.txt', 'x')
    repo.commit()
    await expectExact(repo)
  })

  it('takes what smudge filters leave, also when a filter keeps the size', async () => {
    const repo = repository()
    const rot13 = "tr 'a-zA-Z' 'n-za-mN-ZA-M'"
    repo.git('config', 'filter.rot.clean', rot13)
    repo.git('config', 'filter.rot.smudge', rot13)
    repo.write('[x].swift', 'plain\n')
    repo.write('a.rot', 'secret\n')
    repo.write('b.swift', 'frperg\n')
    repo.commit()
    await repo.snapshot()
    repo.write('.gitattributes', '[attr]hidden filter=rot\n*.rot hidden\n')
    repo.write('a.rot', 'frperg\n')
    repo.commit()
    await expectExact(repo)
    repo.remove('a.rot')
    repo.git('checkout', '.')
    await expectExact(repo)
    repo.remove('.gitattributes')
    await expectExact(repo)
    repo.git('rm', '-q', '--cached', '.gitattributes')
    await expectExact(repo)
  })

  it('never runs a program that the repository configures', async () => {
    const repo = repository()
    fill(repo)
    const trap = join(dirname(repo.root), 'ran')
    const script = join(dirname(repo.root), 'trap.sh')
    writeFileSync(script, `#!/bin/sh\ntouch '${trap}'\ncat\n`, {mode: 0o755})
    for (const key of [
      'core.fsmonitor',
      'filter.trap.clean',
      'filter.trap.smudge',
      'filter.trap.process',
      'core.sshCommand',
      'diff.external',
      'core.pager',
    ]) {
      repo.git('config', key, script)
    }
    repo.git('config', 'core.hooksPath', dirname(repo.root))
    writeFileSync(join(dirname(repo.root), 'post-index-change'), `#!/bin/sh\ntouch '${trap}'\n`, {mode: 0o755})
    writeFileSync(join(repo.root, '.gitattributes'), '* filter=trap\n')
    writeFileSync(join(repo.root, 'a.swift'), 'changed\n')
    await repo.snapshot()
    expect(statSync(trap, {throwIfNoEntry: false})).toBeUndefined()
  })
})

describe('Git LFS', () => {
  const pointer = (sha256: string, bytes: number) => `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes}\n`
  const content = Buffer.from('a large picture')
  const sha256 = 'a57f0e46b9f9e2ef19a9dc5b4ac0dc8ba1a4b0c6dbcb42b4f23ac6cc6a4c6ea4'

  it('puts content from the local store in the place of pointers', async () => {
    const repo = repository()
    const {createHash} = await import('node:crypto')
    const real = createHash('sha256').update(content).digest('hex')
    repo.write('.gitattributes', '*.png filter=lfs diff=lfs merge=lfs -text\nfixtures/*.png -filter\n')
    repo.write('a.png', pointer(real, content.length))
    repo.write('fixtures/pointer.png', pointer(sha256, 5))
    repo.write(`.git/lfs/objects/${real.slice(0, 2)}/${real.slice(2, 4)}/${real}`, content)
    repo.commit()
    for (let i = 0; i < 2; i++) {
      const snapshot = await repo.snapshot()
      const entry = snapshot.entries.find(({path}) => path === 'a.png')
      expect(entry).toEqual({path: 'a.png', type: 'file', mode: '100644', bytes: content.length, sha256: real})
      expect(entry?.type === 'file' && snapshot.read(entry)).toEqual(content)
      expect(snapshot.vcs.lfs).toEqual({materialised: 1, pointers: 0})
    }
  })

  it('finds the store of a submodule, of a linked worktree, and one that is configured', async () => {
    const {createHash} = await import('node:crypto')
    const real = createHash('sha256').update(content).digest('hex')
    const object = `objects/${real.slice(0, 2)}/${real.slice(2, 4)}/${real}`
    const inner = repository()
    inner.write('.gitattributes', '*.png filter=lfs diff=lfs merge=lfs -text\n')
    inner.write('a.png', pointer(real, content.length))
    inner.commit()
    const repo = inner.sibling('outer', '-b', 'main')
    fill(repo)
    repo.git('submodule', '--quiet', 'add', inner.root, 'Vendor/Inner')
    repo.commit()
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'lfs_pointer_unresolved', data: {offences: [{path: 'Vendor/Inner/a.png'}]}})
    repo.write(`.git/modules/Vendor/Inner/lfs/${object}`, content)
    const materialised = expect.arrayContaining([expect.objectContaining({path: 'Vendor/Inner/a.png', sha256: real})]) as unknown
    expect((await repo.snapshot()).entries).toEqual(materialised)

    inner.write(`.git/lfs/${object}`, content)
    const linked = inner.sibling('linked')
    rmSync(linked.root, {recursive: true})
    inner.git('worktree', 'add', '-q', linked.root, '-b', 'linked')
    expect((await linked.snapshot()).vcs.lfs).toEqual({materialised: 1, pointers: 0})

    inner.remove('.git/lfs')
    await expect(linked.snapshot()).rejects.toMatchObject({code: 'lfs_pointer_unresolved'})
    // From the git directory, as git-lfs reads it.
    inner.git('config', 'lfs.storage', '../shared-lfs')
    inner.write(`shared-lfs/${object}`, content)
    expect((await linked.snapshot()).vcs.lfs).toEqual({materialised: 1, pointers: 0})
  })

  it('refuses pointers without content, or stages them when told to', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.png filter=lfs\n')
    repo.write('a.png', pointer(sha256, 15))
    repo.commit()
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'lfs_pointer_unresolved', exitCode: 92, data: {offences: [{path: 'a.png'}]}})
    const {entries, vcs} = await repo.snapshot({lfs: 'pointers'})
    expect(entries).toEqual(slowWalk(repo.root))
    expect(vcs.lfs).toEqual({materialised: 0, pointers: 1})
  })
})

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
    const linked = repo.sibling('linked')
    rmSync(linked.root, {recursive: true})
    repo.git('worktree', 'add', '-q', linked.root, '-b', 'linked')
    const clone = repo.sibling('clone')
    rmSync(clone.root, {recursive: true})
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
    const clone = repo.sibling('clone')
    rmSync(clone.root, {recursive: true})
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
    repo.git('checkout', '-q', '-b', 'other')
    repo.write('a.swift', 'theirs\n')
    repo.commit()
    repo.git('checkout', '-q', 'main')
    repo.write('a.swift', 'ours\n')
    repo.commit()
    expect(() => repo.git('merge', '-q', 'other')).toThrow(/./)
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
})

describe('ignore rules', () => {
  it('counts every source of them', async () => {
    const repo = repository()
    fill(repo)
    const global = join(dirname(repo.root), 'global-ignore')
    writeFileSync(global, '*.global\n')
    repo.git('config', 'core.excludesFile', global)
    repo.write('.git/info/exclude', '*.info\n')
    repo.write('.gitignore', '*.log\n!keep.log\n/build/\nSources/**/gen\n')
    repo.write('Sources/.gitignore', '*.tmp\n!*.log\n')
    for (const path of [
      'x.global',
      'x.info',
      'x.log',
      'keep.log',
      'build/a',
      'Sources/build/a',
      'Sources/Deep/gen/a',
      'Sources/x.tmp',
      'Sources/x.log',
      'x.tmp',
    ]) {
      repo.write(path, path)
    }
    repo.write('tracked.log', 'tracked although ignored\n')
    repo.git('add', '-f', 'tracked.log')
    await expectExact(repo)
  })
})

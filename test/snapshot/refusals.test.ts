import {execFileSync} from 'node:child_process'
import {chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {allErrors, isRchError} from '@rch/contract'
import {describe, expect, it} from 'vitest'
import * as z from 'zod'
import {lfsPointer} from './lfs-pointer.ts'
import {conflictIn} from './merge-conflict.ts'
import {repositoryMaker} from './repository-maker.ts'
import {SOURCE, type TestRepository} from './test-repository.ts'

const make = repositoryMaker()
const repository = (): TestRepository => {
  const repo = make()
  repo.write('a.swift', 'let a = 1\n')
  return repo
}

const refusal = (code: string, ...paths: readonly string[]) => ({
  code,
  exitCode: 92,
  data: {count: paths.length, offences: paths.map((path) => expect.objectContaining({path}) as unknown)},
})

describe.each(['vcs', 'working_tree'] as const)('refused in mode %s', (mode) => {
  it('symbolic links that leave the source, alone or through one another', async () => {
    const repo = repository()
    repo.link('inside', 'a.swift')
    repo.link('dangling', 'nowhere/at/all')
    repo.link('Sources/up', '..')
    expect((await repo.snapshot({mode})).entries).toHaveLength(4)
    repo.link('absolute', '/etc/passwd')
    repo.link('parent', '../outside')
    repo.link('Sources/through', 'up/../x')
    await expect(repo.snapshot({mode})).rejects.toMatchObject(refusal('unsafe_symlink_target', 'Sources/through', 'absolute', 'parent'))
  })

  it('any symbolic link, when the policy forbids them', async () => {
    const repo = repository()
    repo.link('inside', 'a.swift')
    await expect(repo.snapshot({mode, symlinks: 'forbid'})).rejects.toMatchObject(refusal('symlinks_disallowed', 'inside'))
  })

  it('hard links, when the policy forbids them; else each name is a file of its own', async () => {
    const repo = repository()
    linkSync(join(repo.root, 'a.swift'), join(repo.root, 'b.swift'))
    expect((await repo.snapshot({mode})).entries).toHaveLength(2)
    await expect(repo.snapshot({mode, hardlinks: 'forbid'})).rejects.toMatchObject(refusal('hardlinks_disallowed', 'a.swift', 'b.swift'))
  })

  it('names with control characters or invalid UTF-8', async () => {
    const repo = repository()
    writeFileSync(join(repo.root, 'new\nline.swift'), 'x')
    writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/bad`), Buffer.from([0xff, 0xfe])]), 'x')
    await expect(repo.snapshot({mode})).rejects.toMatchObject({code: 'unsafe_path', data: {count: 2}})
    if (mode === 'vcs') {
      repo.git('add', '-A')
      await expect(repo.snapshot({mode})).rejects.toMatchObject({code: 'unsafe_path', data: {count: 2}})
    }
  })

  it('paths that are too long or too deep for a Mac', async () => {
    const repo = repository()
    repo.write(`${'d/'.repeat(64)}deep`, 'x')
    repo.write(`${'é'.repeat(100)}.swift`, 'x')
    const long = Array.from({length: 5}, () => 'x'.repeat(200)).join('/')
    repo.write(long, 'x')
    await expect(repo.snapshot({mode})).rejects.toMatchObject({code: 'unsafe_path', data: {count: 3}})
  })

  it('paths that are one file on a Mac', async () => {
    const repo = repository()
    repo.write('A.swift', 'x')
    repo.write('Straße/x', 'x')
    repo.write('STRASSE/y', 'x')
    repo.write('caf\u00e9', 'x')
    repo.write('cafe\u0301', 'x')
    repo.write('fine/B', 'x')
    repo.write('other/b', 'x')
    const {offences, ...error} = await refused(repo, mode)
    expect(error).toMatchObject({code: 'path_collision', exitCode: 92, data: {count: 3}})
    expect(offences.map(({path, detail}) => `${path} ${detail}`).toSorted()).toEqual([
      'A.swift and a.swift',
      'STRASSE/ and Straße/',
      'cafe\u0301 and caf\u00e9',
    ])
  })

  it('more bytes than allowed, naming the largest files', async () => {
    const repo = repository()
    repo.write('big.bin', Buffer.alloc(5000))
    repo.write('small.bin', Buffer.alloc(50))
    await expect(repo.snapshot({mode, max_bytes: 5000})).rejects.toMatchObject({
      code: 'source_quota_exceeded',
      exitCode: 92,
      data: {
        limit_name: 'source.max_bytes',
        limit: 5000,
        got: 5060,
        largest: [{path: 'big.bin', bytes: 5000}, {path: 'small.bin'}, {path: 'a.swift'}],
      },
    })
    await expect(repo.snapshot({mode, max_file_bytes: 4999})).rejects.toMatchObject({
      code: 'source_quota_exceeded',
      data: {limit_name: 'source.max_file_bytes', count: 1, largest: [{path: 'big.bin', bytes: 5000}]},
    })
    expect((await repo.snapshot({mode, max_bytes: 5060, max_file_bytes: 5000})).stats.bytes).toBe(5060)
  })

  it('a source without files', async () => {
    const repo = repository()
    await expect(repo.snapshot({mode, excludes: ['*']})).rejects.toMatchObject({code: 'source_empty', exitCode: 92})
  })

  it('names every offending path, twenty of them in words', async () => {
    const repo = repository()
    for (let i = 0; i < 33; i++) repo.link(`link${String(i).padStart(2, '0')}`, '/etc/passwd')
    const {code, data, message} = await refused(repo, mode)
    expect({code, data}).toMatchObject({code: 'unsafe_symlink_target', data: {count: 33}})
    expect(message).toContain('link19')
    expect(message).not.toContain('link20')
    expect(message).toContain('13 more')
  })
})

it('names what breaks every rule in one refusal, each with its own cure', async () => {
  const repo = repository()
  repo.write('.gitattributes', '*.png filter=lfs\n')
  repo.write('p.png', lfsPointer('0'.repeat(64), 5))
  repo.write('conflict.swift', 'base\n')
  repo.write('sparse/kept-away.swift', 'x')
  repo.commit()
  conflictIn(repo, 'conflict.swift')
  repo.git('update-index', '--skip-worktree', 'sparse/kept-away.swift')
  repo.remove('sparse/kept-away.swift')
  repo.link('out', '../elsewhere')
  repo.link('far', '/etc/passwd')
  repo.write('A.swift', 'x')
  repo.write('new\nline', 'x')
  repo.write('big.bin', Buffer.alloc(5000))
  linkSync(join(repo.root, 'big.bin'), join(repo.root, 'big-too.bin'))
  const error = await repo.snapshot({hardlinks: 'forbid', max_bytes: 6000, max_file_bytes: 4000, require_clean: true}).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isRchError(error)) throw new Error('it was not refused')
  const told = allErrors(error).map(({code, data, hint}) => [code, data['limit_name'] ?? data['count'], hint !== ''])
  expect(told).toEqual([
    ['merge_conflicts', 1, true],
    ['sparse_checkout_incomplete', 1, true],
    ['lfs_pointer_unresolved', 1, true],
    ['unsafe_path', 1, true],
    ['path_collision', 1, true],
    ['unsafe_symlink_target', 2, true],
    ['hardlinks_disallowed', 2, true],
    ['dirty_working_tree', 7, true],
    ['source_quota_exceeded', 'source.max_file_bytes', true],
    ['source_quota_exceeded', 'source.max_bytes', true],
  ])
})

async function refused(repo: TestRepository, mode: 'vcs' | 'working_tree') {
  const error = await repo.snapshot({mode}).then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isRchError(error)) throw new Error('it was not refused')
  const {code, exitCode, data, message} = error
  return {
    code,
    exitCode,
    data,
    message,
    offences: z.array(z.object({path: z.string(), detail: z.string().nullable()})).parse(data['offences']),
  }
}

describe('refused', () => {
  it('pipes, sockets and devices', async () => {
    const repo = repository()
    execFileSync('mkfifo', [join(repo.root, 'pipe')])
    await expect(repo.snapshot({mode: 'working_tree'})).rejects.toMatchObject(refusal('special_file', 'pipe'))
    repo.write('b.swift', 'x')
    repo.commit()
    repo.remove('b.swift')
    execFileSync('mkfifo', [join(repo.root, 'b.swift')])
    await expect(repo.snapshot()).rejects.toMatchObject(refusal('special_file', 'b.swift'))
  })

  it('files and directories that cannot be read', async () => {
    const repo = repository()
    repo.write('closed/x', 'x')
    chmodSync(dirname(repo.root), 0o755)
    chmodSync(join(repo.root, 'a.swift'), 0)
    chmodSync(join(repo.root, 'closed'), 0)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      await expect(repo.snapshot({mode: 'working_tree', excludes: ['.git']})).rejects.toMatchObject(
        refusal('unreadable_file', 'a.swift', 'closed'),
      )
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(join(repo.root, 'closed'), 0o755)
    }
  })

  it('a dirty tree, when it has to be clean', async () => {
    const repo = repository()
    repo.commit()
    expect((await repo.snapshot({require_clean: true})).vcs.dirty).toBe(false)
    repo.write('a.swift', 'changed\n')
    repo.write('new.swift', 'new\n')
    await expect(repo.snapshot({require_clean: true})).rejects.toMatchObject(refusal('dirty_working_tree', 'a.swift', 'new.swift'))
  })

  it('a directory without git, and a broken one, when git is asked for', async () => {
    const repo = repository()
    rmSync(join(repo.root, '.git'), {recursive: true})
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'vcs_unavailable', exitCode: 92})
    expect((await repo.snapshot({mode: 'working_tree'})).entries).toHaveLength(1)
    writeFileSync(join(repo.root, '.git'), 'gitdir: nowhere\n')
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'vcs_unavailable'})
    await expect(repo.snapshot({}, {root: join(repo.root, 'missing')})).rejects.toMatchObject({code: 'vcs_unavailable'})
  })
})

describe('a plain directory', () => {
  it('holds every file but built-in and configured excludes', async () => {
    const repo = repository()
    for (const path of [
      'DerivedData/x',
      '.build/x',
      'R.xcresult/Info.plist',
      'A.xcodeproj/xcuserdata/me/x',
      'Sub/.DS_Store',
      'Sub/.git/config',
      'keep/x',
      'drop/x',
      '.gitignore',
    ]) {
      repo.write(path, path === '.gitignore' ? 'keep\n' : path)
    }
    const {entries, vcs, excluded} = await repo.snapshot({mode: 'working_tree', excludes: ['drop/']})
    expect(entries.map(({path}) => path)).toEqual(['.gitignore', 'a.swift', 'keep/x'])
    expect(vcs).toMatchObject({kind: 'none', commit: null, dirty: false})
    expect(excluded.length).toBeGreaterThan(0)
    const included = await repo.snapshot({mode: 'working_tree', include: ['/DerivedData/'], excludes: ['drop/']})
    expect(included.entries.map(({path}) => path)).toEqual(['.gitignore', 'DerivedData/x', 'a.swift', 'keep/x'])
  })

  it('reads nothing again that did not change', async () => {
    const repo = repository()
    for (let i = 0; i < 1000; i++) repo.write(`d${i % 10}/f${i}`, `content ${i}`)
    await new Promise((resolve) => setTimeout(resolve, 40))
    const first = await repo.snapshot({mode: 'working_tree'})
    expect(first.stats).toMatchObject({hashed: 1001, reused: 0})
    const second = await repo.snapshot({mode: 'working_tree'})
    expect(second).toMatchObject({sourceTreeHash: first.sourceTreeHash, stats: {hashed: 0, reused: 1001}})
    repo.write('d1/f1', 'CONTENT 1')
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect((await repo.snapshot({mode: 'working_tree'})).stats).toMatchObject({hashed: 1, reused: 1000})
  })

  it('has the identity of the same files in git', async () => {
    const repo = repository()
    repo.write('run.sh', '#!/bin/sh\n', 0o755)
    repo.link('link', 'run.sh')
    expect((await repo.snapshot({mode: 'working_tree'})).sourceTreeHash).toBe((await repo.snapshot()).sourceTreeHash)
  })
})

describe('the caches', () => {
  it('cost time when damaged, never correctness', async () => {
    const repo = repository()
    for (let i = 0; i < 50; i++) repo.write(`f${i}`, `content ${i}`)
    repo.commit()
    repo.write('f1', 'dirty')
    await new Promise((resolve) => setTimeout(resolve, 40))
    const {sourceTreeHash} = await repo.snapshot()
    await repo.snapshot()
    const {readdirSync, readFileSync, truncateSync} = await import('node:fs')
    for (const name of readdirSync(repo.cacheDir)) {
      const path = join(repo.cacheDir, name)
      const bytes = readFileSync(path)
      for (let i = 40; i < bytes.length; i += 97) bytes[i] = (bytes[i] ?? 0) ^ 0x55
      writeFileSync(path, bytes)
    }
    expect((await repo.snapshot()).sourceTreeHash).toBe(sourceTreeHash)
    for (const name of readdirSync(repo.cacheDir)) truncateSync(join(repo.cacheDir, name), 100)
    expect((await repo.snapshot()).sourceTreeHash).toBe(sourceTreeHash)
    expect((await repo.snapshot()).stats.hashed).toBe(0)
    rmSync(repo.cacheDir, {recursive: true})
    writeFileSync(repo.cacheDir, 'not a directory')
    expect((await repo.snapshot()).sourceTreeHash).toBe(sourceTreeHash)
  })
})

describe('selection', () => {
  it('orders its layers: ignore files, source.include, source.excludes, .rchignore', async () => {
    const repo = repository()
    repo.write('.gitignore', 'Pods/\n*.generated.swift\nSecrets.xcconfig\n')
    repo.write('.rchignore', '# comment\nDocs/\n*.md\n!README.md\n')
    for (const path of [
      'Pods/A/a.m',
      'Pods/B/b.m',
      'x.generated.swift',
      'Sources/y.generated.swift',
      'Secrets.xcconfig',
      'Docs/a.txt',
      'Docs/README.md',
      'README.md',
      'OTHER.md',
      'big.mov',
    ]) {
      repo.write(path, path)
    }
    repo.git('add', 'Docs/a.txt', 'OTHER.md', 'big.mov')
    const paths = async (source: Partial<typeof SOURCE>) =>
      (await repo.snapshot(source)).entries.map(({path}) => path).filter((path) => !path.startsWith('.') && path !== 'a.swift')
    expect(await paths({})).toEqual(['README.md', 'big.mov'])
    expect(await paths({include: ['Pods/', '/Secrets.xcconfig']})).toEqual([
      'Pods/A/a.m',
      'Pods/B/b.m',
      'README.md',
      'Secrets.xcconfig',
      'big.mov',
    ])
    expect(await paths({include: ['Pods/A/**', '*.generated.swift'], excludes: ['*.mov', '/x.*']})).toEqual([
      'Pods/A/a.m',
      'README.md',
      'Sources/y.generated.swift',
    ])
    expect(await paths({include_untracked: false})).toEqual(['big.mov'])
    expect(await paths({include_untracked: false, include: ['Secrets.xcconfig']})).toEqual(['Secrets.xcconfig', 'big.mov'])
    expect(await paths({include: ['Docs/'], excludes: ['README.md']})).toEqual(['README.md', 'big.mov'])
    expect(await paths({include: ['.git/']})).toEqual(['README.md', 'big.mov'])
  })

  it('keeps what a run is configured and pinned by', async () => {
    const repo = repository()
    const resolved = 'App.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved'
    repo.write('.gitignore', '.rch/\n.rchignore\nPackage.resolved\n')
    for (const path of ['.rch/xcode.toml', '.rch/other', '.rchignore', resolved]) repo.write(path, '')
    const {entries} = await repo.snapshot({excludes: ['.rch/']}, {container: {type: 'project', path: 'App.xcodeproj'}})
    expect(entries.map(({path}) => path)).toEqual(['.gitignore', '.rch/xcode.toml', '.rchignore', resolved, 'a.swift'])
  })

  it('keeps tracked files that built-in excludes would take', async () => {
    const repo = repository()
    repo.write('Tests/Fixtures/Sample.xcresult/Info.plist', 'fixture')
    repo.git('add', '-A')
    repo.write('New.xcresult/Info.plist', 'result')
    expect((await repo.snapshot()).entries.map(({path}) => path)).toEqual(['Tests/Fixtures/Sample.xcresult/Info.plist', 'a.swift'])
  })
})

describe('the content of an entry', () => {
  it('is handed out only while it is what the snapshot holds', async () => {
    const repo = repository()
    repo.write('big.bin', Buffer.alloc(3_000_000, 7))
    const snapshot = await repo.snapshot()
    const read = async (path: string) => {
      const entry = snapshot.entries.find((candidate) => candidate.path === path)
      if (entry?.type !== 'file') throw new Error(path)
      return {streamed: Buffer.concat(await snapshot.open(entry).toArray()), whole: snapshot.read(entry)}
    }
    const {streamed, whole} = await read('big.bin')
    expect(streamed.equals(whole)).toBe(true)
    expect(whole.equals(Buffer.alloc(3_000_000, 7))).toBe(true)
    repo.write('big.bin', Buffer.alloc(3_000_000, 8))
    await expect(read('big.bin')).rejects.toMatchObject({code: 'source_changed_during_snapshot'})
    repo.remove('big.bin')
    symlinkSync('/etc/passwd', join(repo.root, 'big.bin'))
    await expect(read('big.bin')).rejects.toMatchObject({code: 'source_changed_during_snapshot'})
    mkdirSync(join(repo.root, 'other'))
  })
})

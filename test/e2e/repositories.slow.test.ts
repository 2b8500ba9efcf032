import {execFileSync, spawnSync} from 'node:child_process'
import {chmodSync, cpSync, renameSync} from 'node:fs'
import {join} from 'node:path'
import {samplesDirectory} from '@rch/mock-xcode'
import {sourceTreeHash} from '@rch/contract/source'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import * as z from 'zod'
import {conflictIn} from '../snapshot/merge-conflict.ts'
import {slowWalk, walkFiles} from '../snapshot/slow-walk.ts'
import {openRepository, type TestRepository} from '../snapshot/test-repository.ts'
import {eventsOf, workerJobs} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await createLab({transport: 'local'})
})
afterAll(async () => lab.stop())

let count = 0

/** A package that builds, in a repository of its own that real git made. */
function repository(...init: readonly string[]): TestRepository {
  const repo = openRepository(join(lab.dir, 'repositories'), `r${++count}`, init)
  cpSync(lab.project, repo.root, {recursive: true, filter: (path) => !path.endsWith('/.git')})
  return repo
}

function committed(...init: readonly string[]): TestRepository {
  const repo = repository(...init)
  repo.write('Docs/a.txt', 'a\n')
  repo.commit()
  return repo
}

/** `rch xcode stage` and a run see what the slow walk finds: the same tree, and the worker's workspace holds it byte for byte. */
async function expectArrives(repo: TestRepository, expected = slowWalk(repo.root), ...set: readonly string[]): Promise<void> {
  const staged = await lab.rch(['xcode', 'stage', '--json', ...VCS, ...set], {cwd: repo.root})
  expect(staged.json().errors).toEqual([])
  expect(staged.json()).toMatchObject({
    source_tree_hash: sourceTreeHash(expected),
    files: expected.filter(({type}) => type === 'file').length,
    bytes: expected.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0),
  })
  const ran = await lab.rch(['xcode', 'build', '--json', ...VCS, ...set], {cwd: repo.root})
  expect(ran.json().errors).toEqual([])
  expect(ran.code).toBe(0)
  expect(walkFiles(workspace())).toEqual(expected)
}

/** Where the youngest job's source lies on the worker. */
function workspace(): string {
  const job = workerJobs(lab.workers[0]!).toSorted().at(-1) ?? ''
  return HELLO.parse(eventsOf(join(job, 'artifacts')).find(({type}) => type === 'hello')).worker_paths.source
}

const VCS = ['--set', 'source.mode=vcs']
const HELLO = z.object({worker_paths: z.object({source: z.string()})})

/** Both refuse it, with these paths and nothing else. */
async function expectRefused(repo: TestRepository, code: string, ...paths: readonly string[]): Promise<void> {
  for (const command of ['stage', 'build']) {
    const ran = await lab.rch(['xcode', command, '--json', ...VCS], {cwd: repo.root})
    expect(ran.code).toBe(92)
    expect(ran.json().errors).toMatchObject([{code, data: {offences: paths.map((path) => ({path}))}}])
    expect(ran.json().errors[0]?.hint).not.toBe('')
  }
}

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0

describe('a repository', () => {
  it('with submodules in submodules, checked out and not', async () => {
    const repo = committed()
    const innermost = repo.sibling(`innermost${count}`)
    innermost.write('deep.txt', 'deep\n')
    innermost.commit()
    const inner = repo.sibling(`inner${count}`)
    inner.write('inner.txt', 'inner\n')
    inner.git('submodule', '--quiet', 'add', innermost.root, 'Nested')
    inner.commit()
    repo.git('submodule', '--quiet', 'add', inner.root, 'Vendor/Inner')
    repo.commit()
    await expectRefused(repo, 'submodule_missing', 'Vendor/Inner/Nested')
    repo.git('submodule', '--quiet', 'update', '--init', '--recursive')
    repo.write('Vendor/Inner/Nested/deep.txt', 'edited\n')
    await expectArrives(repo)
    repo.git('submodule', '--quiet', 'deinit', '-f', 'Vendor/Inner')
    await expectRefused(repo, 'submodule_missing', 'Vendor/Inner')
  })

  it.skipIf(!hasLfs)('with Git LFS: content, pointers with their objects, and pointers without', async () => {
    const repo = repository()
    repo.git('lfs', 'install', '--local')
    repo.git('lfs', 'track', '*.png')
    repo.write('Assets/a.png', Buffer.alloc(200_000, 7))
    repo.write('Assets/b.png', Buffer.alloc(1000, 8))
    repo.commit()
    expect(repo.git('cat-file', 'blob', 'HEAD:Assets/a.png')).toContain('git-lfs')
    await expectArrives(repo)
    const content = slowWalk(repo.root)

    const pointers = repo.vacant(`pointers${count}`)
    execFileSync('git', ['clone', '-q', repo.root, pointers.root], {env: {...process.env, GIT_LFS_SKIP_SMUDGE: '1'}})
    pointers.git('lfs', 'install', '--local', '--skip-smudge')
    await expectRefused(pointers, 'lfs_pointer_unresolved', 'Assets/a.png', 'Assets/b.png')
    await expectArrives(pointers, slowWalk(pointers.root), '--set', 'source.lfs=pointers')
    pointers.git('config', 'remote.origin.lfsurl', `file://${repo.root}`)
    pointers.git('lfs', 'fetch', '--include', 'Assets/a.png')
    await expectRefused(pointers, 'lfs_pointer_unresolved', 'Assets/b.png')
    pointers.git('lfs', 'fetch')
    expect(slowWalk(pointers.root)).not.toEqual(content)
    await expectArrives(pointers, content)
    pointers.git('lfs', 'checkout')
    expect(slowWalk(pointers.root)).toEqual(content)
    await expectArrives(pointers)
  })

  it('whose work tree git converts: line ends, filters, encodings', async () => {
    const repo = repository()
    const rot13 = "tr 'a-zA-Z' 'n-za-mN-ZA-M'"
    repo.git('config', 'filter.rot.clean', rot13)
    repo.git('config', 'filter.rot.smudge', rot13)
    repo.write('.gitattributes', '*.bat text eol=crlf\n*.rot filter=rot\n*.strings working-tree-encoding=UTF-16LE\n')
    repo.write('run.bat', 'echo one\r\necho two\r\n')
    repo.write('secret.rot', 'secret\n')
    repo.write('Localizable.strings', Buffer.from('"key" = "ключ";\n', 'utf16le'))
    repo.commit()
    for (const path of ['run.bat', 'secret.rot', 'Localizable.strings']) repo.remove(path)
    repo.git('checkout', '-q', '.')
    expect(repo.git('cat-file', 'blob', 'HEAD:secret.rot')).toBe('frperg\n')
    await expectArrives(repo)
  })

  it('that is checked out sparsely, and only partly cloned', async () => {
    const repo = committed()
    repo.write('Docs/large.bin', Buffer.alloc(10_000, 1))
    repo.commit()
    repo.git('config', 'uploadpack.allowFilter', 'true')
    const clone = repo.vacant(`partial${count}`)
    execFileSync('git', ['clone', '-q', '--filter=blob:none', '--sparse', `file://${repo.root}`, clone.root])
    clone.git('sparse-checkout', 'set', 'Sources', 'Tests', '.rch')
    expect(clone.git('rev-list', '--objects', '--missing=print', 'HEAD')).toContain('?')
    await expectRefused(clone, 'sparse_checkout_incomplete', 'Docs/a.txt', 'Docs/large.bin')
    await expectArrives(clone, slowWalk(clone.root), '--set', 'source.excludes=["Docs/"]')
    clone.git('sparse-checkout', 'disable')
    await expectArrives(clone)
  })

  it('with SHA-256 ids, from a linked worktree of it, with a detached HEAD', async () => {
    const repo = committed('--object-format=sha256')
    await expectArrives(repo)
    const linked = repo.vacant(`linked${count}`)
    repo.git('worktree', 'add', '-q', '--detach', linked.root)
    linked.write('Docs/a.txt', 'edited in the worktree\n')
    await expectArrives(linked)
    const {vcs} = VCS_STATE.parse((await lab.rch(['xcode', 'stage', '--json', ...VCS], {cwd: linked.root})).json())
    expect(vcs).toEqual({branch: null, commit: repo.git('rev-parse', 'HEAD').trim(), dirty: true})
  })

  it('without a commit yet', async () => {
    const repo = repository()
    await expectArrives(repo)
    repo.git('add', '-A')
    repo.write('new.txt', 'new\n')
    await expectArrives(repo)
  })

  it('in the middle of a merge', async () => {
    const repo = committed()
    conflictIn(repo, 'Docs/a.txt')
    await expectRefused(repo, 'merge_conflicts', 'Docs/a.txt')
    repo.write('Docs/a.txt', 'both\n')
    repo.git('add', 'Docs/a.txt')
    await expectArrives(repo)
  })

  it('that breaks several rules, each told with its cure in one run and in its record', async () => {
    const repo = committed()
    repo.write('Docs/A.txt', 'beside a.txt\n')
    for (const name of ['one', 'two']) repo.link(name, '/etc/passwd')
    const ran = await lab.rch(['xcode', 'build', ...VCS], {cwd: repo.root})
    expect(ran.code).toBe(92)
    const told = ran.stderr.split('\n')
    for (const line of ['      one  to /etc/passwd', '      two  to /etc/passwd']) expect(told).toContain(line)
    for (const start of ['rch: path_collision: ', 'rch: unsafe_symlink_target: '])
      expect(told.filter((line) => line.startsWith(start))).toHaveLength(1)
    expect(told.filter((line) => line.startsWith('  → '))).toHaveLength(2)
    const record = /recorded as ([0-9a-f-]+)/.exec(ran.stderr)?.[1] ?? ''
    const explained = (await lab.rch(['xcode', 'explain', record], {cwd: repo.root})).stdout
    for (const part of ['path_collision: ', 'Docs/A.txt', 'unsafe_symlink_target: ', 'two (to /etc/passwd)'])
      expect(explained).toContain(part)
  })

  it.each([
    ['of version 2', ['update-index', '--index-version', '2']],
    ['of version 3', ['update-index', '--index-version', '3']],
    ['of version 4', ['update-index', '--index-version', '4']],
    ['that is split', ['update-index', '--split-index']],
    ['that knows what is untracked', ['update-index', '--force-untracked-cache']],
  ])('with an index %s, as it lies there and after edits at every level', async (_, words) => {
    const repo = committed()
    repo.write('.gitignore', '*.log\n!kept.log\n')
    repo.write('Docs/.gitignore', 'deep/*\n!deep/kept.txt\n')
    repo.commit()
    repo.git(...words)
    await expectArrives(repo)
    for (const path of ['Docs/a.txt', 'Docs/deep/kept.txt', 'Docs/deep/ignored.txt', 'x.log', 'kept.log', 'new.txt'])
      repo.write(path, `${path}\n`)
    await expectArrives(repo)
    expect(walkFiles(workspace()).map(({path}) => path)).toEqual(expect.arrayContaining(['Docs/deep/kept.txt', 'kept.log', 'new.txt']))
    for (const path of ['Docs/deep/ignored.txt', 'x.log']) expect(walkFiles(workspace()).map((entry) => entry.path)).not.toContain(path)
  })

  it('whose index says less than the disk: flags, intent to add, an edit of the same size in the same moment', async () => {
    const repo = committed()
    for (const path of ['assumed.txt', 'skipped.txt', 'racy.txt']) repo.write(path, 'before\n')
    repo.commit()
    repo.git('update-index', '--assume-unchanged', 'assumed.txt')
    repo.git('update-index', '--skip-worktree', 'skipped.txt')
    for (const path of ['assumed.txt', 'skipped.txt']) repo.write(path, 'edited\n')
    repo.write('intended.txt', 'intended\n')
    repo.git('add', '--intent-to-add', 'intended.txt')
    repo.git('add', 'racy.txt')
    repo.write('racy.txt', 'racing\n')
    await expectArrives(repo)
    repo.write('racy.txt', 'raced!\n')
    await expectArrives(repo)
  })

  it('whose files are nobody else’s to read, with a script among them', async () => {
    const repo = committed()
    repo.write('run.sh', '#!/bin/sh\n', 0o700)
    chmodSync(join(repo.root, 'Docs/a.txt'), 0o600)
    await expectArrives(repo)
  })

  it('of no version control at all, and one taken as it lies there', async () => {
    const plain = repository().vacant(`plain${count}`)
    cpSync(lab.project, plain.root, {recursive: true, filter: (path) => !path.endsWith('/.git')})
    plain.write('notes.txt', 'plain\n')
    await expectArrives(plain, walkFiles(plain.root), '--set', 'source.mode=working_tree')
  })

  it('from which a file is gone that its project needs: what misses it is named', async () => {
    const repo = committed()
    cpSync(join(samplesDirectory(), 'HelloApp'), repo.root, {recursive: true})
    repo.write('.gitignore', 'HelloApp/CounterView.swift\n')
    repo.commit()
    await expectRefused(repo, 'ignored_input_referenced', 'HelloApp/CounterView.swift')
  })

  it('says before it goes what would go, what stays and by which line, and what is new since the last run', async () => {
    const repo = committed()
    await expectArrives(repo)
    repo.write('.gitignore', '*.log\n')
    repo.write('Docs/a.txt', 'edited\n')
    repo.write('x.log', 'log\n')
    repo.write('Docs/draft.txt', 'draft\n')
    repo.write('new.txt', 'new\n')
    const staged = await lab.rch(['xcode', 'stage', '--json', ...VCS, '--set', 'source.excludes=["Docs/draft.txt"]'], {cwd: repo.root})
    expect(staged.json()).toMatchObject({
      changes: {added: ['new.txt'], changed: ['.gitignore', 'Docs/a.txt'], removed: []},
      new_content: {files: 3},
      excluded: expect.arrayContaining([
        expect.objectContaining({
          rule: {source: 'source.excludes', line: 1, pattern: 'Docs/draft.txt'},
          files: 1,
          paths: ['Docs/draft.txt'],
        }),
      ]),
    })
  })

  it('in which names change by case alone', async () => {
    const repo = committed()
    await expectArrives(repo)
    repo.git('mv', 'Docs/a.txt', 'Docs/A.txt')
    renameSync(join(repo.root, 'Docs'), join(repo.root, 'docs'))
    await expectArrives(repo)
    repo.commit()
    await expectArrives(repo)
    repo.write('docs/a.txt', 'beside it\n')
    await expectRefused(repo, 'path_collision', 'docs/A.txt')
  })
})

const VCS_STATE = z.object({vcs: z.object({branch: z.string().nullable(), commit: z.string().nullable(), dirty: z.boolean()})})

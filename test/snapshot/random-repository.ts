import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import * as fc from 'fast-check'
import {isRchError} from '@rch/contract'
import {expect} from 'vitest'
import {lstatIfThere} from '../../src/infra/files.ts'
import {slowWalk, walkFiles} from './slow-walk.ts'
import {makeRepository, type TestRepository} from './test-repository.ts'

/** One random thing that happens to a work tree. Every step is possible in every state; what does not apply does nothing. */
type Step = readonly [kind: (typeof KINDS)[number], path: number, other: number]

const KINDS = [
  'edit',
  'edit',
  'edit',
  'same-size',
  'same-mtime',
  'touch',
  'delete',
  'rename',
  'link',
  'chmod',
  'new',
  'directory',
  'no-directory',
  'add',
  'add',
  'add-all',
  'intent',
  'unstage',
  'commit',
  'commit-all',
  'stash',
  'pop',
  'checkout',
  'branch',
  'discard',
  'reset',
  'ignore',
  'ignore-deep',
  'attributes',
  'assume',
  'no-assume',
  'skip',
  'no-skip',
  'crlf',
  'split',
  'version',
  'refresh',
  'snapshot',
  'snapshot',
  'snapshot',
  'snapshot',
  'snapshot',
  'snapshot',
] as const

const PATHS = [
  'a.swift',
  'b.txt',
  'Sources/a.swift',
  'Sources/b.txt',
  'Sources/Deep/c.swift',
  'Sources/Deep/ü.swift',
  'Tests/d.log',
  'Tests/e f.swift',
  'x.bin',
  'Other/x.bin',
]
const RULES = ['*.log\n', '*.swift\n!a.swift\n', 'Sources/\n', '/Other\n**/Deep/*\n', '']
const ATTRIBUTES = [
  '* text=auto\n',
  '*.txt text eol=crlf\n',
  '*.swift ident\n',
  '*.bin filter=rot\n',
  '*.txt working-tree-encoding=UTF-16\n',
  '',
]
const CONTENTS = ['', 'one\n', 'two\n', 'one\r\ntwo\r\n', 'a\nb\r\n', '$Id$\n', '$Id: old $\n', 'long line\n'.repeat(50), 'ünïcode\n']

export const steps = (length: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.tuple(fc.constantFrom(...KINDS), fc.nat(PATHS.length - 1), fc.nat(99)), {minLength: 3, maxLength: length, size: 'max'})

/** Plays the steps in a new repository and compares snapshots (one cache throughout) with the slow walk. Returns how often. */
export async function play(history: readonly Step[]): Promise<number> {
  const repo = newRepository()
  try {
    let compared = 0
    for (const step of history) {
      apply(repo, step)
      if (step[0] === 'snapshot') compared += await compare(repo)
    }
    await compareWithoutGit(repo)
    return compared + (await compare(repo))
  } finally {
    rmSync(dirname(repo.root), {recursive: true, force: true})
  }
}

/**
 * Plays a first history in a repository each, lets all of them come to rest (what is kept of an index counts only once its
 * files' times are past), and then compares after every step of a second one. Returns how many kept their sorted index.
 */
export async function playAtRest(histories: readonly (readonly [readonly Step[], readonly Step[]])[]): Promise<number> {
  const repos = histories.map(([before, after]) => ({repo: newRepository(), before, after}))
  try {
    for (const {repo, before} of repos) {
      for (const step of before) apply(repo, step)
      await compare(repo)
    }
    await new Promise((resolve) => setTimeout(resolve, 2200))
    let kept = 0
    for (const {repo, after} of repos) {
      await compare(repo)
      await compare(repo)
      if (existsSync(repo.cacheDir) && readdirSync(repo.cacheDir).some((name) => name.startsWith('index-'))) kept++
      for (const step of after) {
        apply(repo, step)
        await compare(repo)
      }
    }
    return kept
  } finally {
    for (const {repo} of repos) rmSync(dirname(repo.root), {recursive: true, force: true})
  }
}

function newRepository(): TestRepository {
  const repo = makeRepository()
  repo.git('config', 'filter.rot.clean', "tr 'a-z' 'n-za-m'")
  repo.git('config', 'filter.rot.smudge', "tr 'a-z' 'n-za-m'")
  for (const [i, path] of PATHS.entries()) if (i % 3 !== 2) repo.write(path, CONTENTS[i % CONTENTS.length] ?? '')
  repo.commit()
  return repo
}

async function compare(repo: TestRepository): Promise<number> {
  const conflicts = repo.git('ls-files', '-u') !== ''
  try {
    const {entries} = await repo.snapshot()
    expect(conflicts).toBe(false)
    expect(entries).toEqual(slowWalk(repo.root))
  } catch (error) {
    // The only states that may be refused; nothing else in this model can be.
    if (!isRchError(error)) throw error
    expect(['merge_conflicts', 'sparse_checkout_incomplete', 'source_empty']).toContain(error.code)
    if (error.code === 'merge_conflicts') expect(conflicts).toBe(true)
    if (error.code === 'sparse_checkout_incomplete') expect(repo.git('ls-files', '-t')).toMatch(/^S /m)
    if (error.code === 'source_empty') expect(slowWalk(repo.root)).toEqual([])
  }
  return 1
}

/** The same directory taken as it is: every file, and `.git` as the only thing left out. */
async function compareWithoutGit(repo: TestRepository): Promise<void> {
  const expected = walkFiles(repo.root).filter(({path}) => !path.startsWith('.git/'))
  const taken = repo.snapshot({mode: 'working_tree'}, {cacheDir: `${repo.cacheDir}-plain`})
  if (expected.length === 0) await expect(taken).rejects.toMatchObject({code: 'source_empty'})
  else expect((await taken).entries).toEqual(expected)
}

function apply(repo: TestRepository, [kind, pathNumber, other]: Step): void {
  const path = PATHS[pathNumber] ?? ''
  const absolute = join(repo.root, path)
  const isFile = lstatIfThere(absolute)?.isFile() === true
  const content = CONTENTS[other % CONTENTS.length] ?? ''
  /** Git may refuse (nothing to commit, conflicts): that too is a state. */
  const git = (...args: readonly string[]) => {
    try {
      repo.git(...args)
    } catch {
      // Refused.
    }
  }
  const isThere = isDirectory(dirname(absolute))
  switch (kind) {
    case 'edit':
      if (isFile || (isThere && lstatIfThere(absolute) === undefined)) writeFileSync(absolute, content)
      break
    case 'same-size':
      if (isFile)
        writeFileSync(
          absolute,
          readFileSync(absolute).map((byte) => (byte >= 0x61 && byte < 0x7a ? byte + 1 : byte)),
        )
      break
    case 'same-mtime':
      if (isFile) {
        const {atime, mtime} = statSync(absolute)
        writeFileSync(
          absolute,
          readFileSync(absolute).map((byte) => (byte >= 0x61 && byte < 0x7a ? byte + 1 : byte)),
        )
        utimesSync(absolute, atime, mtime)
      }
      break
    case 'touch':
      if (isFile) utimesSync(absolute, new Date(), new Date(1_700_000_000_000 + other * 1000))
      break
    case 'delete':
      rmSync(absolute, {recursive: true, force: true})
      break
    case 'rename': {
      const target = join(repo.root, PATHS[other % PATHS.length] ?? '')
      if (isFile && !existsSync(target)) {
        mkdirIfFree(dirname(target))
        if (isDirectory(dirname(target))) renameSync(absolute, target)
      }
      break
    }
    case 'link':
      if (isFile) {
        rmSync(absolute)
        symlinkSync(other % 2 === 0 ? 'a.swift' : 'b.txt', absolute)
      }
      break
    case 'chmod':
      if (isFile) chmodSync(absolute, other % 2 === 0 ? 0o755 : 0o600)
      break
    case 'new':
      repo.write(`New/${other % 5}.${other % 2 === 0 ? 'swift' : 'log'}`, content)
      break
    case 'directory':
      if (isFile && other % 4 === 0) {
        rmSync(absolute)
        mkdirSync(absolute)
        writeFileSync(join(absolute, 'inside'), content)
      }
      break
    case 'no-directory':
      if (path.includes('/') && lstatIfThere(dirname(absolute))?.isDirectory() === true) {
        rmSync(dirname(absolute), {recursive: true})
        if (other % 2 === 0) writeFileSync(dirname(absolute), content)
        else symlinkSync(relative(dirname(dirname(absolute)), join(repo.root, 'New')), dirname(absolute))
      }
      break
    case 'add':
      git('add', '-f', '--', path)
      break
    case 'add-all':
      git('add', '-A')
      break
    case 'intent':
      git('add', '-N', '--', path)
      break
    case 'unstage':
      git('reset', '-q', '--', path)
      break
    case 'commit':
      git('commit', '-q', '-m', 'x')
      break
    case 'commit-all':
      git('commit', '-q', '-a', '-m', 'x')
      break
    case 'stash':
      git('stash', '-q', ...(other % 2 === 0 ? ['-u'] : []))
      break
    case 'pop':
      git('stash', 'pop', '-q')
      break
    case 'checkout':
      git('checkout', '-q', `branch${other % 3}`)
      break
    case 'branch':
      git('checkout', '-q', '-b', `branch${other % 3}`)
      break
    case 'discard':
      git('checkout', '-q', '--', path)
      break
    case 'reset':
      git('reset', '-q', '--hard')
      break
    case 'ignore':
      repo.write('.gitignore', RULES[other % RULES.length] ?? '')
      break
    case 'ignore-deep':
      if (isDirectory(join(repo.root, 'Sources'))) repo.write('Sources/.gitignore', RULES[other % RULES.length] ?? '')
      break
    case 'attributes':
      repo.write(
        other % 2 === 0 || !isDirectory(join(repo.root, 'Sources')) ? '.gitattributes' : 'Sources/.gitattributes',
        ATTRIBUTES[other % ATTRIBUTES.length] ?? '',
      )
      break
    case 'assume':
      git('update-index', '--assume-unchanged', path)
      break
    case 'no-assume':
      git('update-index', '--no-assume-unchanged', path)
      break
    case 'skip':
      git('update-index', '--skip-worktree', path)
      break
    case 'no-skip':
      git('update-index', '--no-skip-worktree', path)
      break
    case 'crlf':
      git('config', 'core.autocrlf', ['true', 'input', 'false'][other % 3] ?? 'false')
      break
    case 'split':
      git('update-index', other % 2 === 0 ? '--split-index' : '--no-split-index')
      break
    case 'version':
      git('update-index', '--index-version', String(2 + (other % 3)))
      break
    case 'refresh':
      git('status')
      break
    case 'snapshot':
  }
}

function mkdirIfFree(directory: string): void {
  try {
    mkdirSync(directory, {recursive: true})
  } catch {
    // A file stands where a directory would have to be.
  }
}

/** It is one, or a link to one. */
function isDirectory(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() === true
}

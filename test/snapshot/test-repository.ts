import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import type {EffectiveProfile} from '@rch/contract'
import {takeSnapshot, type Snapshot, type SnapshotOptions} from '../../src/snapshot/index.ts'

/** A real git repository in a temporary directory, with a cache of its own. */
export interface TestRepository {
  readonly root: string
  readonly cacheDir: string
  git(...args: readonly string[]): string
  write(path: string, content: string | Uint8Array, mode?: number): void
  link(path: string, target: string): void
  remove(path: string): void
  commit(message?: string): void
  snapshot(source?: Partial<EffectiveProfile['source']>, options?: Partial<SnapshotOptions>): Promise<Snapshot>
  /** A repository elsewhere below the same temporary directory, sharing nothing else. */
  sibling(name: string, ...init: readonly string[]): TestRepository
  /** A place for one beside it that git shall make: nothing is there. */
  vacant(name: string): TestRepository
}

export const SOURCE: EffectiveProfile['source'] = {
  mode: 'vcs',
  require_clean: false,
  include_untracked: true,
  include: [],
  excludes: [],
  symlinks: 'allow_safe',
  hardlinks: 'allow',
  submodules: 'include',
  lfs: 'require',
  max_bytes: 4_000_000_000,
  max_file_bytes: 1_000_000_000,
  read_only: false,
  verify_after_stage: false,
  verify_after_run: false,
  stager: 'cas',
}

/** Makes a repository; `init` are further words for `git init`. The caller removes `dirname(root)`. */
export function makeRepository(...init: readonly string[]): TestRepository {
  return openRepository(realpathSync(mkdtempSync(join(tmpdir(), 'rch-snapshot-'))), 'tree', init)
}

export function openRepository(base: string, name: string, init: readonly string[] | undefined): TestRepository {
  const root = join(base, name)
  const cacheDir = join(base, `${name}-cache`)
  mkdirSync(root, {recursive: true})
  const git = (...args: readonly string[]) => runGit(root, args)
  if (init !== undefined) git('init', '-q', '-b', 'main', ...init)
  return {
    root,
    cacheDir,
    git,
    write(path, content, mode) {
      const absolute = join(root, path)
      mkdirSync(dirname(absolute), {recursive: true})
      writeFileSync(absolute, content)
      if (mode !== undefined) chmodSync(absolute, mode)
    },
    link(path, target) {
      mkdirSync(dirname(join(root, path)), {recursive: true})
      symlinkSync(target, join(root, path))
    },
    remove: (path) => rmSync(join(root, path), {recursive: true, force: true}),
    commit(message = 'change') {
      git('add', '-A')
      git('commit', '-q', '--allow-empty', '-m', message)
    },
    snapshot: (source, options) => takeSnapshot({root, source: {...SOURCE, ...source}, container: null, cacheDir, ...options}),
    sibling: (other, ...words) => openRepository(base, other, words),
    vacant(other) {
      const place = openRepository(base, other, undefined)
      rmSync(place.root, {recursive: true})
      return place
    },
  }
}

/** Git with an identity and nothing of the machine's own configuration. */
export function runGit(cwd: string, args: readonly string[]): string {
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@example.org',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@example.org',
    },
  })
}

import type {ErrorRow} from '../kinds.ts'

/** Why a source cannot become a snapshot. Exit 92. */
export const SOURCE_ERRORS = {
  vcs_unavailable: {
    kind: 'BUNDLER',
    message: '{path} is not a git work tree, or git cannot be run: {problem}',
    hint: 'Set source.mode = "working_tree", or install git.',
    since: '0.1.0',
  },
  dirty_working_tree: {
    kind: 'BUNDLER',
    message: 'source.require_clean is on, and {count} files differ from the commit: {paths}',
    hint: 'Commit or stash them.',
    since: '0.1.0',
  },
  source_quota_exceeded: {
    kind: 'BUNDLER',
    message: 'The source takes {got} bytes, allowed are {limit}.',
    hint: 'Exclude what the build does not need (.rchignore), or raise {limit_name} on the host.',
    since: '0.1.0',
  },
  symlinks_disallowed: {
    kind: 'BUNDLER',
    message: 'Symbolic links are not allowed here: {paths}',
    hint: 'Exclude them, or set source.symlinks = "allow_safe" on the host.',
    since: '0.1.0',
  },
  unsafe_symlink_target: {
    kind: 'BUNDLER',
    message: 'Symbolic links point outside the source: {paths}',
    hint: 'Replace them by the files they point to, or exclude them.',
    since: '0.1.0',
  },
  hardlinks_disallowed: {
    kind: 'BUNDLER',
    message: 'Hard-linked files are not allowed here: {paths}',
    hint: 'Replace them by copies, or set source.hardlinks = "allow" on the host.',
    since: '0.1.0',
  },
  path_collision: {
    kind: 'BUNDLER',
    message: 'These paths are one file on a Mac: {paths}',
    hint: 'Rename one of each pair.',
    since: '0.1.0',
  },
  unsafe_path: {
    kind: 'BUNDLER',
    message: 'Paths that no worker can hold safely: {paths}',
    hint: 'Rename or exclude them.',
    since: '0.1.0',
  },
  special_file: {
    kind: 'BUNDLER',
    message: 'Devices, pipes and sockets cannot be staged: {paths}',
    hint: 'Exclude them in .rchignore.',
    since: '0.1.0',
  },
  unreadable_file: {
    kind: 'BUNDLER',
    message: 'These files cannot be read: {paths}',
    hint: 'Correct their permissions, or exclude them.',
    since: '0.1.0',
  },
  submodule_missing: {
    kind: 'BUNDLER',
    message: 'These submodules are not checked out: {paths}',
    hint: 'git submodule update --init --recursive',
    since: '0.1.0',
  },
  submodule_commit_differs: {
    kind: 'BUNDLER',
    message: 'These submodules are not at the commit that the index records: {paths}',
    hint: 'git submodule update --recursive, or git add them to record what is checked out.',
    since: '0.1.0',
  },
  submodules_disallowed: {
    kind: 'BUNDLER',
    message: 'source.submodules = "forbid", and the source has: {paths}',
    hint: 'Set source.submodules = "include".',
    since: '0.1.0',
  },
  sparse_checkout_incomplete: {
    kind: 'BUNDLER',
    message: 'These files are tracked but not checked out: {paths}',
    hint: 'git sparse-checkout disable, or exclude them.',
    since: '0.1.0',
  },
  merge_conflicts: {
    kind: 'BUNDLER',
    message: 'The index holds unresolved conflicts: {paths}',
    hint: 'Resolve them and git add the files.',
    since: '0.1.0',
  },
  lfs_pointer_unresolved: {
    kind: 'BUNDLER',
    message: 'These files are LFS pointers without their content: {paths}',
    hint: 'git lfs pull',
    since: '0.1.0',
  },
  ignored_input_referenced: {
    kind: 'BUNDLER',
    message: 'The project refers to files that the snapshot leaves out: {paths}',
    hint: 'Add the printed source.include line to the profile.',
    since: '0.1.0',
  },
  source_changed_during_snapshot: {
    kind: 'BUNDLER',
    message: 'Files changed while they were read, three times: {paths}',
    hint: 'Stop what is writing to them, then try again.',
    since: '0.1.0',
  },
  source_changed_drastically: {
    kind: 'BUNDLER',
    message: 'Of the {before} files that were staged last, {removed} are gone and {changed} are different. Nothing was sent.',
    hint: '`rch xcode stage` shows which; add --yes when it is meant.',
    since: '0.1.0',
  },
  env_globs_disallowed: {
    kind: 'BUNDLER',
    message: 'env.allow takes names, not patterns: {names}',
    hint: 'Name each variable.',
    since: '0.1.0',
  },
  source_empty: {
    kind: 'BUNDLER',
    message: 'The snapshot holds no files.',
    hint: 'Check source.excludes and .rchignore.',
    since: '0.1.0',
  },
} as const satisfies Record<string, ErrorRow>

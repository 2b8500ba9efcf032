import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Container} from '@rch/contract/kinds/xcodebuild'
import type {Selection} from '../rules/selection.ts'
import {offencesError} from '../refuse.ts'
import type {RchError} from '@rch/contract'
import {isSettled} from '../tree-builder.ts'
import {collectReferences, type ReferenceReader} from './collect-references.ts'
import {findAbsent, findLeftOut} from './find-left-out.ts'
import {heldDirectories} from '../tree/held-directories.ts'
import {patternsFor} from '../rules/patterns-for.ts'
import type {Tree} from '../tree/tree.ts'
import type {ReferenceMemo} from './reference-memo.ts'

export interface MissingInputsQuery {
  readonly root: string
  readonly container: Container
  readonly tree: Pick<Tree, 'entries'>
  readonly selection: Selection
  /** `source.include` as it is. */
  readonly include: readonly string[]
  readonly memo: ReferenceMemo
  readonly pathsKey: string | null
  /** When the scan began, and when a directory of the tree last changed; milliseconds since the epoch. */
  readonly startedMs: number
  readonly latestDirectoryChangeMs: number
  /** Paths that are refused for a reason of their own; of what lies there or below nothing is said here. */
  readonly refused: ReadonlySet<string>
}

/**
 * What a snapshot leaves out although its container refers to it, as `ignored_input_referenced` with the `source.include` line
 * that adds it; `undefined` when there is nothing. Nothing ignored is ever added unasked.
 */
export function findMissingInputs(input: MissingInputsQuery): RchError | undefined {
  const {root, container, tree, selection, include, memo, pathsKey, startedMs, refused} = input
  const references = memo.recall(() => {
    const reader = diskReader(root)
    return {references: collectReferences(container, reader), read: reader.seen}
  })
  if (stillPasses(input)) return undefined
  const leftOut = findLeftOut(root, tree.entries, references, selection).filter(({path}) => !isRefused(path, refused))
  if (leftOut.length === 0) {
    if (pathsKey !== null && refused.size === 0) memo.pass({pathsKey, startedMs, absent: findAbsent(root, references, selection)})
    return undefined
  }
  const directories = heldDirectories(tree.entries)
  const patterns = patternsFor(
    leftOut.map(({path}) => path),
    (directory) => directories.has(directory),
  )
  const line = `include = ${JSON.stringify([...new Set([...include, ...patterns])])}`
  const ruled = leftOut.filter(({rule}) => rule !== undefined)
  const rules = [...new Set(ruled.map(({rule}) => `${rule?.source} line ${rule?.line} (${rule?.pattern})`))]
  return offencesError(
    'ignored_input_referenced',
    leftOut.map(({path, by}) => ({path, detail: `by ${by}`})),
    {include: patterns, line, rules},
    rules.length > 0
      ? `Remove what leaves them out (${rules.join(', ')}), or the references.`
      : `Write into [profiles.<name>.source]: ${line}`,
  )
}

/** It, or a directory above it. */
function isRefused(path: string, refused: ReadonlySet<string>): boolean {
  if (refused.size === 0) return false
  if (refused.has(path)) return true
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) if (refused.has(path.slice(0, end))) return true
  return false
}

/** The same paths passed before, no name came or went since where they lie, and what was missing still is. */
function stillPasses({root, selection, memo, pathsKey, latestDirectoryChangeMs}: MissingInputsQuery): boolean {
  const passed = memo.passed
  if (passed === undefined || passed.pathsKey !== pathsKey || !isSettled(latestDirectoryChangeMs, passed.startedMs)) return false
  return findAbsent(root, passed.absent, selection).length === passed.absent.length
}

/** Reads files below the root and remembers which. */
function diskReader(root: string): ReferenceReader & {readonly seen: Set<string>} {
  const seen = new Set<string>()
  return {
    seen,
    root,
    read(path) {
      seen.add(path)
      return attempt(() => readFileSync(join(root, path), 'utf8'))
    },
    list(path) {
      seen.add(`${path}/`)
      return attempt(() => readdirSync(join(root, path)).toSorted()) ?? []
    },
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

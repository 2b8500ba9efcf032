import {join} from 'node:path'
import {lstatIfThere} from '../../infra/files.ts'
import type {Selection} from './selection.ts'

/**
 * The same selection without the files that this process itself writes to (`rch xcode test > log.txt`): they grow while the
 * source is read, and are no part of it. Tracked files stay.
 */
export function withoutOutputs(
  selection: Selection,
  root: string,
  outputs: readonly {readonly dev: number; readonly ino: number}[],
): Selection {
  if (outputs.length === 0) return selection
  const isOutput = (path: string): boolean => {
    const stat = lstatIfThere(join(root, path))
    return stat !== undefined && outputs.some(({dev, ino}) => dev === stat.dev && ino === stat.ino)
  }
  return {
    key: JSON.stringify([selection.key, outputs]),
    keepsAllTracked: selection.keepsAllTracked,
    searches: selection.searches,
    verdict(path, status) {
      const verdict = selection.verdict(path, status)
      return verdict.included && status !== 'tracked' && !path.endsWith('/') && isOutput(path)
        ? {included: false, rule: {source: 'our own output', line: 0, pattern: path}}
        : verdict
    },
    prunes: (directory) => selection.prunes(directory),
  }
}

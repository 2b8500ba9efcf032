import {RchError} from '@rch/contract'
import {compareTrees, type Snapshot} from '../../snapshot/index.ts'
import {lastStaged} from '../stage/last-staged.ts'
import type {Lane} from '../lane.ts'

/**
 * Stops before anything is sent when more than half of the source that was staged last is gone or different: perhaps the wrong
 * directory, or a rule that takes too much. For somebody at a terminal, who can look and say `--yes`.
 * @throws RchError `source_changed_drastically`
 */
export function askAboutChange(lane: Pick<Lane, 'repo'>, snapshot: Pick<Snapshot, 'entries' | 'sourceTreeHash'>): void {
  const last = lastStaged(lane)
  if (last === null || last.sourceTreeHash === snapshot.sourceTreeHash) return
  const {added, changed, removed, drastic} = compareTrees(last.entries, snapshot.entries)
  if (!drastic) return
  throw new RchError('source_changed_drastically', undefined, {
    data: {before: last.entries.length, removed: removed.length, changed: changed.length, added: added.length},
  })
}

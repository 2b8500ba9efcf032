import {readDocument} from '@rch/contract/documents'
import {compareTrees, type Snapshot} from '../../snapshot/index.ts'
import type {StageStatistics} from '../../staging/staged-source.ts'

const MAX_MANIFEST_BYTES = 256 * 1024 * 1024
/** A manifest this much shorter than the last one may have lost half of its entries, if some changed as well. */
const SHRUNK = 0.75

/**
 * What to say when more than half of the source that was staged last is gone or different, which may be the wrong directory or a
 * rule that takes too much; `null` otherwise. The earlier manifest is read only where the two cannot be alike.
 */
export function drasticChangeNote(
  base: Uint8Array | undefined,
  snapshot: Pick<Snapshot, 'entries' | 'manifestBytes'>,
  {manifest_form}: Pick<StageStatistics, 'manifest_form'>,
): string | null {
  if (base === undefined) return null
  // A small difference travels as a delta.
  if (manifest_form === 'delta' && snapshot.manifestBytes.length > base.length * SHRUNK) return null
  try {
    const {removed, changed, drastic} = compareTrees(
      readDocument('source_manifest', base, {maxBytes: MAX_MANIFEST_BYTES}).entries,
      snapshot.entries,
    )
    return drastic
      ? `note: more than half of the last source is gone or different: ${removed.length} removed, ${changed.length} changed`
      : null
  } catch {
    // What was kept is of another release: nothing to compare with.
    return null
  }
}

import {join} from 'node:path'
import {readDocument} from '@rch/contract/documents'
import {readIfThere} from '../../infra/files.ts'
import {createSourcePlaces, type SourcePlaces} from '../../reports/source-places.ts'

const MAX_MANIFEST_BYTES = 512 * 1024 * 1024

/** The files of a job's own source manifest, read when the first failure needs them. */
export function stagedPlaces(artifacts: string): SourcePlaces {
  return createSourcePlaces(() => {
    const bytes = readIfThere(join(artifacts, 'source_manifest.json'))
    if (bytes === undefined) return []
    try {
      return readDocument('source_manifest', bytes, {maxBytes: MAX_MANIFEST_BYTES}).entries.map(({path}) => path)
    } catch {
      // A folder more in a message is worth less than the job.
      return []
    }
  })
}

import type {BlobStore} from '../blobs/blob-store.ts'
import type {ManifestLimits} from './validate-manifest.ts'

/** What uploads are kept with. */
export interface UploadsOptions {
  readonly stageRoot: string
  /** The directory of one owner's uploads, checked. */
  readonly directoryOf: (owner: string) => string
  readonly blobs: BlobStore
  readonly limits: UploadLimits
  /** In milliseconds since 1970. */
  readonly now: () => number
}

export interface UploadLimits extends ManifestLimits {
  readonly max_upload_bytes: number
}

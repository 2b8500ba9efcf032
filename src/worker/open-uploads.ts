import {BlobStore} from './blobs/blob-store.ts'
import type {WorkerContext} from './context.ts'
import {Uploads} from './uploads/uploads.ts'

/** The uploads of this worker, over its blob store. */
export function openUploads(context: Pick<WorkerContext, 'config' | 'layout'>): Uploads {
  return new Uploads({
    stageRoot: context.config.roots.stage_root,
    directoryOf: context.layout.uploads,
    blobs: new BlobStore(context.layout.blobs),
    limits: context.config.limits,
  })
}

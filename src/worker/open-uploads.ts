import {BlobStore} from './blobs/blob-store.ts'
import type {WorkerContext} from './context.ts'
import {Uploads} from './uploads/uploads.ts'

/** A session's requests work on one upload: what was read for one of them serves the next. */
const OPENED = new WeakMap<object, Uploads>()

/** The uploads of this worker, over its blob store; the same for all requests of one context. */
export function openUploads(context: Pick<WorkerContext, 'config' | 'layout'>): Uploads {
  const uploads = OPENED.get(context) ?? create(context)
  OPENED.set(context, uploads)
  return uploads
}

function create(context: Pick<WorkerContext, 'config' | 'layout'>): Uploads {
  return new Uploads({
    stageRoot: context.config.roots.stage_root,
    directoryOf: (owner) => context.layout.uploads(owner),
    blobs: new BlobStore(context.layout.blobs),
    limits: context.config.limits,
  })
}

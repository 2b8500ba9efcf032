import {BlobStore} from './blobs/blob-store.ts'
import type {WorkerContext} from './context.ts'
import {UploadRequests} from './uploads/upload-requests.ts'
import {Uploads} from './uploads/uploads.ts'

type Roots = Pick<WorkerContext, 'config' | 'layout'>

interface Opened {
  readonly uploads: Uploads
  readonly requests: UploadRequests
}

/** A session's requests work on one upload: what was read for one of them serves the next. */
const OPENED = new WeakMap<object, Opened>()

/** The uploads of this worker, over its blob store; the same for all requests of one context. */
export function openUploads(context: Roots): Uploads {
  return opened(context).uploads
}

/** The verbs that bring uploads to this worker; the same for all requests of one context. */
export function openUploadRequests(context: Roots): UploadRequests {
  return opened(context).requests
}

function opened(context: Roots): Opened {
  const known = OPENED.get(context) ?? create(context)
  OPENED.set(context, known)
  return known
}

function create({config, layout}: Roots): Opened {
  const options = {
    stageRoot: config.roots.stage_root,
    directoryOf: (owner: string) => layout.uploads(owner),
    blobs: new BlobStore(layout.blobs),
    limits: config.limits,
    now: Date.now,
  }
  return {uploads: new Uploads(options), requests: new UploadRequests(options)}
}

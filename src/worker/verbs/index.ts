import {RchError} from '@rch/contract'
import type {Verb} from '@rch/contract/protocol'
import type {VerbHandler} from '../context.ts'

const planned = (verb: Verb) => async (): Promise<VerbHandler> => async () => {
  throw new RchError('required_feature_unsupported', `This harness does not serve "${verb}".`, {data: {features: [verb]}})
}

/** A verb that reads whole sources or sets; the others would pay for nothing. */
const bulky = (load: () => Promise<VerbHandler>) => async (): Promise<VerbHandler> => {
  const {keepHeapFlat} = await import('../../infra/flat-heap.ts')
  keepHeapFlat()
  return load()
}

/** Verb to handler; each module is loaded when its verb comes, so that a channel costs only what it uses. */
export const HANDLERS: Readonly<Record<Verb, () => Promise<VerbHandler>>> = {
  probe: async () => (await import('./probe.ts')).probe,
  reserve: async () => (await import('./reserve.ts')).reserve,
  renew: async () => (await import('./leases.ts')).renew,
  release: async () => (await import('./leases.ts')).release,
  missing_blobs: bulky(async () => (await import('./staging.ts')).missingBlobs),
  upload_blobs: bulky(async () => (await import('./staging.ts')).uploadBlobs),
  submit: bulky(async () => (await import('./submit.ts')).submit),
  run: bulky(async () => (await import('./run.ts')).run),
  tail: async () => (await import('./tail.ts')).tail,
  status: async () => (await import('./status.ts')).status,
  cancel: async () => (await import('./cancel.ts')).cancel,
  fetch: bulky(async () => (await import('./fetch.ts')).fetchArtifacts),
  session: planned('session'),
  has_source: planned('has_source'),
  upload_source: planned('upload_source'),
  cache_query: planned('cache_query'),
  prewarm: planned('prewarm'),
  gc: async () => (await import('./gc.ts')).gc,
}

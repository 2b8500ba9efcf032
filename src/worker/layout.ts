import {lstatSync} from 'node:fs'
import {join, resolve, sep} from 'node:path'
import {IDENTIFIER} from '@rch/contract/identity'
import {RchError} from '@rch/contract'
import type {WorkerConfig} from './config.ts'

/** Every place below the worker's roots. Nothing else joins paths to a root; `path_out_of_bounds` for what would leave it. */
export interface Layout {
  readonly stateDb: string
  readonly probeCache: string
  readonly blobs: string
  /** Staging of one owner's uploads. */
  uploads(owner: string): string
  job(jobId: string): JobLayout
  slots(namespace: string, slotKey: string): string
  packages(namespace: string, toolchainKey: string, resolvedSha256: string): string
  /** What a backend keeps between jobs. */
  backend(id: string): string
}

export interface JobLayout {
  readonly root: string
  readonly control: string
  readonly request: string
  readonly cancel: string
  readonly work: string
  readonly result: string
  readonly artifacts: string
  readonly events: string
  readonly log: string
  readonly index: string
}

export function layoutOf(config: WorkerConfig): Layout {
  const {stage_root, jobs_root, cache_root} = config.roots
  return {
    stateDb: join(jobs_root, 'state.sqlite3'),
    probeCache: join(jobs_root, 'probe.json'),
    blobs: join(cache_root, 'blobs'),
    uploads: (owner) => inside(stage_root, name(owner, 'owner')),
    job: (jobId) => jobLayout(inside(jobs_root, identifier(jobId, 'job_id'))),
    slots: (namespace, slotKey) => inside(cache_root, name(namespace, 'cache_namespace'), 'slots', name(slotKey, 'slot_key')),
    packages: (namespace, toolchainKey, digest) =>
      inside(cache_root, name(namespace, 'cache_namespace'), 'spm', name(toolchainKey, 'toolchain_key'), name(digest, 'digest')),
    backend: (id) => inside(jobs_root, 'backends', name(id, 'backend')),
  }
}

function jobLayout(root: string): JobLayout {
  const artifacts = join(root, 'artifacts')
  return {
    root,
    control: join(root, 'control.json'),
    request: join(root, 'request.json'),
    cancel: join(root, 'cancel'),
    work: join(root, 'work'),
    result: join(root, 'result'),
    artifacts,
    events: join(artifacts, 'events.ndjson'),
    log: join(artifacts, 'build.log'),
    index: join(artifacts, 'job_index.json'),
  }
}

function identifier(value: string, field: string): string {
  if (!IDENTIFIER.test(value)) throw new RchError('invalid_job_identity', undefined, {data: {field}})
  return value
}

function name(value: string, field: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value)) throw new RchError('invalid_job_identity', undefined, {data: {field}})
  return value
}

function inside(root: string, ...parts: readonly string[]): string {
  const path = resolve(root, ...parts)
  const first = join(root, parts[0] ?? '')
  // A link in a root is none of ours, and leads anywhere.
  if (!path.startsWith(root + sep) || lstatSync(first, {throwIfNoEntry: false})?.isSymbolicLink() === true)
    throw new RchError('path_out_of_bounds', undefined, {data: {path}})
  return path
}

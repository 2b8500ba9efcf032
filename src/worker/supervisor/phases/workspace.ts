import {existsSync, mkdirSync, rmSync} from 'node:fs'
import {join, relative} from 'node:path'
import {RchError} from '@rch/contract'
import type {Document} from '@rch/contract/documents'
import type {SourceEntry} from '@rch/contract/source'
import {collectGarbage, MANY_FILES} from '../../../infra/flat-heap.ts'
import {BlobStore} from '../../blobs/blob-store.ts'
import {openUploads} from '../../open-uploads.ts'
import {claimSlot, markSlot, type Slot} from '../../state/slots.ts'
import {materialise, removeTree} from '../../tree/materialise.ts'
import {verifyTree} from '../../tree/verify-tree.ts'
import type {JobSession} from '../session.ts'

/** Where a job works. */
export interface Workspace {
  readonly slot: Slot
  readonly source: string
  readonly derivedData: string
  readonly packages: string | null
  readonly cache: Document<'metrics'>['caches'][number]
}

/** The slot of the job's lease; a run's steps share it. Its paths are known before anything is done there. */
export function claimWorkspace(session: JobSession): Workspace {
  const {context, request} = session
  const {job} = request
  const {namespace} = job.cache
  const {mode} = job.effective_config.resolved.settings.workspace
  const root = context.layout.slots(namespace, job.slot_key)
  const slot = claimSlot(context.db, root, namespace, job.slot_key, mode, request.lease_id, Date.now())
  return {
    slot,
    source: join(slot.path, 'src'),
    derivedData: join(slot.path, 'dd'),
    packages: null,
    cache: {
      kind: 'slot',
      namespace,
      key: {slot_key: job.slot_key},
      hit: slot.discard === null,
      bytes: null,
      seconds: null,
      path: relative(context.config.roots.cache_root, slot.path),
    },
  }
}

/** Makes the slot hold exactly the job's source, rewriting only what differs; its whole tree hash is the job's before a build starts. */
export async function workspacePhase(session: JobSession, workspace: Workspace): Promise<void> {
  const {context, request, events} = session
  const {slot, derivedData} = workspace
  await session.meter.run('materialise', async () => {
    const started = performance.now()
    const {derived_data} = request.job.effective_config.inputs.cache
    if (slot.discard === 'all') removeTree(slot.path)
    if (slot.discard !== null || derived_data === 'off' || firstStepOfIsolated(session, slot))
      rmSync(derivedData, {recursive: true, force: true})
    mkdirSync(derivedData, {recursive: true, mode: 0o700})
    // Whatever happens from here on, an unfinished job leaves no DerivedData that the next one would believe.
    markSlot(context.db, slot.path, 'dd')
    const {entries} = openUploads(context).finished(context.owner, request.stage.upload_id)
    if (entries.length >= MANY_FILES) collectGarbage()
    const {read_only} = request.job.effective_config.inputs.source
    const result = await materialise({slot: slot.path, entries, blobs: new BlobStore(context.layout.blobs), readOnly: read_only})
    if (result.discarded !== null) {
      events.write({
        type: 'warning',
        code: 'slot_discarded',
        message: `The slot was emptied: ${result.discarded}.`,
        data: {reason: result.discarded},
      })
      mkdirSync(derivedData, {recursive: true, mode: 0o700})
    }
    const got = result.source_tree_hash
    if (got !== request.job.source_tree_hash)
      throw new RchError('source_hash_mismatch', undefined, {data: {expected: request.job.source_tree_hash, got}})
    if (request.job.effective_config.resolved.settings.staging.verify_after_stage) await verifyAfterStage(session, workspace, entries)
    events.write({
      type: 'materialised',
      entries: entries.length,
      bytes: entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0),
      files_written: result.written,
      files_removed: result.removed,
      files_kept: result.kept,
      seconds: Math.round(performance.now() - started) / 1000,
    })
  })
}

/** Hashes the whole tree once more before the backend starts; what differs is told by name, and the job ends. */
async function verifyAfterStage(session: JobSession, workspace: Workspace, entries: readonly SourceEntry[]): Promise<void> {
  const found = await verifyTree(workspace.source, entries)
  if (found.modified.length === 0 && found.missing.length === 0) return
  const expected = session.request.job.source_tree_hash
  throw new RchError('source_hash_mismatch', undefined, {
    data: {expected, got: found.source_tree_hash, paths: [...found.modified, ...found.missing].slice(0, 20)},
  })
}

/**
 * Hashes the source again after the run, when the job asks for it; what a build changed is told by name. A `Package.resolved` that
 * Xcode rewrote is told too, and counts against the job only where the profile forbids it to be resolved anew.
 */
export async function verifyAfterRun(session: JobSession, workspace: Workspace): Promise<void> {
  const {verify_after_run, verify_after_stage} = session.request.job.effective_config.resolved.settings.staging
  if ((!verify_after_run && !verify_after_stage) || !existsSync(workspace.source)) return
  const {source_tree_hash} = session.request.job
  const unchecked = {status: 'not_checked', source_tree_hash: null, changed: []} as const
  const after_stage = verify_after_stage ? {status: 'ok' as const, source_tree_hash, changed: []} : unchecked
  if (!verify_after_run) return session.put('stage_verification', {after_stage, after_run: unchecked})
  const {entries} = openUploads(session.context).finished(session.context.owner, session.request.stage.upload_id)
  const found = await verifyTree(workspace.source, entries)
  const changed = [
    ...found.modified.map((path) => ({path, change: 'modified' as const})),
    ...found.missing.map((path) => ({path, change: 'removed' as const})),
  ]
  session.put('stage_verification', {
    after_stage,
    after_run: {status: changed.length === 0 ? 'ok' : 'modified', source_tree_hash: found.source_tree_hash, changed},
  })
  const held = changed.filter(({path}) => !path.endsWith('Package.resolved') || resolutionIsFixed(session))
  if (held.length > 0)
    throw new RchError('source_tree_modified', undefined, {data: {paths: held.map(({path}) => path).slice(0, 20), count: held.length}})
  for (const {path} of changed)
    session.events.write({type: 'warning', code: 'package_resolved_changed', message: `The build rewrote ${path}.`, data: {path}})
}

function resolutionIsFixed(session: JobSession): boolean {
  const run = session.request.job.effective_config.inputs.steps.find(({index}) => index === session.request.job.index)?.model.run
  return run?.disable_automatic_package_resolution === true || run?.only_use_package_versions_from_resolved_file === true
}

/** A warm slot whose job ended by itself is believed by the next one. */
export function keepWorkspace(session: JobSession, workspace: Workspace): void {
  markSlot(session.context.db, workspace.slot.path, null)
}

function firstStepOfIsolated(session: JobSession, slot: Slot): boolean {
  return slot.mode === 'isolated' && session.request.job.index === 0
}

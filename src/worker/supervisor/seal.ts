import {lstatSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {CONTRACT_VERSION, LANE_VERSION} from '@rch/contract'
import {readDocument, writeDocument, type Document, type JobRequest, type ManifestEntry} from '@rch/contract/documents'
import {artifactRow, OUTSIDE_MANIFEST} from '@rch/contract/documents/files'
import {artifactRootSha256, jobIndexSha256, sha256} from '@rch/contract/identity'
import {comparePaths} from '@rch/contract/source'
import {readIfThere, syncDirectory, writeFileAtomic, TEMPORARY} from '../../infra/files.ts'
import {hashFile} from '../../infra/hash-file.ts'
import {readAttestationKey, signEnvelope} from '../attestation-key.ts'
import {harnessSha256} from '../harness-identity.ts'
import {workerIdentity} from '../identity.ts'
import type {JobLayout} from '../layout.ts'
import type {JobSession} from './session.ts'

/** What the attestation says beyond what the request and the seal know. */
export interface SealFacts {
  readonly toolchain: Document<'attestation'>['predicate']['toolchain']
  readonly backend: Document<'attestation'>['predicate']['backend']
  readonly tools: Readonly<Record<string, string>>
}

/**
 * Binds a set whose files are all final: the manifest, the attestation, and at last the index whose existence is the commit.
 * Each is written beside its place, synced and renamed; the directory is synced after the files, after the attestation and
 * after the index, so that a power cut leaves a sealed set or none. Answers the index's digest.
 */
export function seal(session: JobSession, facts: SealFacts): string {
  const {layout, request, context} = session
  const {artifacts} = layout
  syncDirectory(artifacts)

  const entries = manifestEntries(artifacts, isRedacted(session.request))
  const manifest = writeDocument(
    'manifest',
    session.compose('manifest', {artifact_root_sha256: artifactRootSha256(entries), zstd_version: null, entries}),
  )
  writeFileAtomic(join(artifacts, 'manifest.json'), manifest, {durability: 'power'})

  const attestation = writeDocument('attestation', statement(session, facts, sha256(manifest)))
  writeFileAtomic(join(artifacts, 'attestation.json'), attestation, {durability: 'power'})
  const key = readAttestationKey(context.config.identity.attestation_key)
  const signature = key === null ? null : writeDocument('dsse_envelope', signEnvelope(attestation, key))
  if (signature !== null) writeFileAtomic(join(artifacts, 'attestation.sig'), signature, {durability: 'power'})
  syncDirectory(artifacts)

  return writeIndex(layout, request, (name, body) => session.compose(name, body))
}

/**
 * The commit: writes the index of a set whose manifest and attestation are durable. Answers its digest.
 */
export function writeIndex({artifacts, index: file}: JobLayout, request: JobRequest, compose: JobSession['compose']): string {
  const read = (name: string): Buffer | undefined => readIfThere(join(artifacts, name))
  const manifest = read('manifest.json') ?? Buffer.alloc(0)
  const signature = read('attestation.sig')
  const index = compose('job_index', {
    artifact_profile: request.job.artifact_profile,
    documents: documentPaths(readDocument('manifest', manifest).entries),
    manifest_sha256: sha256(manifest),
    attestation_sha256: sha256(read('attestation.json') ?? ''),
    attestation_sig_sha256: signature === undefined ? null : sha256(signature),
    job_index_sha256: '',
  })
  const job_index_sha256 = jobIndexSha256(index)
  writeFileAtomic(file, writeDocument('job_index', {...index, job_index_sha256}), {durability: 'power'})
  syncDirectory(artifacts)
  return job_index_sha256
}

/** Takes back what binds a set, so that it can be bound anew. The index goes first: without it the set is no set. */
export function unseal(artifacts: string): void {
  for (const name of OUTSIDE_MANIFEST.toReversed()) rmSync(join(artifacts, name), {force: true})
  for (const name of readdirSync(artifacts)) if (name.startsWith(TEMPORARY)) rmSync(join(artifacts, name), {force: true})
}

/** Every file and directory artifact of a set, sorted by path; a directory counts as one, with the hash of its tree. */
/** Whether secrets were looked for: else the log is no more redacted than a result bundle. */
export function isRedacted({job}: JobRequest): boolean {
  return job.effective_config.inputs.redaction.enabled
}

export function manifestEntries(artifacts: string, redacted: boolean): ManifestEntry[] {
  const entries: ManifestEntry[] = []
  const visit = (folder: string): void => {
    for (const name of readdirSync(join(artifacts, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (OUTSIDE_MANIFEST.includes(path)) continue
      const stat = lstatSync(join(artifacts, path))
      const row = artifactRow(path)
      if (stat.isDirectory() && row === undefined) visit(path)
      else if (stat.isDirectory()) {
        const tree = readDocument('artifact_tree', readFileSync(join(artifacts, `artifact_trees/${path}.tree.json`)), {
          maxBytes: 256 * 1024 * 1024,
        })
        const bytes = tree.entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0)
        entries.push(entryOf(redacted, path, 'directory', bytes, tree.tree_sha256))
      } else {
        const {bytes, sha256: digest} = hashFile(join(artifacts, path))
        entries.push(entryOf(redacted, path, 'file', bytes, digest))
      }
    }
  }
  visit('')
  return entries.toSorted((a, b) => comparePaths(a.path, b.path))
}

function entryOf(redacted: boolean, path: string, type: 'file' | 'directory', bytes: number, digest: string): ManifestEntry {
  const row = artifactRow(path)
  return {
    path,
    type,
    bytes,
    sha256: digest,
    artifact_type: row?.artifact_type ?? 'other',
    content_type: row?.content_type ?? 'application/octet-stream',
    encoding: row?.encoding ?? null,
    compression: 'none',
    compression_level: null,
    logical_name: path,
    sensitivity: row === undefined || (row.sensitivity === 'redacted' && !redacted) ? 'unredacted' : row.sensitivity,
    storage: 'host',
    uri: null,
  }
}

/** Document name to path, for whoever starts at the index. */
function documentPaths(entries: readonly ManifestEntry[]): Record<string, string> {
  const documents: Record<string, string> = {manifest: 'manifest.json', attestation: 'attestation.json'}
  for (const {path, type} of entries) {
    const document = artifactRow(path)?.document
    if (type === 'file' && document != null && document !== 'artifact_tree') documents[document] = path
  }
  return documents
}

function statement(session: JobSession, facts: SealFacts, manifestSha256: string): Document<'attestation'> {
  const {request, context} = session
  const {job} = request
  const capabilities = readDocument('capabilities', readFileSync(join(session.layout.artifacts, 'capabilities.json')))
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{name: 'manifest.json', digest: {sha256: manifestSha256}}],
    predicateType: 'rch-xcode/attestation@1',
    predicate: {
      job_id: request.job_id,
      job_key: request.job_key,
      run_id: request.run_id,
      attempt: request.attempt,
      repo_key: job.repo_key,
      lane_version: LANE_VERSION,
      contract_version: CONTRACT_VERSION,
      sealed_at: new Date().toISOString(),
      vcs: request.vcs,
      source_tree_hash: job.source_tree_hash,
      job_request_sha256: request.job_request_sha256,
      toolchain: facts.toolchain,
      destinations: job.job_key_inputs.destinations,
      worker: workerIdentity(context),
      capabilities_sha256: capabilities.capabilities_sha256,
      harness: {version: LANE_VERSION, sha256: harnessSha256()},
      tools: facts.tools,
      backend: facts.backend,
      plugins: [],
      classifier_policy_sha256: job.classifier_policy_sha256,
      host: request.host,
      transport: request.transport,
      posture: request.decision.posture,
    },
  }
}

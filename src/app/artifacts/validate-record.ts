import {existsSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {isRchError, RchError, type WorkerEntry} from '@rch/contract'
import {readDocument, type DocumentName} from '@rch/contract/documents'
import {readIfThere} from '../../infra/files.ts'
import {needRecord, notebookDocument, plannedJobs} from '../find-record.ts'
import type {Lane} from '../lane.ts'
import type {SetViolation} from './check-set.ts'
import {validateSet} from './validate-set.ts'

export interface RecordValidation {
  readonly violations: readonly SetViolation[]
  /** Sealed sets that were looked at. */
  readonly sets: number
  /** What could be said of who signed. */
  readonly signature: string
}

const NOTEBOOK: readonly DocumentName[] = [
  'run_index',
  'run_plan',
  'run_state',
  'run_summary',
  'worker_selection',
  'capabilities',
  'source_manifest',
  'staging',
]

/** Checks a sealed set, or every set and document of a run. Throws `job_not_found`, or `usage_error` for what cannot be read at all. */
export function validateRecord(lane: Lane, target: string, pin: string | null): RecordValidation {
  const path = resolve(lane.cwd, target)
  // A set so damaged that it no longer says what it is still is the set that was asked about.
  const damaged =
    target !== '' &&
    existsSync(path) &&
    (existsSync(join(path, 'manifest.json')) || existsSync(join(path, 'events.ndjson')) || existsSync(join(path, 'job_index.json')))
  if (damaged && !existsSync(join(path, 'run_state.json'))) return ofSets(lane, [path], pin)
  let record
  try {
    record = needRecord(lane, target)
  } catch (error) {
    if (isRchError(error) && error.code !== 'usage_error' && existsSync(path))
      throw new RchError('usage_error', `${target} is neither a sealed set nor a run's notebook.`, {
        data: {path},
        cause: error,
        hint: 'Name a job, a run, or the directory of one: `rch xcode runs` lists them.',
      })
    throw error
  }
  if (record.type === 'job') return ofSets(lane, [record.directory], pin)
  const violations: SetViolation[] = []
  for (const name of NOTEBOOK) checkDocument(record.directory, name, violations)
  const index = notebookSafely(record.directory, violations)
  const sets: string[] = []
  for (const step of index?.steps ?? []) {
    if (step.job_index_path === null) continue
    const directory = resolve(record.directory, step.job_index_path, '..')
    sets.push(directory)
    const bytes = readIfThere(join(directory, 'job_index.json'))
    if (bytes === undefined) violations.push({path: step.job_index_path, problem: 'it is missing'})
    else if (step.job_index_sha256 !== null && digestOf(bytes) !== step.job_index_sha256)
      violations.push({path: step.job_index_path, problem: 'it is not the index that the worker named when it ended'})
  }
  const planned = new Set(plannedJobs(record.directory).map(({job_id}) => job_id))
  for (const {job_id} of index?.steps ?? [])
    if (job_id !== null && !planned.has(job_id)) violations.push({path: 'run_index.json', problem: `job ${job_id} is not in the plan`})
  const rest = ofSets(lane, sets, pin)
  return {...rest, violations: [...violations, ...rest.violations]}
}

function ofSets(lane: Lane, directories: readonly string[], pin: string | null): RecordValidation {
  const violations: SetViolation[] = []
  const said: string[] = []
  for (const directory of directories) {
    const known = pin ?? pinOf(lane, directory)
    const checked = validateSet(directory, {
      pin: known,
      pinSource: pin === null ? (known === null ? null : 'workers.toml') : 'flag',
      required: false,
    })
    const prefix = directories.length > 1 ? `${checked.job_id ?? directory}/` : ''
    violations.push(...checked.violations.map(({path, problem}) => ({path: prefix + path, problem})))
    said.push(signatureText(checked.attestation?.verified, known, checked.attestation?.key_fingerprint ?? null))
  }
  return {violations, sets: directories.length, signature: [...new Set(said)].join('; ') || 'nothing was signed'}
}

function signatureText(verified: string | undefined, pin: string | null, fingerprint: string | null): string {
  if (verified === 'valid')
    return pin === null
      ? `signed by ${fingerprint}, which no pin vouches for: accidents and edits are found, forgery is not`
      : `signed by the pinned key ${fingerprint}`
  if (verified === 'unsigned') return 'unsigned: accidents and edits are found, forgery is not'
  return 'the signature does not hold'
}

/** The pin of the worker that the set names, when this host knows it. */
function pinOf(lane: Lane, directory: string): string | null {
  try {
    const bytes = readIfThere(join(directory, 'decision.json'))
    const name = bytes === undefined ? undefined : readDocument('decision', bytes).worker
    return lane.workers.find((worker: WorkerEntry) => worker.name === name)?.attestation_key_fingerprint ?? null
  } catch {
    return null
  }
}

function checkDocument(directory: string, name: DocumentName, violations: SetViolation[]): void {
  const path = `${name}.json`
  const bytes = readIfThere(join(directory, path))
  if (bytes === undefined) {
    violations.push({path, problem: 'it is missing'})
    return
  }
  try {
    readDocument(name, bytes, {maxBytes: 256 * 1024 * 1024})
  } catch (error) {
    violations.push({path, problem: error instanceof Error ? error.message : String(error)})
  }
}

function notebookSafely(directory: string, violations: SetViolation[]) {
  try {
    return notebookDocument(directory, 'run_index')
  } catch {
    if (!violations.some(({path}) => path === 'run_index.json')) violations.push({path: 'run_index.json', problem: 'it cannot be read'})
    return null
  }
}

function digestOf(bytes: Uint8Array): string | null {
  try {
    return readDocument('job_index', bytes).job_index_sha256
  } catch {
    return null
  }
}

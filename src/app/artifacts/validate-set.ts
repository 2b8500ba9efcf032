import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {checkEvent, readDocument, type Document, type DocumentName} from '@rch/contract/documents'
import {artifactRow} from '@rch/contract/documents/files'
import {createEventsHash, EVENT_CHAIN_START, eventChainStep, identityMismatches, jobKey, sha256} from '@rch/contract/identity'
import {parseStrictJson} from '@rch/contract/json'
import {sourceTreeHash} from '@rch/contract/source'
import {checkSet, type SetViolation} from './check-set.ts'
import {verifyAttestation, type AttestationCheck, type AttestationTerms} from './verify-attestation.ts'

export interface SetValidation {
  readonly violations: readonly SetViolation[]
  readonly attestation: AttestationCheck | null
  readonly files: number
  readonly job_id: string | null
}

type Wrong = (path: string, problem: string) => void

/**
 * Everything that can be told of a sealed set from the set alone: that it is what was sealed, that each document is what its
 * schema says, that identities are the digests of what they name, that documents agree with each other, that the event stream is
 * whole, who signed it. Offline; all violations, not the first.
 */
export function validateSet(directory: string, terms: AttestationTerms): SetValidation {
  const {errors, files} = checkSet(directory)
  const violations: SetViolation[] = [...errors]
  const wrong: Wrong = (path, problem) => {
    if (!violations.some((known) => known.path === path && known.problem === problem)) violations.push({path, problem})
  }
  const read = <N extends DocumentName>(name: N, path: string): Document<N> | null => {
    try {
      return readDocument(name, readFileSync(join(directory, path)), {maxBytes: 256 * 1024 * 1024})
    } catch (error) {
      if (!violations.some((known) => known.path === path)) wrong(path, error instanceof Error ? error.message : String(error))
      return null
    }
  }
  for (const {path} of files) {
    const document = artifactRow(path)?.document
    if (document != null && document !== 'event' && path.endsWith('.json')) read(document, path)
  }
  const request = read('job_request', 'job_request.json')
  const summary = read('summary', 'summary.json')
  if (request !== null) {
    for (const {field, problem} of mismatchesOf(request)) wrong('job_request.json', `${field}: ${problem}`)
    checkAgreement(directory, request, read, wrong)
  }
  checkEvents(directory, summary, request, wrong)
  return {violations, attestation: attestationOf(directory, terms, wrong), files: files.length, job_id: request?.job_id ?? null}
}

function mismatchesOf(request: Document<'job_request'>): readonly {readonly field: string; readonly problem: string}[] {
  return identityMismatches(request).map((mismatch) => ({
    field: mismatch.field,
    problem: `it is ${mismatch.claimed}, computed is ${mismatch.computed}`,
  }))
}

/** The same fact in two documents is the same fact. */
function checkAgreement(
  directory: string,
  request: Document<'job_request'>,
  read: <N extends DocumentName>(name: N, path: string) => Document<N> | null,
  wrong: Wrong,
): void {
  const ids = {run_id: request.run_id, attempt: request.attempt, job_id: request.job_id, job_key: request.job_key}
  for (const name of readdirSync(directory)) {
    if (!name.endsWith('.json') || name === 'attestation.json' || name === 'source_manifest.json') continue
    const value = parse(join(directory, name))
    for (const [field, expected] of Object.entries(ids)) {
      const found = value[field]
      if (found !== undefined && found !== null && found !== expected)
        wrong(name, `${field} is ${JSON.stringify(found)}, the request says ${JSON.stringify(expected)}`)
    }
  }
  const manifest = read('source_manifest', 'source_manifest.json')
  if (manifest !== null) {
    const tree = sourceTreeHash(manifest.entries)
    if (tree !== request.job.source_tree_hash || manifest.source_tree_hash !== tree)
      wrong('source_manifest.json', `its entries hash to ${tree}, the job names ${request.job.source_tree_hash}`)
    const digest = sha256(readFileSync(join(directory, 'source_manifest.json')))
    if (digest !== request.source_manifest.sha256)
      wrong('source_manifest.json', `it hashes to ${digest}, the request names ${request.source_manifest.sha256}`)
    if (manifest.entries.length !== request.source_manifest.entries)
      wrong('source_manifest.json', `it has ${manifest.entries.length} entries, the request says ${request.source_manifest.entries}`)
  }
  const receipt = read('stage_receipt', 'stage_receipt.json')
  if (receipt !== null && (receipt.source_tree_hash !== request.job.source_tree_hash || receipt.upload_id !== request.stage.upload_id))
    wrong('stage_receipt.json', 'it is of another source or upload than the job')
  const inputs = read('job_key_inputs', 'job_key_inputs.json')
  if (inputs !== null && jobKey(inputs) !== request.job_key) wrong('job_key_inputs.json', 'its digest is not the job_key')
  const policy = readBytes(join(directory, 'classifier_policy.json'))
  if (policy !== null && sha256(policy) !== request.job.classifier_policy_sha256)
    wrong('classifier_policy.json', 'its digest is not the one the job names')
  const attestation = read('attestation', 'attestation.json')
  if (attestation !== null) {
    const {predicate} = attestation
    const said = {
      job_id: predicate.job_id,
      job_key: predicate.job_key,
      run_id: predicate.run_id,
      source_tree_hash: predicate.source_tree_hash,
      job_request_sha256: predicate.job_request_sha256,
    }
    const meant = {...ids, source_tree_hash: request.job.source_tree_hash, job_request_sha256: request.job_request_sha256}
    for (const [field, value] of Object.entries(said))
      if (Object.entries(meant).find(([name]) => name === field)?.[1] !== value) wrong('attestation.json', `${field} is not the job's`)
  }
}

/** Sequence from 1 without a gap, one `hello` first, one `complete` last, the digest that `complete` and summary name, the chain. */
function checkEvents(directory: string, summary: Document<'summary'> | null, request: Document<'job_request'> | null, wrong: Wrong): void {
  const file = 'events.ndjson'
  const bytes = readBytes(join(directory, file))
  if (bytes === null) return wrong(file, 'it is missing')
  const lines = bytes.toString().split('\n')
  if (lines.pop() !== '') wrong(file, 'its last line is torn')
  const hash = createEventsHash()
  let chain = EVENT_CHAIN_START
  let chained = false
  for (const [index, line] of lines.entries()) {
    const event = parseLine(line)
    const at = `line ${index + 1}`
    if (event === null) {
      wrong(file, `${at} is no event`)
      continue
    }
    try {
      checkEvent(event)
    } catch (error) {
      wrong(file, `${at}: ${error instanceof Error ? error.message : String(error)}`)
    }
    if (event['sequence'] !== index + 1) wrong(file, `${at} has sequence ${String(event['sequence'])}`)
    if (request !== null && event['job_id'] !== request.job_id) wrong(file, `${at} is of another job`)
    const last = index === lines.length - 1
    if ((event['type'] === 'complete') !== last) wrong(file, last ? 'it does not end with complete' : `${at} is a complete before the end`)
    if ((event['type'] === 'hello') !== (index === 0)) wrong(file, index === 0 ? 'it does not begin with hello' : `${at} is a second hello`)
    if (last) {
      const digest = hash.digest()
      if (event['events_sha256'] !== digest)
        wrong(file, `complete names ${String(event['events_sha256'])}, the lines before it hash to ${digest}`)
      if (summary !== null && summary.events_sha256 !== digest) wrong('summary.json', 'events_sha256 is not of these events')
      if (chained && event['event_chain_head_sha256'] !== chain) wrong(file, 'the head of the chain is not the last event')
      if (
        summary !== null &&
        (event['state'] !== summary.state || event['exit_code'] !== summary.exit_code || event['error_code'] !== summary.error_code)
      )
        wrong(file, 'complete and summary.json tell different ends')
      continue
    }
    hash.update(`${line}\n`)
    if (event['event_sha256'] === undefined) continue
    chained = true
    if (event['prev_event_sha256'] !== chain) wrong(file, `${at} does not follow the event before it`)
    chain = eventChainStep(chain, event)
    if (event['event_sha256'] !== chain) wrong(file, `${at} does not have the digest it names`)
  }
}

function attestationOf(directory: string, terms: AttestationTerms, wrong: Wrong): AttestationCheck | null {
  try {
    const check = verifyAttestation(directory, terms)
    for (const error of check.errors) wrong('attestation.sig', `${error.error_code}: ${error.message}`)
    return check
  } catch (error) {
    wrong('attestation.sig', error instanceof Error ? error.message : String(error))
    return null
  }
}

function parse(file: string): Readonly<Record<string, unknown>> {
  const bytes = readBytes(file)
  return bytes === null ? {} : (parseLine(bytes.toString()) ?? {})
}

function parseLine(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value = parseStrictJson(text, {maxBytes: 256 * 1024 * 1024})
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : null
  } catch {
    return null
  }
}

function readBytes(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch {
    return null
  }
}

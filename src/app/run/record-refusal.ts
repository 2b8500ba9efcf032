import {existsSync, readdirSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {ERRORS, RchError, type Decision} from '@rch/contract'
import {documentHead, writeDocument, type Document, type Summary} from '@rch/contract/documents'
import {sha256, uuidv7} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {errorItems, exitCodeOf} from '../../domain/error-item.ts'
import type {EffectiveConfig} from '../../domain/config/index.ts'
import {makeDirectory, writeFileAtomic} from '../../infra/files.ts'
import {policyOf} from '../explain/decide.ts'
import type {Lane} from '../lane.ts'
import {policyDocument} from './compose-job.ts'
import type {Entrance} from './gate-request.ts'
import {neverRan} from './never-ran.ts'

const KEEP_MS = 7 * 24 * 3600 * 1000

export interface Refused {
  readonly entrance: Entrance
  readonly error: RchError
  /** What was known when it ended. */
  readonly config: EffectiveConfig | null
  readonly decision: Decision | null
  readonly argv: readonly string[] | null
}

/** Keeps a record of what ended before an attempt existed, for a week; answers its id. */
export function recordRefusal(lane: Lane, refused: Refused): string {
  const requestId = uuidv7()
  const directory = lane.repo.refusal(requestId)
  const {error, config, decision, entrance} = refused
  const policy = config === null ? null : policyDocument({policy: policyOf(lane, config)})
  const policyDigest = policy === null ? null : sha256(canonicalJson(policy))
  const ids = {run_id: null, attempt: null, job_id: null, job_key: null}
  const rejected = ERRORS[error.code].kind === 'CLASSIFIER_REJECTED'
  makeDirectory(directory)
  const write = (name: string, bytes: Uint8Array): void => writeFileAtomic(join(directory, name), bytes)
  write(
    'decision.json',
    writeDocument('decision', {
      ...documentHead('decision'),
      ...ids,
      entrance,
      verdict: decision?.verdict ?? 'reject',
      error_code: error.code,
      errors: errorItems(error),
      codes: decision === null || decision.codes.length === 0 ? [error.code] : [...decision.codes],
      tokens: decision?.tokens.map((token) => ({...token})) ?? [],
      reason: decision?.reason ?? error.message,
      hint: decision?.hint ?? error.hint,
      job_kind: null,
      profile: config?.profile.name ?? null,
      posture:
        config === null
          ? {value: 'untrusted', reason: 'the configuration was not read'}
          : {value: config.posture.value, reason: config.posture.reason},
      pinned: {host_key: null, harness: null, destination: null},
      ...(policyDigest === null ? {} : {classifier_policy_sha256: policyDigest}),
    }),
  )
  if (policy !== null && policyDigest !== null) {
    write('classifier_policy.json', writeDocument('classifier_policy', policy))
    write('invocation.json', writeDocument('invocation', invocation(refused, policyDigest)))
  }
  const now = new Date()
  write('summary.json', writeDocument('summary', summary(error, decision, rejected, now)))
  write('run_summary.json', writeDocument('run_summary', runSummary(lane, error, rejected, now)))
  sweep(join(lane.repo.root, 'refusals'), now.getTime())
  return requestId
}

function invocation({decision, argv}: Refused, policyDigest: string): Document<'invocation'> {
  return {
    ...documentHead('invocation'),
    run_id: null,
    attempt: null,
    job_id: null,
    job_key: null,
    original: null,
    original_argv: argv === null ? null : [...argv],
    sanitized_argv: null,
    accepted_action: null,
    rejected_flags: decision?.tokens.filter(({role}) => role === 'refused').map(({text}) => text) ?? [],
    dropped: [],
    classifier_policy_sha256: policyDigest,
  }
}

function summary(error: RchError, decision: Decision | null, rejected: boolean, now: Date): Summary {
  return {
    ...documentHead('summary'),
    run_id: null,
    attempt: null,
    job_id: null,
    job_key: null,
    index: 0,
    action: null,
    status: rejected ? 'rejected' : 'failed',
    state: null,
    failure_kind: ERRORS[error.code].kind,
    failure_subkind: null,
    error_code: error.code,
    errors: errorItems(error),
    rejection_reason: rejected
      ? {
          codes: decision === null ? [error.code] : [...decision.codes],
          tokens: decision?.tokens.map((token) => ({...token})) ?? [],
          reason: decision?.reason ?? error.message,
          hint: decision?.hint ?? error.hint,
        }
      : null,
    exit_code: exitCodeOf(error.code),
    human_summary: error.message,
    ...neverRan(now),
  }
}

function runSummary(lane: Lane, error: RchError, rejected: boolean, now: Date): Document<'run_summary'> {
  return {
    ...documentHead('run_summary'),
    run_id: null,
    attempt: null,
    host_id: lane.hostId,
    status: rejected ? 'rejected' : 'failed',
    exit_code: exitCodeOf(error.code),
    error_code: error.code,
    errors: errorItems(error),
    human_summary: error.message,
    started_at: now.toISOString(),
    finished_at: now.toISOString(),
    duration_ms: 0,
    step_count: 0,
    steps_succeeded: 0,
    steps_failed: 0,
    steps_cancelled: 0,
    steps_skipped: 0,
    steps_rejected: 0,
    steps: [],
  }
}

function sweep(root: string, now: number): void {
  if (!existsSync(root)) return
  for (const name of readdirSync(root))
    if (now - statSync(join(root, name)).mtimeMs > KEEP_MS) rmSync(join(root, name), {recursive: true, force: true})
}

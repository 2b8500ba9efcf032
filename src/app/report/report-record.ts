import {existsSync, readdirSync} from 'node:fs'
import {basename, join} from 'node:path'
import {isErrorCode, RchError, type ErrorCode} from '@rch/contract'
import {readDocument, type Document, type DocumentName, type ErrorItem, type Summary} from '@rch/contract/documents'
import {DOCUMENT_TABLE} from '@rch/contract/documents/table'
import {readIfThere} from '../../infra/files.ts'
import type {Findings} from '../../reports/findings.ts'
import {mergeFindings} from '../../reports/merge-findings.ts'
import type {JobRecord} from '../find-record.ts'
import type {ReportTarget} from './report-target.ts'

/** What is kept of one step. */
export interface RecordedStep {
  readonly index: number
  readonly action: string | null
  readonly summary: Summary
  readonly findings: Findings | null
  /** The sealed set; null when it never came home. */
  readonly set: string | null
  readonly profile: string | null
  /** It ran on mock Xcode. */
  readonly mock: boolean
}

/** A job or a run as its documents tell it. */
export interface RecordedRun {
  readonly kind: ReportTarget['type']
  readonly directory: string
  readonly id: string
  readonly status: string
  readonly exit_code: number
  readonly error_code: ErrorCode | null
  readonly errors: readonly ErrorItem[]
  readonly human_summary: string
  readonly duration_ms: number | null
  /** Whom it was planned for; null where its documents do not say. */
  readonly worker: string | null
  readonly steps: readonly RecordedStep[]
  /** Of all steps together; null when nothing ran. */
  readonly findings: Findings | null
}

const MAX_DOCUMENT_BYTES = 512 * 1024 * 1024

/** Reads a record's documents; `document_invalid` when they are damaged, `usage_error` when it has not ended. */
export function readRecord(record: ReportTarget): RecordedRun {
  if (record.type === 'job') return readJob(record)
  const {directory} = record
  const summary = readOf(directory, 'run_summary')
  if (summary === null)
    throw new RchError('usage_error', `This host does not know yet how ${basename(directory)} of this run ended: there is no summary.`, {
      data: {directory},
      hint:
        record.type === 'run'
          ? `Run \`rch xcode resume ${record.run_id.slice(0, 12)}\`: it goes on with what the worker has.`
          : 'Run `rch xcode runs` for what there is.',
    })
  const steps = stepFolders(directory).flatMap((folder) => readStep(folder) ?? [])
  return {
    kind: record.type,
    directory,
    id: record.type === 'run' ? record.run_id : record.request_id,
    status: summary.status,
    exit_code: summary.exit_code,
    error_code: codeOf(summary.error_code),
    errors: summary.errors,
    human_summary: summary.human_summary,
    duration_ms: summary.duration_ms,
    worker: readOf(directory, 'run_plan')?.worker ?? null,
    steps,
    findings: mergeFindings(steps.flatMap(({findings}) => findings ?? [])),
  }
}

function readJob({directory, job_id}: JobRecord): RecordedRun {
  const summary = readOf(directory, 'summary')
  if (summary === null)
    throw new RchError('document_invalid', undefined, {data: {document: 'summary.json', problem: `it is missing in ${directory}`}})
  const step = stepOf(summary, directory)
  const {status, exit_code, error_code, errors, human_summary, duration_ms} = summary
  return {
    kind: 'job',
    directory,
    id: summary.job_id ?? job_id,
    status,
    exit_code,
    error_code: codeOf(error_code),
    errors,
    human_summary,
    duration_ms,
    worker: null,
    steps: [step],
    findings: step.findings,
  }
}

function readStep(folder: string): RecordedStep | null {
  const summary = readOf(folder, 'summary')
  if (summary === null) return null
  const set = join(folder, 'job')
  return stepOf(summary, existsSync(set) ? set : null)
}

function stepOf(summary: Summary, set: string | null): RecordedStep {
  const build = set === null ? null : readOf(set, 'build_summary')
  const tests = set === null ? null : readOf(set, 'test_summary')
  const config = set === null ? null : readOf(set, 'effective_config')
  return {
    index: summary.index,
    action: summary.action,
    summary,
    set,
    profile: config?.resolved.profile ?? null,
    mock: config?.inputs.toolchain.kind === 'mock',
    findings: build === null ? null : {build: bodyOf(build), tests: tests === null ? null : bodyOf(tests)},
  }
}

/** What a document says, without what says whose it is. */
function bodyOf<D extends Document<'build_summary'> | Document<'test_summary'>>(document: D) {
  const {
    schema_id: _id,
    schema_version: _version,
    kind: _kind,
    lane_version: _lane,
    created_at: _at,
    run_id: _run,
    attempt: _attempt,
    job_id: _job,
    job_key: _key,
    ...body
  } = document
  return body
}

function stepFolders(directory: string): readonly string[] {
  const root = join(directory, 'steps')
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => /^\d+-/.test(name))
    .toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => join(root, name))
}

/** One document of a record's folder; null when it is not there, `document_invalid` when it is damaged. */
export function readOf<N extends DocumentName>(directory: string, name: N): Document<N> | null {
  const bytes = readIfThere(join(directory, DOCUMENT_TABLE[name].file))
  return bytes === undefined ? null : readDocument(name, bytes, {maxBytes: MAX_DOCUMENT_BYTES})
}

function codeOf(code: string | null): ErrorCode | null {
  return code !== null && isErrorCode(code) ? code : code === null ? null : 'internal_error'
}

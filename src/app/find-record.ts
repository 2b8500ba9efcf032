import {existsSync, readdirSync, statSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {RchError} from '@rch/contract'
import {readDocument, type Document} from '@rch/contract/documents'
import {IDENTIFIER, RUN_ID} from '@rch/contract/identity'
import {readIfThere} from '../infra/files.ts'
import type {Lane} from './lane.ts'

/** One attempt of a run in a notebook on this host. */
export interface RunRecord {
  readonly type: 'run'
  readonly run_id: string
  readonly attempt: number
  readonly directory: string
}

/** One sealed set on this host. */
export interface JobRecord {
  readonly type: 'job'
  readonly job_id: string
  readonly directory: string
}

export type LocalRecord = RunRecord | JobRecord

/** What no id and no path is longer than. */
const MAX_ID = 4096

/** At least this many characters of a run id name it. */
const PREFIX = /^[0-9a-f]{4,64}$/

/**
 * What an id or a path on this host means: a job's id, a run's id or the beginning of one (its newest attempt), or the folder of
 * a sealed set or an attempt. `null` when this host does not know it. Throws `usage_error` for an ambiguous beginning and for
 * nothing at all.
 */
export function findRecord(lane: Pick<Lane, 'places' | 'repo' | 'cwd'>, id: string): LocalRecord | null {
  if (id === '') throw new RchError('usage_error', 'The id is empty.', {data: {id}, hint: 'Run `rch xcode runs` for the ids.'})
  if (id.length > MAX_ID)
    throw new RchError('usage_error', `An id or a path of ${id.length} characters: ${id.slice(0, 60)}…`, {
      hint: 'Run `rch xcode runs` for the ids.',
    })
  return atPath(resolve(lane.cwd, id)) ?? jobById(lane, id) ?? runById(lane, id)
}

/** The same, where nothing else would do. */
export function needRecord(lane: Pick<Lane, 'places' | 'repo' | 'cwd'>, id: string): LocalRecord {
  const found = findRecord(lane, id)
  if (found !== null) return found
  throw new RchError(RUN_ID.test(id) || PREFIX.test(id) ? 'run_not_found' : 'job_not_found', undefined, {data: {id}})
}

/** Every attempt of this repository, newest first by what its directory's time says. */
export function listAttempts(runsRoot: string): readonly RunRecord[] {
  return listRunIds(runsRoot).flatMap((run_id) => attemptsOf(runsRoot, run_id))
}

export function listRunIds(runsRoot: string): readonly string[] {
  return entriesOf(runsRoot).filter((name) => RUN_ID.test(name))
}

/** One run's attempts, in no order. */
export function attemptsOf(runsRoot: string, run_id: string): readonly RunRecord[] {
  return entriesOf(join(runsRoot, run_id)).flatMap((name): RunRecord[] => {
    const attempt = Number(/^attempt-(\d+)$/.exec(name)?.[1] ?? 0)
    return attempt === 0 ? [] : [{type: 'run', run_id, attempt, directory: join(runsRoot, run_id, name)}]
  })
}

/** A document of an attempt's notebook; `null` when it was not written (yet). */
export function notebookDocument<N extends 'run_state' | 'run_plan' | 'run_summary' | 'run_index' | 'worker_selection' | 'staging'>(
  directory: string,
  name: N,
): Document<N> | null {
  const bytes = readIfThere(join(directory, `${name}.json`))
  return bytes === undefined ? null : readDocument(name, bytes)
}

/** The youngest planned attempt of a run that has not ended, or else the attempt itself: a later one may have ended before it. */
export function openAttempt(record: RunRecord): RunRecord {
  const all = attemptsOf(dirname(dirname(record.directory)), record.run_id)
  return all.filter(isOpen).toSorted((a, b) => b.attempt - a.attempt)[0] ?? record
}

function isOpen({directory}: RunRecord): boolean {
  return existsSync(join(directory, 'run_plan.json')) && !existsSync(join(directory, 'run_summary.json'))
}

/** The run that a run's or a job's id means, as long as this host has planned it and does not know how it ended; else `null`. */
export function openRunOf(lane: Pick<Lane, 'places' | 'repo' | 'cwd'>, id: string): string | null {
  const planned = planOf(lane, id)
  const record = planned === null ? null : findRecord(lane, planned.run_id)
  return record?.type === 'run' && isOpen(openAttempt(record)) ? record.run_id : null
}

/**
 * The plan of the attempt that an id means, a job's own attempt included; `null` when this host planned none. Only a job's id opens
 * more than one notebook, the youngest first.
 */
export function planOf(lane: Pick<Lane, 'places' | 'repo' | 'cwd'>, id: string): Document<'run_plan'> | null {
  const record = findRecord(lane, id)
  if (record?.type === 'run') return notebookDocument(record.directory, 'run_plan')
  if (!IDENTIFIER.test(id)) return null
  for (const root of repositoryRoots(lane))
    for (const {directory} of byAge(listAttempts(join(root, 'runs')))) {
      const plan = notebookDocument(directory, 'run_plan')
      if (plan?.steps.some(({job_id}) => job_id === id) === true) return plan
    }
  return null
}

/** The jobs that a run planned, with what is known of each. */
export function plannedJobs(directory: string): readonly {readonly index: number; readonly action: string; readonly job_id: string}[] {
  return notebookDocument(directory, 'run_plan')?.steps.map(({index, action, job_id}) => ({index, action, job_id})) ?? []
}

function atPath(path: string): LocalRecord | null {
  if (!existsSync(path) || !statSync(path).isDirectory()) return null
  const index = readIfThere(join(path, 'job_index.json'))
  if (index !== undefined) return {type: 'job', job_id: readDocument('job_index', index).job_id, directory: path}
  const state = notebookDocument(path, 'run_state')
  return state === null ? null : {type: 'run', run_id: state.run_id, attempt: state.attempt, directory: path}
}

function jobById(lane: Pick<Lane, 'places' | 'repo'>, id: string): JobRecord | null {
  if (!IDENTIFIER.test(id)) return null
  for (const root of repositoryRoots(lane)) {
    const directory = join(root, 'jobs', id)
    if (existsSync(directory)) return {type: 'job', job_id: id, directory}
  }
  return null
}

function runById(lane: Pick<Lane, 'places' | 'repo'>, id: string): RunRecord | null {
  if (!PREFIX.test(id)) return null
  for (const root of repositoryRoots(lane)) {
    const attempts = listAttempts(join(root, 'runs')).filter((attempt) => attempt.run_id.startsWith(id))
    const runs = new Set(attempts.map((attempt) => attempt.run_id))
    if (runs.size > 1)
      throw new RchError('usage_error', `${id} is the beginning of ${runs.size} runs.`, {
        data: {id, runs: [...runs]},
        hint: 'Type more of it: `rch xcode runs` prints the ids.',
      })
    const [newest] = attempts.toSorted((a, b) => b.attempt - a.attempt)
    if (newest !== undefined) return newest
  }
  return null
}

/** Youngest first. */
function byAge(attempts: readonly RunRecord[]): readonly RunRecord[] {
  return attempts
    .map((attempt) => ({attempt, at: statSync(attempt.directory, {throwIfNoEntry: false})?.mtimeMs ?? 0}))
    .toSorted((a, b) => b.at - a.at)
    .map(({attempt}) => attempt)
}

/** This repository first, then every other one this host has results of. */
function repositoryRoots(lane: Pick<Lane, 'places' | 'repo'>): readonly string[] {
  const all = join(lane.places.artifacts, 'repos')
  return [
    lane.repo.root,
    ...entriesOf(all)
      .map((name) => join(all, name))
      .filter((root) => basename(root) !== basename(lane.repo.root)),
  ]
}

function entriesOf(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory) : []
}

import {existsSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {readCached} from '../../infra/state-file.ts'
import {attemptsOf, listRunIds} from '../find-record.ts'
import type {Lane} from '../lane.ts'

export interface ListedRun {
  readonly run_id: string
  readonly attempt: number
  readonly repo_key: string
  readonly started_at: string | null
  readonly state: string
  readonly status: string | null
  readonly exit_code: number | null
  readonly error_code: string | null
  readonly human_summary: string | null
  readonly worker: string | null
  readonly directory: string
}

export interface ListedRefusal {
  readonly request_id: string
  readonly at: string
  readonly codes: readonly string[]
  readonly reason: string | null
}

export interface RunFilter {
  readonly sinceMs: number | null
  readonly status: string | null
  readonly limit: number
  /** Runs of every repository, not of this one alone. */
  readonly all: boolean
}

/**
 * Past and present runs of this host, newest first. Only as many notebooks are opened as the answer needs: a run's folder has the
 * time of its newest attempt's beginning, the small state files of each say the rest.
 */
export function listRuns(lane: Pick<Lane, 'places' | 'repo' | 'repository'>, filter: RunFilter): readonly ListedRun[] {
  const repos = join(lane.places.artifacts, 'repos')
  const keys = filter.all ? (existsSync(repos) ? readdirSync(repos) : []) : [lane.repository.key]
  const runs = keys
    .flatMap((repo_key) => {
      const root = join(repos, repo_key, 'runs')
      return listRunIds(root).map((run_id) => ({repo_key, root, run_id, at: timeOf(join(root, run_id))}))
    })
    .filter(({at}) => filter.sinceMs === null || at >= filter.sinceMs)
    .toSorted((a, b) => b.at - a.at)
  const listed: ListedRun[] = []
  for (const {repo_key, root, run_id} of runs) {
    for (const attempt of attemptsOf(root, run_id).toSorted((a, b) => b.attempt - a.attempt)) {
      if (listed.length >= filter.limit) return listed
      if (filter.sinceMs !== null && timeOf(attempt.directory) < filter.sinceMs) continue
      const run = read({...attempt, repo_key})
      if (filter.status === null || run.status === filter.status || run.state === filter.status) listed.push(run)
    }
  }
  return listed
}

/** Milliseconds; 0 for what is gone meanwhile. */
function timeOf(directory: string): number {
  return statSync(directory, {throwIfNoEntry: false})?.mtimeMs ?? 0
}

/** What ended before an attempt existed, newest first. */
export function listRefusals(lane: Pick<Lane, 'repo'>, {sinceMs, limit}: Pick<RunFilter, 'sinceMs' | 'limit'>): readonly ListedRefusal[] {
  const root = join(lane.repo.root, 'refusals')
  if (!existsSync(root)) return []
  return readdirSync(root)
    .map((request_id) => ({request_id, at: statSync(join(root, request_id)).mtimeMs}))
    .filter(({at}) => sinceMs === null || at >= sinceMs)
    .toSorted((a, b) => b.at - a.at)
    .slice(0, limit)
    .map(({request_id, at}) => {
      const decision = record(readCached(join(root, request_id, 'decision.json')))
      const codes = decision['codes']
      return {
        request_id,
        at: new Date(at).toISOString(),
        codes: Array.isArray(codes) ? codes.map(String) : [],
        reason: text(decision['reason']),
      }
    })
}

function read(attempt: {
  readonly run_id: string
  readonly attempt: number
  readonly directory: string
  readonly repo_key: string
}): ListedRun {
  const summary = record(readCached(join(attempt.directory, 'run_summary.json')))
  const state = record(readCached(join(attempt.directory, 'run_state.json')))
  const plan = record(readCached(join(attempt.directory, 'run_plan.json')))
  return {
    run_id: attempt.run_id,
    attempt: attempt.attempt,
    repo_key: attempt.repo_key,
    started_at: text(summary['started_at']) ?? text(state['started_at']) ?? text(state['updated_at']),
    state: text(state['state']) ?? 'created',
    status: text(summary['status']),
    exit_code: typeof summary['exit_code'] === 'number' ? summary['exit_code'] : null,
    error_code: text(summary['error_code']),
    human_summary: text(summary['human_summary']),
    worker: text(plan['worker']),
    directory: attempt.directory,
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

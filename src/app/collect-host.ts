import {existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync} from 'node:fs'
import {basename, join} from 'node:path'
import {lstatSync, chmodSync} from 'node:fs'
import {TEMPORARY} from '../infra/files.ts'
import {listAttempts, notebookDocument} from './find-record.ts'
import type {Lane} from './lane.ts'

export interface Collectable {
  readonly what: 'attempt' | 'set' | 'refusal' | 'leftover'
  readonly name: string
  readonly bytes: number
  readonly reason: string
}

export interface HostLimits {
  readonly max_age_days: number
  readonly keep_last: number
  readonly keep_failed_days: number
}

const DAY_MS = 24 * 3600 * 1000

/** Old attempts of this repository and the sealed sets that none of the others needs. Never a run that has not ended. */
export function collectHost(lane: Lane, limits: HostLimits, dryRun: boolean, now: number = Date.now()): readonly Collectable[] {
  const attempts = listAttempts(join(lane.repo.root, 'runs'))
    .map((attempt) => ({...attempt, at: statSync(attempt.directory).mtimeMs}))
    .toSorted((a, b) => b.at - a.at)
  const old = attempts.slice(limits.keep_last).flatMap((attempt) => {
    const summary = notebookDocument(attempt.directory, 'run_summary')
    // Without a summary it runs, or waits for resume.
    if (summary === null) return []
    const days = summary.status === 'success' ? limits.max_age_days : Math.max(limits.max_age_days, limits.keep_failed_days)
    return now - attempt.at >= days * DAY_MS ? [{...attempt, days}] : []
  })
  const removed: Collectable[] = old.map(({directory, run_id, attempt, days}) => ({
    what: 'attempt',
    name: `${run_id} #${attempt}`,
    bytes: drop(directory, dryRun),
    reason: `older than ${days} days`,
  }))
  const dropped = new Set(old.map(({directory}) => directory))
  const needed = new Set(attempts.filter(({directory}) => !dropped.has(directory)).flatMap(({directory}) => linkedJobs(directory)))
  const jobs = join(lane.repo.root, 'jobs')
  for (const name of existsSync(jobs) ? readdirSync(jobs) : []) {
    const directory = join(jobs, name)
    const age = now - statSync(directory).mtimeMs
    if (name.includes('.partial-')) {
      if (age >= DAY_MS) removed.push(leftover(name, directory, 'a fetch that was cut off', dryRun))
    } else if (!needed.has(name) && age >= limits.max_age_days * DAY_MS)
      removed.push({what: 'set', name, bytes: drop(directory, dryRun), reason: 'no attempt refers to it'})
  }
  return [
    ...removed,
    ...cutOffWrites(lane.repo.snapshotCache, now).map(({name, path}) => leftover(name, path, 'a write that was cut off', dryRun)),
  ]
}

/** What a process that was killed has left of a file that it was writing. */
function cutOffWrites(directory: string, now: number): readonly {readonly name: string; readonly path: string}[] {
  return (existsSync(directory) ? readdirSync(directory) : [])
    .filter((name) => name.startsWith(TEMPORARY))
    .map((name) => ({name, path: join(directory, name)}))
    .filter(({path}) => now - (lstatSync(path, {throwIfNoEntry: false})?.mtimeMs ?? now) >= DAY_MS)
}

function leftover(name: string, path: string, reason: string, dryRun: boolean): Collectable {
  return {what: 'leftover', name, bytes: drop(path, dryRun), reason}
}

function linkedJobs(directory: string): string[] {
  const steps = join(directory, 'steps')
  if (!existsSync(steps)) return []
  return readdirSync(steps).flatMap((step) => {
    const link = join(steps, step, 'job')
    const target = lstatSync(link, {throwIfNoEntry: false})?.isSymbolicLink() === true ? [basename(readlinkSync(link))] : []
    const request = join(steps, step, 'job_request.json')
    return existsSync(request) ? [...target, ...jobIdOf(request)] : target
  })
}

function jobIdOf(request: string): string[] {
  return /"job_id": "([^"]+)"/.exec(readFileSync(request, 'utf8'))?.slice(1, 2) ?? []
}

function drop(path: string, dryRun: boolean): number {
  const bytes = sizeOf(path)
  if (!dryRun) {
    chmodSync(path, 0o700)
    rmSync(path, {recursive: true, force: true})
  }
  return bytes
}

function sizeOf(path: string): number {
  const stat = lstatSync(path)
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stat.size
}

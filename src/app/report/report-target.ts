import {existsSync, readdirSync, statSync} from 'node:fs'
import {basename, dirname, join, resolve} from 'node:path'
import {RchError} from '@rch/contract'
import type {RepositoryPlaces, Places} from '../../infra/places.ts'
import {findRecord, listAttempts, type JobRecord, type LocalRecord} from '../find-record.ts'

/** A command that was refused before there was an attempt. */
export interface RefusalRecord {
  readonly type: 'refusal'
  readonly request_id: string
  readonly directory: string
}

export type ReportTarget = LocalRecord | RefusalRecord

/** What the search needs; a lane has it, and a command that reads no configuration can make it. */
export interface SearchPlaces {
  readonly places: Places
  readonly repo: RepositoryPlaces
  readonly cwd: string
}

/** Shorter beginnings of an id are too easily somebody else's. */
const MIN_PREFIX = 6
/** How far a path may lie inside a record: `…/jobs/<id>/result.xcresult/Data/x`. */
const MAX_CLIMB = 5

/**
 * What is to be reported on: a job or a run by id or by the beginning of it, a refusal, or a path to or into one of their directories;
 * without a word the latest run of this repository. Throws `job_not_found`, `run_not_found` or `usage_error`.
 */
export function findTarget(search: SearchPlaces, word: string | undefined): ReportTarget {
  if (word === undefined) return latestRun(search)
  const path = resolve(search.cwd, word)
  const found = findRecord(search, word) ?? (existsSync(path) ? around(search, path) : (byBeginning(search, word) ?? refusal(search, word)))
  if (found !== null) return found
  if (existsSync(path) || /^[./~]/.test(word))
    throw new RchError(
      'usage_error',
      existsSync(path) ? `${word} is neither a sealed set nor a run's notebook, nor inside one.` : `There is no ${word}.`,
      {
        data: {path: word},
        hint: 'Name a job, a run, or the directory of one: `rch xcode runs` lists them.',
      },
    )
  throw new RchError(/^[0-9a-f]{6,64}$/.test(word) ? 'run_not_found' : 'job_not_found', undefined, {data: {id: word}})
}

/** The record that holds a path; the directory of a run stands for its latest attempt. */
function around(search: SearchPlaces, path: string): ReportTarget | null {
  const [newest] = listAttempts(dirname(path))
    .filter(({run_id}) => run_id === basename(path))
    .toSorted((a, b) => b.attempt - a.attempt)
  if (newest !== undefined) return newest
  for (let [folder, depth] = [path, 0]; depth < MAX_CLIMB && dirname(folder) !== folder; [folder, depth] = [dirname(folder), depth + 1]) {
    const found = findRecord(search, folder) ?? refusalAt(folder)
    if (found !== null) return found
  }
  return null
}

function byBeginning({places}: SearchPlaces, word: string): JobRecord | null {
  if (word.length < MIN_PREFIX) return null
  const found = repositories(places).flatMap((root) =>
    names(join(root, 'jobs'))
      .filter((id) => id.startsWith(word) && !id.endsWith('.unpacked'))
      .map((id): JobRecord => ({type: 'job', job_id: id, directory: join(root, 'jobs', id)})),
  )
  if (found.length > 1)
    throw new RchError('usage_error', `${word} is the beginning of ${found.length} jobs.`, {
      data: {id: word, jobs: found.map(({job_id}) => job_id)},
      hint: 'Type more of it.',
    })
  return found[0] ?? null
}

function refusal({places}: SearchPlaces, word: string): RefusalRecord | null {
  if (!/^[\w-]{6,128}$/.test(word)) return null
  for (const root of repositories(places)) {
    const found = refusalAt(join(root, 'refusals', word))
    if (found !== null) return found
  }
  return null
}

function refusalAt(folder: string): RefusalRecord | null {
  const there = ['decision.json', 'run_summary.json'].every((name) => existsSync(join(folder, name)))
  return there ? {type: 'refusal', request_id: basename(folder), directory: folder} : null
}

function latestRun({repo}: SearchPlaces): ReportTarget {
  const [latest] = listAttempts(join(repo.root, 'runs'))
    .map((record) => ({record, at: statSync(record.directory).mtimeMs}))
    .toSorted((a, b) => b.at - a.at)
  if (latest !== undefined) return latest.record
  throw new RchError('run_not_found', 'This repository has no runs yet.', {
    data: {id: ''},
    hint: 'Name a job, a run or a path, or start one with `rch xcode verify`.',
  })
}

function repositories(places: Places): readonly string[] {
  const all = join(places.artifacts, 'repos')
  return names(all).map((name) => join(all, name))
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted()
  } catch {
    return []
  }
}

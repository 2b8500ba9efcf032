import {existsSync, realpathSync} from 'node:fs'
import {join} from 'node:path'
import {needRecord, plannedJobs} from '../find-record.ts'
import type {Lane} from '../lane.ts'

export interface ListedSet {
  readonly job_id: string
  readonly directory: string
  /** Name to absolute path, of what people and tools look for first. */
  readonly files: Readonly<Record<string, string>>
}

const KEY_FILES: Readonly<Record<string, string>> = {
  summary: 'summary.json',
  test_summary: 'test_summary.json',
  build_summary: 'build_summary.json',
  build_log: 'build.log',
  events: 'events.ndjson',
  junit: 'junit.xml',
  sarif: 'sarif.json',
  annotations: 'annotations.json',
  result_bundle: 'result.xcresult',
  manifest: 'manifest.json',
  attestation: 'attestation.json',
  job_index: 'job_index.json',
}

/** The sealed sets that an id means, and the notebook it is in. */
export function listArtifacts(lane: Lane, id: string): {readonly notebook: string | null; readonly sets: readonly ListedSet[]} {
  const record = needRecord(lane, id)
  const directories =
    record.type === 'job'
      ? [{job_id: record.job_id, directory: record.directory}]
      : plannedJobs(record.directory).map(({index, action, job_id}) => ({
          job_id,
          directory: join(record.directory, 'steps', `${index}-${action}`, 'job'),
        }))
  const sets = directories
    .filter(({directory}) => existsSync(directory))
    .map(({job_id, directory}) => {
      const real = realpathSync(directory)
      const files = Object.entries(KEY_FILES).flatMap(([name, file]) =>
        existsSync(join(real, file)) ? [[name, join(real, file)] as const] : [],
      )
      return {job_id, directory: real, files: Object.fromEntries(files)}
    })
  return {notebook: record.type === 'run' ? record.directory : null, sets}
}

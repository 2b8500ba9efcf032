import {chmodSync, existsSync, renameSync, rmSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {randomUUID} from 'node:crypto'
import {RchError, type Connection} from '@rch/contract'
import {isErrno, makeDirectory} from '../../../infra/files.ts'
import {checkSet, OTHER_SUBJECT, type SetViolation} from '../check-set.ts'
import {NotAsSealed, type WantedFile} from './blob-sink.ts'
import {bringFiles} from './bring-files.ts'
import {RenewedCalls, type RenewedCallsOptions} from './renewed-calls.ts'
import {bringSeals, filesInside, plainFiles} from './sealed-files.ts'

export interface FetchOptions extends RenewedCallsOptions {
  /** Where the set goes; it appears there whole and checked, or not at all. */
  readonly target: string
  /** From the terminal status: the set that was sealed is the one that comes. */
  readonly jobIndexSha256: string | null
  readonly onProgress: (bytes: number, total: number) => void
}

/**
 * Brings a sealed set home: the four documents that bind it first, then every content by its digest, once, in resumable chunks.
 * Everything is checked against the seal before the set gets its name; a set that is there and whole moves nothing. Throws
 * `integrity_mismatch`, `attestation_subject_mismatch`, `artifacts_gone`, `transfer_failed`, `host_disk_full`.
 */
export async function fetchSet(
  connection: Connection,
  options: FetchOptions,
): Promise<{readonly bytes: number; readonly connection: Connection}> {
  const {target, jobId} = options
  if (existsSync(join(target, 'job_index.json')) && checkSet(target).errors.length === 0) return {bytes: 0, connection}
  const partial = `${target}.partial-${randomUUID()}`
  const calls = new RenewedCalls(connection, options)
  makeDirectory(dirname(target))
  makeDirectory(partial)
  try {
    const brought = await bringSet(calls, partial, options)
    const {errors, files} = checkSet(partial, new Map(brought.map((file) => [file.path, file])))
    throwViolations(jobId, errors)
    for (const {path} of files) chmodSync(join(partial, path), 0o444)
    publish(partial, target)
    return {bytes: bytesOf(brought), connection: calls.connection}
  } catch (error) {
    if (error instanceof NotAsSealed) throwViolations(jobId, [error])
    if (isErrno(error, 'ENOSPC', 'EDQUOT')) throw new RchError('host_disk_full', undefined, {cause: error})
    throw error
  } finally {
    rmSync(partial, {recursive: true, force: true})
  }
}

/** Answers the files that were written here from bytes that had the digest they were asked for by. */
async function bringSet(calls: RenewedCalls, partial: string, options: FetchOptions): Promise<readonly WantedFile[]> {
  const {files: seals, manifest} = await bringSeals(calls, partial, options.jobId, options.jobIndexSha256)
  const {trees, others} = plainFiles(manifest)
  const bring = async (before: readonly WantedFile[], files: readonly WantedFile[], total: number): Promise<void> => {
    const start = bytesOf(before)
    await bringFiles(calls, partial, files, (bytes) => options.onProgress(start + bytes, total))
  }
  // The trees first: they name what else there is.
  await bring(seals, trees, bytesOf([...seals, ...trees, ...others]))
  const rest = [...others, ...filesInside(partial, manifest)]
  await bring([...seals, ...trees], rest, bytesOf([...seals, ...trees, ...rest]))
  return [...seals, ...trees, ...rest]
}

function bytesOf(files: readonly WantedFile[]): number {
  return files.reduce((sum, {bytes}) => sum + bytes, 0)
}

function throwViolations(jobId: string, errors: readonly SetViolation[]): void {
  const [first] = errors
  if (first === undefined) return
  const integrity_errors = errors.slice(0, 50).map(({path, problem}) => ({path, problem}))
  if (errors.length === 1 && first.problem === OTHER_SUBJECT)
    throw new RchError('attestation_subject_mismatch', undefined, {data: {integrity_errors}})
  throw new RchError('integrity_mismatch', `The set of ${jobId} is not what was sealed: ${first.path}: ${first.problem}`, {
    data: {count: errors.length, integrity_errors},
  })
}

/** Gives the checked set its name. Of two fetches at once the first one wins; the sets are the same. */
function publish(partial: string, target: string): void {
  if (existsSync(target)) rmSync(target, {recursive: true, force: true})
  try {
    renameSync(partial, target)
  } catch (error) {
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error
  }
}

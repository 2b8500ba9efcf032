import {RchError, toRchError, isRchError, type Connection, type WorkerEntry} from '@rch/contract'
import {checkResponsePayload, type VerbResponsePayload} from '@rch/contract/documents'
import {IDENTIFIER, RUN_ID} from '@rch/contract/identity'
import {findRecord, planOf, plannedJobs} from '../find-record.ts'
import {connect, workerNamed, type Lane} from '../lane.ts'

export type WorkerJob = VerbResponsePayload<'status'>['jobs'][number]

/** Jobs that an id means, and the worker that knows them. */
export interface LocatedJobs {
  readonly worker: WorkerEntry
  readonly connection: Connection
  readonly protocolVersion: number
  readonly jobs: readonly WorkerJob[]
  /** The attempt on this host, when it has one. */
  readonly directory: string | null
}

/**
 * Finds the jobs of a run or job id on the worker that has them: the one that the notebook names, else the one that `wanted`
 * names, else every worker of the inventory at once.
 */
export async function locateJobs(lane: Lane, id: string, wanted: string | null): Promise<LocatedJobs> {
  const local = findRecord(lane, id)
  const directory = local?.type === 'run' ? local.directory : null
  const plan = planOf(lane, id)
  // A job may have become known under another name of its worker.
  const planned = directory !== null || lane.workers.some((worker) => worker.name === plan?.worker) ? plan?.worker : undefined
  const name = wanted ?? planned ?? null
  const workers = name === null ? lane.workers : [workerNamed(lane, name)]
  const jobIds = directory === null ? (IDENTIFIER.test(id) ? [id] : []) : plannedJobs(directory).map(({job_id}) => job_id)
  const runId = RUN_ID.test(id) ? id : null
  // Only whole ids can be asked for.
  if (jobIds.length === 0 && runId === null) throw unknown(id, directory !== null, [])
  const errors: RchError[] = []
  const found = await Promise.all(
    workers.map(async (worker): Promise<LocatedJobs | null> => {
      try {
        const connection = await connect(lane, worker, {role: 'run', profile: null})
        const protocolVersion = plan?.protocol_version ?? 1
        const jobs = await askFor(connection, protocolVersion, jobIds, runId, lane.hostId)
        if (jobs.length > 0) return {worker, connection, protocolVersion, jobs, directory}
        await connection.close()
        return null
      } catch (error) {
        errors.push(toRchError(error))
        return null
      }
    }),
  )
  const [first, ...others] = found.filter((located) => located !== null)
  for (const other of others) await other.connection.close()
  if (first !== undefined) return first
  const [trouble] = errors
  if (trouble !== undefined) throw trouble
  throw unknown(id, directory !== null || runId !== null, workers)
}

function unknown(id: string, isRun: boolean, asked: readonly WorkerEntry[]): RchError {
  return new RchError(isRun ? 'run_not_found' : 'job_not_found', `No worker knows ${id}.`, {data: {id, asked: asked.map(({name}) => name)}})
}

async function askFor(
  connection: Connection,
  protocolVersion: number,
  jobIds: readonly string[],
  runId: string | null,
  hostId: string,
): Promise<readonly WorkerJob[]> {
  const ask = async (payload: Readonly<Record<string, unknown>>): Promise<readonly WorkerJob[]> => {
    try {
      return checkResponsePayload('status', (await connection.call({verb: 'status', payload, protocolVersion})).payload).jobs
    } catch (error) {
      if (isRchError(error) && error.code === 'job_not_found') return []
      throw error
    }
  }
  const jobs: WorkerJob[] = []
  for (const job_id of jobIds) jobs.push(...(await ask({job_id})))
  return jobIds.length > 0 || runId === null ? jobs : ask({run_id: runId, host_id: hostId})
}

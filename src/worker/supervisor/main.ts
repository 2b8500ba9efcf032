import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {readDocument} from '@rch/contract/documents'
import {parseStrictJson} from '@rch/contract/json'
import {createContext} from '../context.ts'
import {loadWorkerConfig} from '../../infra/worker-config-file.ts'
import {collectSometimes} from '../gc.ts'
import {processIdentity} from '../../infra/process-identity.ts'
import {findJob, recordSeal} from '../state/jobs.ts'
import {makeDirectory, readIfThere} from '../../infra/files.ts'
import {readControl, writeControl} from './control.ts'
import {recover} from './recover.ts'
import {runJob} from './run-job.ts'

/**
 * The process that owns one job to its seal, whatever connections do. `supervise` runs a job that was just accepted, its forwarded
 * values on stdin; `recover` ends one that lost its supervisor.
 */
export async function superviseJob(mode: 'supervise' | 'recover', jobId: string, configFile: string | undefined): Promise<number> {
  const config = loadWorkerConfig(configFile)
  const unowned = createContext(config, {owner: '', role: 'run'})
  const job = findJob(unowned.db, jobId)
  if (job === undefined)
    throw new RchError('job_not_found', `This worker has no job "${jobId}".`, {
      data: {id: jobId},
      hint: 'The harness starts this itself; `rch-xcode-worker help` lists what an operator may ask.',
    })
  const context = createContext(config, {owner: job.owner, role: 'run'})
  const layout = context.layout.job(jobId)
  const self = processIdentity(process.pid)
  if (self === null) return 1
  if (existsSync(layout.index)) {
    // The last act, writing the seal into the table, was cut off.
    const {job_index_sha256} = readDocument('job_index', readFileSync(layout.index))
    const {state, seq} = readDocument('job_state', readFileSync(join(layout.artifacts, 'job_state.json')))
    recordSeal(context.db, jobId, state, seq, job_index_sha256)
    return 0
  }
  const previous = readControl(layout.control)
  const env = await readForwardedValues()
  for (const path of [layout.work, layout.result, layout.artifacts]) makeDirectory(path)
  writeControl(layout.control, {
    job_id: jobId,
    supervisor: self,
    backends: previous?.backends ?? [],
    created_simulators: previous?.created_simulators ?? [],
  })
  // A hang-up or a stray interrupt of the session that started us is none of the job's business.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGPIPE'] as const) process.on(signal, () => {})
  const request = readDocument('job_request', readIfThere(layout.request) ?? new Uint8Array())
  if (mode === 'recover') await recover(context, layout, request, previous)
  else await runJob(context, layout, request, env)
  await collectSometimes(context)
  return 0
}

async function readForwardedValues(): Promise<Readonly<Record<string, string>>> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  const value = chunks.length === 0 ? {} : parseStrictJson(Buffer.concat(chunks))
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

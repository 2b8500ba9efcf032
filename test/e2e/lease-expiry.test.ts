import {randomBytes, randomUUID} from 'node:crypto'
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import type {Connection} from '@rch/contract'
import type {JobRequest} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {describeStream} from '@rch/contract/protocol'
import {createLocalTransport} from '@rch/transport-local'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {anew} from '../support/bent-request.ts'
import {backendStarts, followed, readJson, setScenario, touchSource, until, workerJobs} from '../support/lab-tools.ts'
import {createLab, HARNESS, type Lab, type LabWorker} from '../support/lab.ts'
import {openOptions, workerEntry} from '../support/worker-entry.ts'

const NO_WAIT = ['--set', 'worker.max_queue_seconds=0', '--json']

describe('a lease that is not renewed any more', () => {
  let lab: Lab
  let worker: LabWorker
  let connection: Connection
  let past: JobRequest
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    worker = lab.workers[0] ?? expect.fail('the lab has no worker')
    expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
    past = JSON.parse(readFileSync(join(workerJobs(worker)[0] ?? '', 'artifacts/job_request.json'), 'utf8'))
    connection = await createLocalTransport({command: [process.execPath, HARNESS]}).open(
      workerEntry({transport: 'local', worker_config: worker.config}),
      openOptions({role: 'run'}),
    )
  })
  afterEach(() => setScenario(lab, null))
  afterAll(async () => {
    await connection?.close()
    await lab.stop()
  })

  it('goes to the next run, and whoever held it can do nothing with it any more', async () => {
    const {payload: old} = await call('reserve', {
      reservation_id: randomUUID(),
      run_id: past.run_id,
      host_id: past.host.host_id,
      queue: {wait_seconds: 0, priority: 0},
    })
    const lease = {lease_id: String(old['lease_id']), fence: Number(old['fence'])}
    expect((await lab.rch(['xcode', 'build', ...NO_WAIT])).json()).toMatchObject({error_code: 'worker_busy'})
    expire(lease.lease_id)
    touchSource(lab, 'the next run')
    setScenario(lab, {hang: 'compile'})
    const child = lab.start(['xcode', 'build', ...NO_WAIT])
    const next = followed(child)
    await next.says(/workspace /)
    const [known, upload] = [workerJobs(worker).length, await staged()]
    for (const verb of ['renew', 'missing_blobs', 'submit']) {
      const asked = verb === 'submit' ? {job_request: anew({...past, ...lease, stage: {...past.stage, upload_id: upload}}), env: {}} : lease
      await expect(call(verb, asked), verb).rejects.toMatchObject({code: 'lease_expired'})
    }
    // Giving back what is lost takes nothing from who has it now.
    await call('release', lease)
    expect((await lab.rch(['xcode', 'build', ...NO_WAIT])).json()).toMatchObject({error_code: 'worker_busy'})
    expect(workerJobs(worker)).toHaveLength(known)
    child.kill('SIGINT')
    expect((await next.ended).code).toBe(80)
  })

  it('costs a host that slept no attempt: it waits for its turn again and goes on with the job it planned', async () => {
    using large = await startLarge('slept')
    large.child.kill('SIGSTOP')
    expect(workerJobs(worker)).toHaveLength(large.known)
    expire(null)
    setScenario(lab, {print: {compile: 'it hangs'}, hang: 'compile'})
    const other = lab.start(['xcode', 'build', ...NO_WAIT])
    const meanwhile = followed(other)
    await meanwhile.says(/workspace /)
    // What hangs by now goes on hanging; what comes after it does not.
    await until('the backend', () => logOf(workerJobs(worker).toSorted().at(-1) ?? '').includes('it hangs'))
    setScenario(lab, null)
    large.child.kill('SIGCONT')
    await large.run.says(/queue {5}position 1/)
    other.kill('SIGINT')
    expect((await meanwhile.ended).code).toBe(80)
    const ended = await large.run.ended
    expect(ended.json(), ended.stderr).toMatchObject({ok: true, attempt: 1})
    const directory = String(ended.json()['directory'])
    expect(readJson(directory, 'run_state.json')).toMatchObject({state: 'succeeded', lease_renewed: expect.anything()})
    const [planned] = readJson(directory, 'run_plan.json')['steps'] as {job_id: string}[]
    const job = workerJobs(worker).find((path) => path.endsWith(planned?.job_id ?? 'none')) ?? ''
    expect(backendStarts(job)).toBe(1)
  })

  it('is taken again by `resume` when the host was killed before it could submit', async () => {
    using large = await startLarge('killed')
    large.child.kill('SIGKILL')
    await large.run.ended
    expect(workerJobs(worker)).toHaveLength(large.known)
    expire(null)
    const resumed = await lab.rch(['xcode', 'resume', large.id, '--json'])
    expect(resumed.json(), resumed.stderr).toMatchObject({ok: true, attempt: 1})
    expect(workerJobs(worker)).toHaveLength(large.known + 1)
  })

  /** Starts a build of so much source that there is time to stop its host between its plan and its job. */
  async function startLarge(text: string) {
    touchSource(lab, text)
    const file = join(lab.project, 'large.bin')
    writeFileSync(file, randomBytes(30_000_000))
    const known = workerJobs(worker).length
    const child = lab.start(['xcode', 'build', '--json'])
    const run = followed(child)
    const id = (await run.says(/run {7}[0-9a-f]{12}/)).slice(-12)
    return {child, run, id, known, [Symbol.dispose]: () => rmSync(file)}
  }

  /** What the backend of a job has printed so far. */
  function logOf(job: string): string {
    const log = join(job, 'artifacts/build.log')
    return existsSync(log) ? readFileSync(log, 'utf8') : ''
  }

  function call(verb: string, payload: Readonly<Record<string, unknown>>) {
    return connection.call({verb, payload, protocolVersion: 1})
  }

  /** The source of the past job once more on the worker, as the run key may without a lease. Answers the upload's id. */
  async function staged(): Promise<string> {
    const upload_id = uuidv7()
    const body = readFileSync(join(workerJobs(worker)[0] ?? '', 'artifacts/source_manifest.json'))
    const stream = {...describeStream('manifest', body), upload_id, offset: 0, last: true}
    const {payload} = await connection.call({verb: 'missing_blobs', payload: {stream}, body, protocolVersion: 1})
    expect(payload).toMatchObject({complete: true, receipt: {upload_id}})
    return upload_id
  }

  /** Two minutes and more go by for the worker's leases that no job holds. */
  function expire(leaseId: string | null): void {
    const db = new DatabaseSync(join(worker.root, 'jobs/state.sqlite3'), {timeout: 30_000})
    db.prepare('UPDATE leases SET expires_at = 1 WHERE ? IS NULL OR lease_id = ?').run(leaseId, leaseId)
    db.close()
  }
})

import {randomUUID} from 'node:crypto'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {ERRORS, EXIT_CODES, isErrorCode, type Connection, type ErrorCode} from '@rch/contract'
import {checkResponsePayload, type JobRequest} from '@rch/contract/documents'
import {createLocalTransport} from '@rch/transport-local'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {uploadCall} from '../../src/staging/upload-call.ts'
import {anew, renamed, resealed} from '../support/bent-request.ts'
import {workerJobs} from '../support/lab-tools.ts'
import {createLab, HARNESS, type Lab} from '../support/lab.ts'
import {makeSource, manifestOf} from '../support/staging.ts'
import {openOptions, workerEntry} from '../support/worker-entry.ts'

type Bent = Omit<JobRequest, 'job_request_sha256'> & {readonly job_request_sha256?: string}

const ZEROS = '0'.repeat(64)

/** How a request is bent that the shipped host composed and the worker took: what it says otherwise still holds together. */
const REFUSED_REQUESTS: Readonly<Partial<Record<ErrorCode, (request: JobRequest, other: JobRequest) => Bent>>> = {
  job_request_sha256_missing: (request) => {
    const bent: {job_request_sha256?: string} & Omit<JobRequest, 'job_request_sha256'> = {...request}
    delete bent.job_request_sha256
    return bent
  },
  job_request_sha256_mismatch: (request) => ({...request, job_request_sha256: ZEROS}),
  invalid_job_identity: (request) => resealed({...request, job: {...request.job, attempt: request.attempt + 1}}),
  job_key_mismatch: (request) => resealed({...request, job_key: ZEROS, job: {...request.job, job_key: ZEROS}}),
  job_id_reused: (request, other) => renamed(other, request.job_id),
  job_request_replayed: (request) => anew({...request, expires_at: '2020-01-01T00:00:00.000Z'}),
  contract_version_unsupported: (request) => anew({...request, contract_version: '99.0.0'}),
  job_request_signature_invalid: (request) =>
    anew({
      ...request,
      job_request_signature: {
        algorithm: 'ed25519',
        key_id: `SHA256:${'A'.repeat(43)}`,
        signature_base64: Buffer.alloc(64).toString('base64'),
      },
    }),
}

describe('a request that no host of ours composes', () => {
  let lab: Lab
  let connection: Connection
  let first: JobRequest
  let second: JobRequest
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
    const ran = await lab.rch(['xcode', 'verify', '--json'])
    expect(ran.code, ran.stdout).toBe(0)
    const requests = workerJobs(lab.workers[0] ?? expect.fail('the lab has no worker')).map((job): JobRequest =>
      JSON.parse(readFileSync(join(job, 'artifacts/job_request.json'), 'utf8')),
    )
    const [one, two] = requests
    if (one === undefined || two === undefined) throw new Error('a build and a test make two jobs')
    first = one
    second = two
    connection = await createLocalTransport({command: [process.execPath, HARNESS]}).open(
      workerEntry({transport: 'local', worker_config: lab.workers[0]?.config ?? null}),
      openOptions({role: 'run'}),
    )
  })
  afterAll(async () => {
    await connection?.close()
    await lab.stop()
  })

  it.each(Object.entries(REFUSED_REQUESTS))('%s', async (code, bend) => {
    const jobs = workerJobs(lab.workers[0] ?? expect.fail()).length
    const error = await refusal(connection.call({verb: 'submit', payload: {job_request: bend(first, second), env: {}}, protocolVersion: 1}))
    expectRefusal(error, code)
    expect(workerJobs(lab.workers[0] ?? expect.fail()).length).toBe(jobs)
  })

  it('artifacts_gone', async () => {
    const payload = {job_id: first.job_id, part: 'range', path: 'nothing.txt', offset: 0, length: 10} as const
    expectRefusal(await refusal(connection.call({verb: 'fetch', payload, protocolVersion: 1})), 'artifacts_gone')
  })

  it('source_missing', async () => {
    const job_request = anew({...first, stage: {...first.stage, upload_id: randomUUID()}})
    expectRefusal(await refusal(connection.call({verb: 'submit', payload: {job_request, env: {}}, protocolVersion: 1})), 'source_missing')
  })

  describe('an upload', () => {
    const sources = mkdtempSync(join(tmpdir(), 'rch-sources-'))
    afterAll(() => rmSync(sources, {recursive: true}))
    const content = `nobody has this yet ${randomUUID()}`
    const source = makeSource(sources, {'a.swift': content})
    let lease: {readonly lease_id: string; readonly fence: number}
    beforeAll(async () => {
      const {run_id, host} = first
      const claim = {reservation_id: randomUUID(), run_id, host_id: host.host_id, queue: {wait_seconds: 0, priority: 0}}
      const {payload} = await connection.call({verb: 'reserve', payload: claim, protocolVersion: 1})
      const {lease_id, fence} = checkResponsePayload('reserve', payload)
      lease = {lease_id, fence}
    })
    const chunk = (uploadId: string, verb: 'missing_blobs' | 'upload_blobs', bytes: Uint8Array, last = true) =>
      uploadCall(connection, {
        verb,
        uploadId,
        protocolVersion: 1,
        payload: lease,
        compression: 'none',
        bytes,
        offset: 0,
        last,
      })

    it('source_hash_mismatch: of a manifest that names another tree', async () => {
      const bytes = manifestOf(source.entries, {source_tree_hash: ZEROS})
      expectRefusal(await refusal(chunk(randomUUID(), 'missing_blobs', bytes)), 'source_hash_mismatch')
    })

    it('source_staging_incomplete: of contents ahead of the manifest', async () => {
      const id = randomUUID()
      await chunk(id, 'missing_blobs', source.manifestBytes.subarray(0, 10), false)
      expectRefusal(await refusal(chunk(id, 'upload_blobs', Buffer.from(content))), 'source_staging_incomplete')
    })

    it('source_staging_failed: of other contents than were announced', async () => {
      const id = randomUUID()
      await chunk(id, 'missing_blobs', source.manifestBytes)
      const [file] = source.entries
      if (file?.type !== 'file') throw new Error('it is a file')
      const header = Buffer.alloc(40)
      header.write(file.sha256, 0, 'hex')
      header.writeBigUInt64BE(BigInt(file.bytes), 32)
      const body = Buffer.concat([header, Buffer.from(content.toUpperCase())])
      expectRefusal(await refusal(chunk(id, 'upload_blobs', body)), 'source_staging_failed')
    })
  })

  it('lease_expired', async () => {
    const {lease_id, fence} = first
    expectRefusal(await refusal(connection.call({verb: 'renew', payload: {lease_id, fence}, protocolVersion: 1})), 'lease_expired')
  })

  it('is the same job, not another, when nothing is bent', async () => {
    const {payload} = await connection.call({verb: 'submit', payload: {job_request: first, env: {}}, protocolVersion: 1})
    expect(payload).toMatchObject({job_id: first.job_id, job_key: first.job_key})
  })
})

async function refusal(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.fail('it was taken'),
    (error: unknown) => error,
  )
}

function expectRefusal(error: unknown, code: string): void {
  if (!isErrorCode(code)) throw new Error(`${code} is no code`)
  expect(error).toMatchObject({
    code,
    message: expect.stringMatching(/\S/),
    hint: expect.stringMatching(/\S/),
    exitCode: EXIT_CODES[ERRORS[code].kind],
  })
}

import {randomUUID} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Connection} from '@rch/contract'
import {uuidv7} from '@rch/contract/identity'
import {readTranscript, recordConnection, replayed, replayWorkerCommand, writeTranscript, type Exchange} from '@rch/testkit'
import {createLocalTransport} from '@rch/transport-local'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openOptions, workerEntry} from '../support/worker-entry.ts'

const HARNESS = fileURLToPath(new URL('../../bin/rch-xcode-worker.js', import.meta.url))
const RUN_ID = 'a'.repeat(64)

describe('the replay worker', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rch-replay-'))
  const file = join(dir, 'transcript.ndjson')
  let recorded: unknown[]

  beforeAll(async () => {
    const config = join(dir, 'worker.toml')
    const roots = ['stage_root', 'jobs_root', 'cache_root'].map((root) => `${root} = ${JSON.stringify(join(dir, root))}`)
    writeFileSync(config, `name = "mac"\n[roots]\n${roots.join('\n')}\n`)
    const real = await createLocalTransport({command: [process.execPath, HARNESS]}).open(
      workerEntry({worker_config: config}),
      openOptions(),
    )
    const exchanges: Exchange[] = []
    recorded = await conversation(recordConnection(real, (exchange) => exchanges.push(exchange)))
    writeFileSync(file, writeTranscript({ignore: {reserve: ['reservation_id', 'host_id']}, exchanges}))
  })
  afterAll(() => rmSync(dir, {recursive: true, force: true}))

  const replay = (transcript = file): Promise<Connection> =>
    createLocalTransport({command: replayWorkerCommand(transcript)}).open(workerEntry(), openOptions())

  it('answers every call as the harness did, whatever differs each time', async () => {
    expect(await conversation(await replay())).toEqual(recorded)
  })

  it('refuses requests that do not have their schema', async () => {
    const connection = await replay()
    await expect(connection.call({verb: 'status', payload: {job: 'x'}, protocolVersion: 1})).rejects.toMatchObject({code: 'protocol_error'})
    await connection.close()
  })

  it('refuses requests that were not recorded', async () => {
    const connection = await replay()
    const payload = {run_id: 'b'.repeat(64), host_id: uuidv7()}
    await expect(connection.call({verb: 'status', payload, protocolVersion: 1})).rejects.toMatchObject({
      code: 'protocol_error',
      data: {verb: 'status', recorded: 2},
    })
    await connection.close()
  })

  it('refuses transcripts whose payloads do not have their schema', () => {
    const transcript = readTranscript(file)
    const bent = transcript.exchanges.map((exchange) => ({...exchange, request: {...exchange.request, stray: true}}))
    writeFileSync(join(dir, 'bent'), writeTranscript({...transcript, exchanges: bent}))
    expect(() => readTranscript(join(dir, 'bent'))).toThrow(/line 2: .* schema/)
  })

  it('uses each answer once, and the last one again', () => {
    const transcript = readTranscript(file)
    const statuses = transcript.exchanges.flatMap(({verb}, index) => (verb === 'status' ? [index] : []))
    const used: number[] = []
    for (const expected of [...statuses, statuses.at(-1)]) {
      const {index} = replayed(transcript, used, 'status', {})
      used.push(index)
      expect(index).toBe(expected)
    }
  })

  it('never writes the value of a forwarded variable', async () => {
    const exchanges: Exchange[] = []
    const connection = recordConnection(
      {
        peer: {host_key_fingerprint: null, verified: 'local'},
        roundTripMs: () => 0,
        call: async () => ({payload: {}, body: null}),
        close: async () => {},
      },
      (exchange) => exchanges.push(exchange),
    )
    await connection.call({verb: 'submit', payload: {job_request: {}, env: {TOKEN: 'canary'}}, protocolVersion: 1})
    expect(writeTranscript({ignore: {}, exchanges})).not.toContain('canary')
    expect(exchanges[0]?.request['env']).toEqual({TOKEN: ''})
  })
})

/** The same calls each time, with identifiers of their own. */
async function conversation(connection: Connection): Promise<unknown[]> {
  const call = async (verb: string, payload: Readonly<Record<string, unknown>>, protocolVersion = 1): Promise<unknown> => {
    const events: string[] = []
    const answer = await connection
      .call({verb, payload, protocolVersion, onEvent: (_, line) => events.push(line)})
      .then(({payload, body}) => ({payload, body: body === null ? null : Buffer.from(body).toString('hex')}))
      .catch(({code, message, data}: {code: string; message: string; data: unknown}) => ({code, message, data}))
    return {verb, events, answer}
  }
  const answers = [
    await call('probe', {}, 0),
    await call('status', {}),
    await call('reserve', {reservation_id: randomUUID(), run_id: RUN_ID, host_id: uuidv7(), queue: {wait_seconds: 0, priority: 0}}),
    await call('status', {}),
    await call('cancel', {job_id: '01990000-0000-7000-8000-000000000000'}),
  ]
  await connection.close()
  return answers
}

import {randomUUID} from 'node:crypto'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {zstdCompressSync} from 'node:zlib'
import type {Connection, RequestStream} from '@rch/contract'
import {checkResponsePayload} from '@rch/contract/documents'
import {uuidv7} from '@rch/contract/identity'
import {createLocalTransport} from '@rch/transport-local'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {
  blob,
  CONTENT,
  file,
  HOSTILE_MANIFESTS,
  OTHER,
  payloadOrCode,
  SMALL_LIMITS,
  streamOf,
  wideFrame,
} from '../support/hostile-uploads.ts'
import {harnessProcesses} from '../support/lab-tools.ts'
import {createLab, HARNESS, type Lab} from '../support/lab.ts'
import {manifestOf} from '../support/staging.ts'
import {openOptions, workerEntry} from '../support/worker-entry.ts'

const SMALL = Object.entries(SMALL_LIMITS)
  .map(([name, value]) => `${name} = ${value}\n`)
  .join('')

/** The shipped harness with a lease on it, and what it keeps of uploads. */
function shippedWorker(workerToml: string) {
  let lab: Lab
  let connection: Connection
  let lease: {readonly lease_id: string; readonly fence: number}
  beforeAll(async () => {
    lab = await createLab({transport: 'local', workerToml: `[limits]\n${workerToml}`})
    connection = await createLocalTransport({command: [process.execPath, HARNESS]}).open(
      workerEntry({transport: 'local', worker_config: lab.workers[0]?.config ?? null}),
      openOptions({role: 'run'}),
    )
    const claim = {reservation_id: randomUUID(), run_id: '0'.repeat(64), host_id: randomUUID(), queue: {wait_seconds: 0, priority: 0}}
    const {payload} = await connection.call({verb: 'reserve', payload: claim, protocolVersion: 1})
    const {lease_id, fence} = checkResponsePayload('reserve', payload)
    lease = {lease_id, fence}
  })
  afterAll(async () => {
    await connection?.close()
    await lab.stop()
  })
  const root = (): string => lab.workers[0]?.root ?? ''
  return {
    /** Sends one chunk; answers the payload, or the code and data of the refusal. */
    async send(
      verb: 'missing_blobs' | 'upload_blobs',
      upload_id: string,
      body: Uint8Array,
      stream: Partial<Record<keyof RequestStream, unknown>> = {},
    ): Promise<Readonly<Record<string, unknown>>> {
      const payload = {...lease, stream: streamOf(verb, upload_id, body, stream)}
      return payloadOrCode(connection.call({verb, payload, body, protocolVersion: 1}))
    },
    /** The most memory that the harness had at any time, by Linux's own account. */
    peakBytes(): number {
      const [pid] = harnessProcesses(lab, '--forced=run')
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
      return Number(kilobytes) * 1024
    },
    /** Files below the places of uploads and contents, but for the lock. */
    kept: (): readonly string[] => [...filesBelow(join(root(), 'stage')), ...filesBelow(join(root(), 'cache/blobs'))],
    /** Files that hold contents. */
    contents: (): readonly string[] => filesBelow(join(root(), 'cache/blobs')).toSorted(),
  }
}

function filesBelow(directory: string): readonly string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && entry.name !== 'collecting.sqlite3')
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('the shipped harness refuses whole, and keeps nothing of,', () => {
  const worker = shippedWorker(SMALL)

  it.each(HOSTILE_MANIFESTS)('a manifest with %s', async (_, manifest, code) => {
    expect(await worker.send('missing_blobs', uuidv7(), manifest)).toMatchObject({code})
    expect(worker.kept()).toEqual([])
  })

  it.each(['../../../../etc', 'a/b', '', 'x'.repeat(65)])('an upload called %j', async (upload) => {
    expect(await worker.send('missing_blobs', upload, manifestOf([file('a.swift')]))).toMatchObject({code: 'protocol_error'})
    expect(worker.kept()).toEqual([])
  })
})

describe('the shipped harness refuses a chunk', () => {
  const worker = shippedWorker('')
  const entries = [file('a', CONTENT), file('b', OTHER)]
  const stream = Buffer.concat([blob(CONTENT), blob(OTHER)])
  const begun = async (manifest = manifestOf(entries)): Promise<string> => {
    const upload = uuidv7()
    expect(await worker.send('missing_blobs', upload, manifest)).toMatchObject({complete: true})
    return upload
  }
  /** Sends to an upload just begun; nothing may be stored beyond what was before it: the manifest is a content too. */
  const refused = async (body: Uint8Array, {manifest, ...chunk}: {manifest?: Uint8Array; compression?: 'zstd'} = {}): Promise<unknown> => {
    const upload = await begun(manifest)
    const before = worker.contents()
    const answer = await worker.send('upload_blobs', upload, body, chunk)
    expect(worker.contents()).toEqual(before)
    return answer
  }

  it('whose content is not what its digest says', async () => {
    const forged = Buffer.from(stream)
    forged[stream.length - 1]! ^= 1
    expect(await refused(forged)).toMatchObject({code: 'source_staging_failed', expected: entries[1]!.sha256})
  })

  it('with more than is due, or more than fits what it expands to', async () => {
    expect(await refused(Buffer.concat([stream, Buffer.alloc(1)]))).toMatchObject({code: 'payload_too_large'})
    const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024))
    expect(await refused(bomb, {compression: 'zstd'})).toMatchObject({code: 'payload_too_large'})
  })

  it('that is a bomb by ratio, or wants a large window', async () => {
    const zeros = Buffer.alloc(12 * 1024 * 1024)
    expect(await refused(zstdCompressSync(blob(zeros)), {manifest: manifestOf([file('zeros', zeros)]), compression: 'zstd'})).toMatchObject(
      {
        code: 'payload_too_large',
        limit_name: 'decompression_ratio',
      },
    )
    const letters = Buffer.alloc(200_000, 'x')
    const frame = await wideFrame(blob(letters))
    expect(await refused(frame, {manifest: manifestOf([file('x', letters)]), compression: 'zstd'})).toMatchObject({code: 'protocol_error'})
  })

  it.skipIf(process.platform !== 'linux')('of any size in the memory that a small one needs', async () => {
    const refuse = async (megabytes: number): Promise<number> => {
      const bomb = zstdCompressSync(Buffer.alloc(megabytes * 1024 * 1024))
      expect(await refused(bomb, {compression: 'zstd'})).toMatchObject({code: 'payload_too_large'})
      return worker.peakBytes()
    }
    const small = await refuse(1)
    expect((await refuse(512)) - small).toBeLessThan(32 * 1024 * 1024)
  })

  it('that overlaps what is acknowledged, and says where to go on', async () => {
    const upload = await begun()
    expect(await worker.send('upload_blobs', upload, stream.subarray(0, 50), {last: false})).toMatchObject({next_offset: 50})
    expect(await worker.send('upload_blobs', upload, stream.subarray(49), {offset: 49})).toMatchObject({
      code: 'protocol_error',
      next_offset: 50,
    })
    expect(await worker.send('upload_blobs', upload, stream.subarray(50), {offset: 50})).toMatchObject({complete: true})
  })
})

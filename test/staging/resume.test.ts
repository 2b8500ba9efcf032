import {randomBytes} from 'node:crypto'
import {appendFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {RchError, type Connection, type VerbCall, type VerbResponse} from '@rch/contract'
import {uuidv7} from '@rch/contract/identity'
import {stageCas} from '../../src/staging/cas.ts'
import type {StageProgress} from '../../src/staging/staged-source.ts'
import {LIMITS, makeSource, makeWorker, scratch, type FakeWorker, type Tree} from '../support/staging.ts'

type Fate = 'fine' | 'lost request' | 'lost answer'

/** A worker behind a line that breaks: what was sent may or may not have arrived. */
function fragile(
  worker: FakeWorker,
  fates: readonly Fate[],
): {connection: Pick<Connection, 'call' | 'roundTripMs'>; sent: {offset: number; end: number; acknowledged: number}[]} {
  let calls = 0
  let acknowledged = 0
  const sent: {offset: number; end: number; acknowledged: number}[] = []
  const call = async (request: VerbCall): Promise<VerbResponse> => {
    const blobs = request.verb === 'upload_blobs'
    const fate = blobs ? (fates[calls++] ?? 'fine') : 'fine'
    const length = request.body?.length ?? 0
    const stream = request.payload['stream']
    const offset = typeof stream === 'object' && stream !== null && 'offset' in stream ? Number(stream.offset) : 0
    if (blobs && length > 0) sent.push({offset, end: offset + length, acknowledged})
    if (fate === 'lost request') throw new RchError('worker_unreachable', undefined, {data: {worker: 'w', problem: 'cut'}})
    const response = await worker.connection.call(request)
    if (fate === 'lost answer') throw new RchError('worker_unreachable', undefined, {data: {worker: 'w', problem: 'cut'}})
    if (blobs) acknowledged = Math.max(acknowledged, Number(response.payload['next_offset']))
    return response
  }
  return {connection: {call, roundTripMs: () => 20}, sent}
}

const TREE: Tree = {
  ...Object.fromEntries(Array.from({length: 40}, (_, i) => [`f${i}.bin`, randomBytes(20_000 + i)])),
  'large.bin': randomBytes(4_300_000),
}

describe('an upload that is cut', () => {
  it('goes on where the worker is, sends nothing acknowledged again, and ends complete', async () => {
    const root = scratch()
    const snapshot = makeSource(join(root, 'host'), TREE)
    let number = 0
    const breaks = fc
      .array(fc.constantFrom<Fate>('fine', 'fine', 'lost request', 'lost answer'), {maxLength: 8})
      .filter((fates) => fates.filter((fate) => fate !== 'fine').length <= 5)
    await fc.assert(
      fc.asyncProperty(breaks, async (fates) => {
        const worker = makeWorker(join(root, `worker${number++}`))
        const {connection, sent} = fragile(worker, fates)
        const {receipt} = await stageCas({connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS, resumeDelayMs: 1})
        expect(receipt.source_tree_hash).toBe(snapshot.sourceTreeHash)
        for (const chunk of sent) expect(chunk.offset).toBeGreaterThanOrEqual(chunk.acknowledged)
        for (const blob of snapshot.entries) if (blob.type === 'file') worker.blobs.read(blob)
      }),
      {numRuns: 12},
    )
  })

  it('goes on as well when the manifest is cut, or its answer lost', async () => {
    const root = scratch()
    const snapshot = makeSource(join(root, 'host'), {a: 'a'})
    for (const lost of ['request', 'answer']) {
      const worker = makeWorker(join(root, lost))
      let calls = 0
      const call = async (request: VerbCall): Promise<VerbResponse> => {
        const cut = ++calls <= 2
        if (cut && lost === 'request') throw new RchError('worker_unreachable', undefined, {data: {worker: 'w', problem: 'cut'}})
        const response = await worker.connection.call(request)
        if (cut) throw new RchError('worker_unreachable', undefined, {data: {worker: 'w', problem: 'cut'}})
        return response
      }
      const options = {
        connection: {call, roundTripMs: () => 0},
        protocolVersion: 1,
        uploadId: uuidv7(),
        snapshot,
        limits: LIMITS,
        resumeDelayMs: 1,
      }
      expect((await stageCas(options)).statistics.resumes).toBe(2)
    }
  })

  it('fails with transfer_failed after five resumptions', async () => {
    const root = scratch()
    const snapshot = makeSource(join(root, 'host'), {a: 'a'})
    const {connection, sent} = fragile(
      makeWorker(join(root, 'worker')),
      Array.from({length: 50}, () => 'lost request' as const),
    )
    await expect(
      stageCas({connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS, resumeDelayMs: 1}),
    ).rejects.toMatchObject({
      code: 'transfer_failed',
    })
    expect(sent.length).toBeLessThanOrEqual(6)
  })
})

it('never runs further ahead of a slow chunk than the worker keeps', async () => {
  const root = scratch()
  const snapshot = makeSource(join(root, 'host'), {'large.bin': randomBytes(40_000_000)})
  const worker = makeWorker(join(root, 'worker'))
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  let first = true
  let others = 0
  const call = async (request: VerbCall): Promise<VerbResponse> => {
    if (request.verb !== 'upload_blobs') return worker.connection.call(request)
    if (first) {
      first = false
      await held
    } else if (++others === 3) release()
    return worker.connection.call(request)
  }
  const connection = {call, roundTripMs: () => 50}
  const {statistics} = await stageCas({connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS})
  expect(statistics.resumes).toBe(0)
})

describe('a file that changes while it is sent', () => {
  it.each([
    ['small, same size', 'f3.bin', () => randomBytes(20_003)],
    ['small, other size', 'f3.bin', () => randomBytes(7)],
    ['large, same size', 'large.bin', () => randomBytes(4_300_000)],
  ])('%s: is named, and no receipt is given', async (_, path, content) => {
    const root = scratch()
    const snapshot = makeSource(join(root, 'host'), TREE)
    writeFileSync(join(root, 'host', path), content())
    const worker = makeWorker(join(root, 'worker'))
    const staged = stageCas({
      connection: worker.connection,
      protocolVersion: 1,
      uploadId: uuidv7(),
      snapshot,
      limits: LIMITS,
      resumeDelayMs: 1,
    })
    await expect(staged).rejects.toMatchObject({code: 'source_changed_during_snapshot', data: {paths: [path]}})
  })

  it('after a resumption, when only the worker can know, is named as well', async () => {
    const root = scratch()
    const snapshot = makeSource(join(root, 'host'), {'large.bin': randomBytes(20_000_000)})
    const worker = makeWorker(join(root, 'worker'))
    let calls = 0
    const call = async (request: VerbCall): Promise<VerbResponse> => {
      if (request.verb === 'upload_blobs' && ++calls === 2) {
        writeFileSync(join(root, 'host', 'large.bin'), randomBytes(20_000_000))
        throw new RchError('worker_unreachable', undefined, {data: {worker: 'w', problem: 'cut'}})
      }
      return worker.connection.call(request)
    }
    const staged = stageCas({
      connection: {call, roundTripMs: () => 0},
      protocolVersion: 1,
      uploadId: uuidv7(),
      snapshot,
      limits: LIMITS,
      resumeDelayMs: 1,
    })
    await expect(staged).rejects.toMatchObject({code: 'source_changed_during_snapshot', data: {paths: ['large.bin']}})
  })
})

describe('a second staging after an edit', () => {
  it('sends the difference of the manifests when the worker has the first', async () => {
    const root = scratch()
    const tree: Tree = Object.fromEntries(Array.from({length: 500}, (_, i) => [`Sources/File${i}.swift`, `let a = ${i}\n`]))
    const first = makeSource(join(root, 'host'), tree)
    const worker = makeWorker(join(root, 'worker'))
    await stageCas({
      connection: worker.connection,
      protocolVersion: 1,
      uploadId: uuidv7(),
      snapshot: first,
      limits: LIMITS,
      resumeDelayMs: 1,
    })
    appendFileSync(join(root, 'host', 'Sources/File7.swift'), '// edit\n')
    const second = makeSource(join(root, 'host'), {...tree, 'Sources/File7.swift': 'let a = 7\n// edit\n'})
    const progress: StageProgress[] = []
    const options = {connection: worker.connection, protocolVersion: 1, snapshot: second, limits: LIMITS, baseManifest: first.manifestBytes}
    const {receipt, statistics} = await stageCas({...options, uploadId: uuidv7(), onProgress: (line) => progress.push(line)})
    expect(statistics).toMatchObject({manifest_form: 'delta', files_sent: 1})
    expect(statistics.bytes_sent).toBeLessThan(1000)
    expect(worker.uploads.finished('host', receipt.upload_id).manifest.equals(second.manifestBytes)).toBe(true)
    expect(progress.at(-1)).toMatchObject({phase: 'blobs', secondsLeft: 0, filesTotal: 1})
  })

  it('sends the whole manifest when the worker has forgotten the first', async () => {
    const root = scratch()
    const tree: Tree = Object.fromEntries(Array.from({length: 100}, (_, i) => [`f${i}`, String(i)]))
    const snapshot = makeSource(join(root, 'host'), tree)
    const worker = makeWorker(join(root, 'worker'))
    const baseManifest = Buffer.from(snapshot.manifestBytes.toString().replace('"created_at":"', '"created_at":"x'))
    const {statistics} = await stageCas({
      connection: worker.connection,
      protocolVersion: 1,
      uploadId: uuidv7(),
      snapshot,
      limits: LIMITS,
      baseManifest,
    })
    expect(statistics.manifest_form).toBe('full')
  })
})

it('what is too large is refused before a byte is sent', async () => {
  const root = scratch()
  const snapshot = makeSource(join(root, 'host'), {a: 'a', b: 'bbbb'})
  const worker = makeWorker(join(root, 'worker'))
  const options = {connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot}
  await expect(stageCas({...options, limits: {...LIMITS, max_blob_bytes: 3}})).rejects.toMatchObject({
    code: 'payload_too_large',
    data: {path: 'b'},
  })
  await expect(stageCas({...options, limits: {...LIMITS, max_entries: 1}})).rejects.toMatchObject({
    code: 'payload_too_large',
    data: {limit_name: 'max_entries'},
  })
  expect(worker.log).toEqual([])
})

it('a content that is damaged on its way, though the file is as it was, is told as that', async () => {
  const root = scratch()
  const snapshot = makeSource(join(root, 'host'), {'large.bin': randomBytes(9_000_000)})
  const worker = makeWorker(join(root, 'worker'))
  const call = (request: VerbCall): Promise<VerbResponse> => {
    const body = request.body === undefined ? undefined : Buffer.from(request.body)
    if (request.verb === 'upload_blobs' && body !== undefined && body.length > 1000) body[1000]! ^= 1
    return worker.connection.call({...request, ...(body === undefined ? {} : {body})})
  }
  const features = ['upload_unhashed']
  const options = {protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS, features, resumeDelayMs: 1}
  await expect(stageCas({connection: {call, roundTripMs: () => 0}, ...options})).rejects.toMatchObject({
    code: 'source_staging_failed',
    data: {problem: 'digest'},
  })
})

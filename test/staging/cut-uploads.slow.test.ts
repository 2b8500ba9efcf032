import {randomBytes} from 'node:crypto'
import {mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Connection, VerbCall, VerbResponse} from '@rch/contract'
import {uuidv7} from '@rch/contract/identity'
import {createSshTransport} from '@rch/transport-ssh'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {stageCas} from '../../src/staging/cas.ts'
import type {StagedSource} from '../../src/staging/staged-source.ts'
import {BlobStore} from '../../src/worker/blobs/blob-store.ts'
import {startProxy, type TcpProxy} from '../support/proxy.ts'
import {seeded} from '../support/seeded.ts'
import {LIMITS, makeSource} from '../support/staging.ts'
import {sshdMissing, startSshd, type Sshd} from '../support/sshd.ts'
import {openOptions, workerEntry} from '../support/worker-entry.ts'

const HARNESS = fileURLToPath(new URL('../../bin/rch-xcode-worker.js', import.meta.url))
const UPLOADS = 12

/** Of one upload: where each chunk began and ended, and how far the worker had acknowledged when it was sent. */
interface Sent {
  readonly offset: number
  readonly end: number
  readonly acknowledged: number
}

describe.skipIf(sshdMissing() !== null)('an upload through sshd that is cut at a random byte', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-cut-')))
  const cache = join(base, 'cache_root')
  let sshd: Sshd
  let proxy: TcpProxy
  let source: StagedSource
  /** Bytes of all files: random, so no compression shrinks them, and less than what passes. */
  let contents = 0

  beforeAll(async () => {
    const config = join(base, 'worker.toml')
    const roots = ['stage_root', 'jobs_root', 'cache_root'].map((root) => `${root} = ${JSON.stringify(join(base, root))}`)
    writeFileSync(config, `name = "mac"\n[roots]\n${roots.join('\n')}\n`)
    sshd = await startSshd({harness: [process.execPath, HARNESS, `--config=${config}`], owner: 'tests'})
    proxy = await startProxy(sshd)
    source = makeSource(join(base, 'source'), {
      ...Object.fromEntries(Array.from({length: 60}, (_, i) => [`f${i}.bin`, randomBytes(15_000 + i)])),
      'large.bin': randomBytes(9_000_000),
    })
    contents = source.entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.bytes : 0), 0)
  })
  afterAll(async () => {
    await proxy.close()
    await sshd.stop()
    rmSync(base, {recursive: true, force: true})
  })

  /** Stages the source on a worker that has nothing of it. */
  async function upload(): Promise<{
    readonly sent: readonly Sent[]
    readonly resumes: number
    readonly treeHash: string
  }> {
    for (const root of ['stage_root', 'cache_root']) rmSync(join(base, root), {recursive: true, force: true})
    const worker = workerEntry({
      host: proxy.host,
      port: proxy.port,
      user: sshd.user,
      run_key: sshd.keys.run,
      host_key_fingerprint: sshd.fingerprint,
    })
    const connection = await createSshTransport({}).open(worker, openOptions())
    try {
      const watched = watch(connection)
      const {receipt, statistics} = await stageCas({
        connection: watched,
        protocolVersion: 1,
        uploadId: uuidv7(),
        snapshot: source,
        limits: LIMITS,
        features: ['upload_unhashed'],
        resumeDelayMs: 1,
      })
      const {sent} = watched
      return {sent, resumes: statistics.resumes, treeHash: receipt.source_tree_hash}
    } finally {
      await connection.close()
    }
  }

  const random = seeded(20_261_121)
  const cuts = Array.from({length: UPLOADS}, (_, i) => ({
    number: i,
    part: random(),
    way: i % 3 === 2 ? ('cut' as const) : ('reset' as const),
  }))

  it.each(cuts)('$number: a $way after $part of all bytes', async ({part, way}) => {
    // Behind the handshake, without which there is no upload yet.
    const at = Math.round(contents * (0.01 + 0.99 * part))
    proxy.inject({kind: way, direction: 'up', at})
    const {sent, resumes, treeHash} = await upload()
    expect(resumes).toBeGreaterThan(0)
    expect(treeHash).toBe(source.sourceTreeHash)
    for (const chunk of sent) expect(chunk.offset).toBeGreaterThanOrEqual(chunk.acknowledged)
    const store = new BlobStore(join(cache, 'blobs'))
    for (const entry of source.entries) if (entry.type === 'file') expect(store.read(entry).length).toBe(entry.bytes)
  })
})

function watch(connection: Connection): Pick<Connection, 'call' | 'roundTripMs'> & {readonly sent: readonly Sent[]} {
  const sent: Sent[] = []
  let acknowledged = 0
  const call = async (request: VerbCall, signal?: AbortSignal): Promise<VerbResponse> => {
    const stream = request.payload['stream']
    const length = request.body?.length ?? 0
    const isChunk = request.verb === 'upload_blobs' && length > 0 && typeof stream === 'object' && stream !== null && 'offset' in stream
    if (isChunk) sent.push({offset: Number(stream.offset), end: Number(stream.offset) + length, acknowledged})
    const response = await connection.call(request, signal)
    if (request.verb === 'upload_blobs') acknowledged = Math.max(acknowledged, Number(response.payload['next_offset']))
    return response
  }
  // A busy machine is no long way, over which chunks would take several connections and the cut hit only one of them.
  return {call, roundTripMs: () => 1, sent}
}

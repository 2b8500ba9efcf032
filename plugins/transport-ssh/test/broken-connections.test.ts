import type {Connection} from '@rch/contract'
import {describeStream} from '@rch/contract/protocol'
import {fakeBytes} from '@rch/testkit'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {startProxy, type Fault, type TcpProxy} from '../../../test/support/proxy.ts'
import {sshdMissing} from '../../../test/support/sshd.ts'
import {echo, failure, sshFixture, type SshFixture} from './ssh-fixture.ts'

const BYTES = fakeBytes(300_000)

const ALL: readonly Fault[] = (['up', 'down'] as const).flatMap((direction) =>
  (['reset', 'cut', 'flip'] as const).map((kind) => ({kind, direction, at: 50_000})),
)

describe.skipIf(sshdMissing() !== null).each([
  {name: 'in process', settings: {}, faults: ALL},
  {name: "by the system's client", settings: {connector: 'system'}, faults: ALL.filter(({kind}) => kind === 'reset')},
])('a connection that breaks, $name', ({settings, faults}) => {
  let fixture: SshFixture
  let proxy: TcpProxy

  beforeAll(async () => {
    fixture = await sshFixture()
    proxy = await startProxy(fixture.sshd)
  })
  afterAll(async () => {
    await fixture.stop()
    await proxy.close()
  })

  it.each(faults)('by $kind, $direction, leaves the call unanswered and is replaced for the next', async (fault) => {
    proxy.inject(fault)
    const connection = await fixture.open({port: proxy.port}, {}, settings)
    const error = await failure(fault.direction === 'up' ? upload(connection) : download(connection))
    expect(error.code).toBe('worker_unreachable')
    expect(error.data).toMatchObject({indeterminate: true, worker: 'mac'})
    expect((await echo(connection, 'again')).payload['echo']).toBe('again')
    await connection.close()
  })

  it('while a job is followed hands over what it had, and no result', async () => {
    proxy.inject({kind: 'reset', direction: 'down', at: 200_000})
    const connection = await fixture.open({port: proxy.port}, {}, settings)
    const chunks: Buffer[] = []
    const follow = connection.call({
      verb: 'run',
      payload: {act: {do: 'log', length: 1_000_000}},
      protocolVersion: 1,
      onLog: (bytes) => void chunks.push(Buffer.from(bytes)),
    })
    expect((await failure(follow)).code).toBe('worker_unreachable')
    // Following goes on from here, so that not a byte may be lost, doubled or added.
    const logged = Buffer.concat(chunks)
    expect(logged.length).toBeGreaterThan(0)
    expect(logged.equals(fakeBytes(1_000_000).subarray(0, logged.length))).toBe(true)
    await connection.close()
  })

  it('ends every call that was going on', async () => {
    const connection = await fixture.open({port: proxy.port}, {}, settings)
    const calls = ['run', 'status', 'probe'].map((verb) =>
      failure(connection.call({verb, payload: {act: {do: 'hang'}}, protocolVersion: 1})),
    )
    await echo(connection, 1, 'cancel')
    proxy.resetAll()
    for (const error of await Promise.all(calls)) expect(error.code).toBe('worker_unreachable')
    // Calls may have used several connections; one whose end has not come through yet may take one more call with it.
    const next = await echo(connection).catch(() => echo(connection))
    expect(next.payload['echo']).toBe(1)
    await connection.close()
  })
})

describe.skipIf(sshdMissing() !== null)('a connection with a long round trip', () => {
  it('is joined by others for bulk, and by none for a call at a time', async () => {
    const fixture = await sshFixture()
    onTestFinished(() => fixture.stop())
    const proxy = await startProxy({...fixture.sshd, delayMs: 15})
    const connection = await fixture.open({port: proxy.port})
    // The proxy accepts at once, so only the time of an answer tells how far away the worker is.
    await echo(connection)
    await echo(connection)
    expect(proxy.connections).toBe(1)
    expect(connection.roundTripMs()).toBeGreaterThanOrEqual(25)
    await Promise.all([1, 2, 3, 4].map(() => upload(connection)))
    expect(proxy.connections).toBe(4)
    await proxy.close()
  })
})

async function upload(connection: Connection): Promise<unknown> {
  const payload = {stream: describeStream('blobs', BYTES)}
  return (await connection.call({verb: 'upload_blobs', payload, body: BYTES, protocolVersion: 1})).payload['body_length']
}

async function download(connection: Connection): Promise<unknown> {
  return (await connection.call({verb: 'fetch', payload: {act: {do: 'body', length: BYTES.length}}, protocolVersion: 1})).body?.length
}

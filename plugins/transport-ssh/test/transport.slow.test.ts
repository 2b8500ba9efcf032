import type {Connection} from '@rch/contract'
import {describeStream} from '@rch/contract/protocol'
import {fakeBytes, transportConformance} from '@rch/testkit'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {startProxy, type Fault, type TcpProxy} from '../../../test/support/proxy.ts'
import {sshdMissing} from '../../../test/support/sshd.ts'
import {echo, failure, sshFixture, type SshFixture} from './ssh-fixture.ts'

const BYTES = fakeBytes(200_000)

describe.skipIf(sshdMissing() !== null).each([
  ['in process', {}],
  ["by the system's client", {connector: 'system'}],
])('the ssh transport %s', (name, settings) => {
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

  transportConformance(`ssh, ${name}`, () => fixture.open({}, {}, settings))

  it.each(faults())('answers rightly or not at all when a $kind hits byte $at $direction', async (fault) => {
    proxy.inject(fault)
    const opening = fixture.open({port: proxy.port}, {}, settings)
    // A flipped byte in the handshake may look like a host key or a key that is not accepted: refused, which is right.
    const connection = await opening.catch(async (error: {code: string}) => {
      expect(['worker_unreachable', 'ssh_auth_failed', 'ssh_host_key_untrusted']).toContain(error.code)
      return fixture.open({port: proxy.port}, {}, settings)
    })
    for (const transfer of [upload, download]) {
      const got = await transfer(connection).catch((error: {code: string}) => error.code)
      expect([BYTES.length, 'worker_unreachable']).toContain(got)
    }
    expect((await echo(connection, 'again')).payload['echo']).toBe('again')
    await connection.close()
  })

  it('notices a connection on which nothing passes any more', async () => {
    proxy.inject({kind: 'blackhole', direction: 'down', at: 100_000})
    const connection = await fixture.open({port: proxy.port}, {}, settings)
    const error = await failure(download(connection))
    expect(error.code).toBe('worker_unreachable')
    expect((await echo(connection)).payload['echo']).toBe(1)
    await connection.close()
  })
})

describe.skipIf(sshdMissing() !== null)('the ssh transport', () => {
  let fixture: SshFixture

  beforeAll(async () => {
    fixture = await sshFixture()
  })
  afterAll(() => fixture.stop())

  transportConformance('ssh, much at once', async () => {
    const connection = await fixture.open()
    const much: Connection = {
      get peer() {
        return connection.peer
      },
      roundTripMs: () => connection.roundTripMs(),
      call: (call, signal) => connection.call({...call, transferBytes: 1e9}, signal),
      close: () => connection.close(),
    }
    // The other connection is made with the first call; its session ends with what is no answer, and every check begins a new one.
    const act = {do: 'raw', base64: Buffer.from('no answer\n').toString('base64')}
    await failure(much.call({verb: 'status', payload: {act}, protocolVersion: 1}))
    return much
  })
})

/** Ten offsets in each direction: through the handshake, the requests and the bytes. */
function faults(): readonly Fault[] {
  const offsets = [10, 400, 1200, 2000, 3000, 4500, 10_000, 60_000, 120_000, 190_000]
  return offsets.flatMap((at, i): readonly Fault[] => {
    const kind = i % 3 === 0 ? 'reset' : i % 3 === 1 ? 'cut' : 'flip'
    return [
      {kind, direction: 'up', at},
      {kind, direction: 'down', at},
    ]
  })
}

async function upload(connection: Connection): Promise<unknown> {
  const payload = {stream: describeStream('blobs', BYTES)}
  return (await connection.call({verb: 'upload_blobs', payload, body: BYTES, protocolVersion: 1})).payload['body_length']
}

async function download(connection: Connection): Promise<unknown> {
  return (await connection.call({verb: 'fetch', payload: {act: {do: 'body', length: BYTES.length}}, protocolVersion: 1})).body?.length
}

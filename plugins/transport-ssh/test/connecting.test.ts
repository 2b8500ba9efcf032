import {chmodSync, copyFileSync, existsSync} from 'node:fs'
import {once} from 'node:events'
import {createServer, type Server, type Socket} from 'node:net'
import {join} from 'node:path'
import {fakeHarnessCommand} from '@rch/testkit'
import {createSshTransport} from '@rch/transport-ssh'
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {startProxy, type TcpProxy} from '../../../test/support/proxy.ts'
import {sshdMissing} from '../../../test/support/sshd.ts'
import {echo, failure, sshFixture, type SshFixture} from './ssh-fixture.ts'

describe.skipIf(sshdMissing() !== null).each([
  ['in process', {}],
  ["by the system's client", {connector: 'system'}],
])('connecting, %s', (_name, settings) => {
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

  it('tries a key that is not accepted once', async () => {
    const before = connections(fixture)
    const error = await fixture.refusal({run_key: fixture.sshd.keys.stranger}, {}, settings)
    expect(error.code).toBe('ssh_auth_failed')
    expect(error.data).toMatchObject({worker: 'mac', key: fixture.sshd.keys.stranger})
    expect(connections(fixture)).toBe(before + 1)
  })

  it('does not connect with a key that others can read', async () => {
    const open = join(fixture.sshd.dir, 'open')
    copyFileSync(fixture.sshd.keys.run, open)
    chmodSync(open, 0o644)
    const before = connections(fixture)
    const error = await fixture.refusal({run_key: open}, {}, settings)
    expect(error.code).toBe('ssh_key_permissions')
    expect(error.data).toMatchObject({key: open, mode: '0644'})
    expect(error.hint).toBe(`chmod 600 ${open}`)
    expect(connections(fixture)).toBe(before)
  })

  it('names a key file that is not there', async () => {
    const error = await fixture.refusal({run_key: '/nonexistent/key'}, {}, settings)
    expect(error.code).toBe('ssh_auth_failed')
    expect(error.data).toMatchObject({key: '/nonexistent/key'})
  })

  it('takes the key of its role', async () => {
    const connection = await fixture.open({fetch_key: fixture.sshd.keys.fetch}, {role: 'fetch'}, settings)
    await echo(connection)
    expect((await failure(echo(connection, 1, 'submit'))).code).toBe('forbidden_ssh_command')
  })

  it('tries three times when connections are refused', async () => {
    proxy.refuse(true)
    const before = proxy.connections
    const error = await fixture.refusal({port: proxy.port}, {}, settings)
    proxy.refuse(false)
    expect(error.code).toBe('worker_unreachable')
    expect(error.data).toMatchObject({indeterminate: false})
    expect(proxy.connections - before).toBe(3)
  })

  it('gets through when only the first connection breaks', async () => {
    proxy.inject({kind: 'reset', direction: 'down', at: 200})
    const connection = await fixture.open({port: proxy.port}, {}, settings)
    expect((await echo(connection, 'through')).payload['echo']).toBe('through')
  })

  it('says that a name is unknown, and tries it once', async () => {
    const error = await fixture.refusal({host: 'no-such-host.invalid'}, {connectTimeoutMs: 3000}, settings)
    expect(error.code).toBe('worker_unreachable')
  })

  it('gives up in time on a port that says nothing', async () => {
    const {server, sockets, port} = await silentServer()
    const error = await fixture.refusal({port}, {connectTimeoutMs: 700}, settings)
    expect(error.code).toBe('worker_unreachable')
    expect(sockets.length).toBe(1)
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it('gives up when it is told to', async () => {
    const {server, sockets, port} = await silentServer()
    const given = new AbortController()
    const opening = failure(
      createSshTransport(settings).open(
        fixture.entry({port}),
        {
          role: 'run',
          connectTimeoutMs: 60_000,
          interactive: false,
          requirePinnedHostKey: false,
          stateDir: fixture.stateDir,
          notice: () => {},
        },
        given.signal,
      ),
    )
    await once(server, 'connection')
    given.abort()
    expect((await opening).code).toBe('worker_unreachable')
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  it('refuses names that could become options, before anything runs', async () => {
    const canary = join(fixture.sshd.dir, 'canary')
    for (const entry of [
      {host: `-oProxyCommand=touch ${canary}`},
      {host: '$(id)'},
      {host: 'a b'},
      {user: '-oProxyCommand=id'},
      {user: 'a;id'},
      {port: 0},
      {jump: `-oProxyCommand=touch ${canary}`},
      {jump: 'a@b@c'},
      {host_key_fingerprint: 'MD5:aa'},
      {host: null},
    ]) {
      expect((await fixture.refusal(entry, {}, settings)).code).toBe('config_invalid')
    }
    expect(existsSync(canary)).toBe(false)
  })
})

describe.skipIf(sshdMissing() !== null)('a worker', () => {
  it.each([
    ['in process', {}],
    ["by the system's client", {connector: 'system'}],
  ])('without a harness is told apart from one that is away, %s', async (_name, settings) => {
    const fixture = await sshFixture({harness: ['/nonexistent/rch-xcode-worker']})
    onTestFinished(() => fixture.stop())
    const connection = await fixture.open({}, {}, settings)
    const error = await failure(echo(connection))
    expect(error.code).toBe('worker_unreachable')
    expect(error.data).toMatchObject({indeterminate: false, problem: expect.stringContaining('exit 127')})
    expect(error.hint).toContain('authorized_keys')
  })

  it('that allows few channels per connection gets more connections', async () => {
    const fixture = await sshFixture({config: ['MaxSessions 2'], harness: fakeHarnessCommand()})
    onTestFinished(() => fixture.stop())
    const connection = await fixture.open()
    const given = new AbortController()
    const stuck = [1, 2, 3, 4, 5].map(() =>
      failure(connection.call({verb: 'run', payload: {act: {do: 'hang'}}, protocolVersion: 1}, given.signal)),
    )
    expect((await echo(connection, 'in between', 'cancel')).payload['echo']).toBe('in between')
    given.abort()
    for (const error of await Promise.all(stuck)) expect(error.code).toBe('worker_unreachable')
  })
})

function connections(fixture: SshFixture): number {
  return fixture.sshd.log().split('Connection from').length - 1
}

async function silentServer(): Promise<{server: Server; sockets: Socket[]; port: number}> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {server, sockets, port: address.port}
}

import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Connection} from '@rch/contract'
import {afterEach, beforeEach, describe, expect, it, onTestFinished} from 'vitest'
import {sshdMissing} from '../../../test/support/sshd.ts'
import {echo, failure, sshFixture, type SshFixture} from './ssh-fixture.ts'

describe.skipIf(sshdMissing() !== null)('much at once', () => {
  let fixture: SshFixture
  const connections = (): number => fixture.sshd.log().split('Accepted publickey').length - 1
  const much = (connection: Connection, value: unknown) =>
    connection.call({verb: 'status', payload: {act: {do: 'echo', echo: value}}, protocolVersion: 1, transferBytes: 1e9})

  beforeEach(async () => {
    fixture = await sshFixture()
  })
  afterEach(() => fixture.stop())

  it("goes over a connection of the system's client, made once, when it is needed", async () => {
    const connection = await fixture.open()
    expect((await echo(connection, 1)).payload['echo']).toBe(1)
    expect(connections()).toBe(1)
    expect((await much(connection, 2)).payload['echo']).toBe(2)
    expect((await much(connection, 3)).payload['echo']).toBe(3)
    expect(connections()).toBe(2)
    expect(connection.peer).toEqual({host_key_fingerprint: fixture.sshd.fingerprint, verified: 'pinned'})
  })

  it('is opened while what announces it is answered on the first', async () => {
    const connection = await fixture.open()
    const call = {verb: 'status', payload: {act: {do: 'echo', echo: 1}}, protocolVersion: 1, soonBytes: 1e9}
    expect((await connection.call(call)).payload['echo']).toBe(1)
    await expect.poll(connections).toBe(2)
    expect((await much(connection, 2)).payload['echo']).toBe(2)
    expect(connections()).toBe(2)
  })

  it.each([
    ['there is no such client', {program: '/nonexistent/ssh'}],
    ['it is not wanted', {connector: 'ssh2'}],
  ])('stays where it is when %s', async (_why, settings) => {
    const connection = await fixture.open({}, {}, settings)
    expect((await much(connection, 'here')).payload['echo']).toBe('here')
    expect(connections()).toBe(1)
  })

  it('is refused when another host answers there', async () => {
    const stranger = await sshFixture()
    onTestFinished(() => stranger.stop())
    const elsewhere = join(fixture.stateDir, 'elsewhere')
    // A word before ours counts, as the first one of a setting does.
    writeFileSync(elsewhere, `#!/bin/sh\nexec ssh -o Port=${stranger.sshd.port} "$@"\n`, {mode: 0o755})
    const connection = await fixture.open({}, {}, {program: elsewhere})
    expect((await failure(much(connection, 'there'))).code).toBe('ssh_host_key_untrusted')
    expect(connections()).toBe(1)
  })
})

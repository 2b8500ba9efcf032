import {readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {sshdMissing} from '../../../test/support/sshd.ts'
import {echo, sshFixture, type SshFixture} from './ssh-fixture.ts'

const OTHER = `SHA256:${'A'.repeat(43)}`

describe.skipIf(sshdMissing() !== null).each([
  ['in process', {}],
  ["by the system's client", {connector: 'system'}],
])('host keys, %s', (_name, settings) => {
  let fixture: SshFixture
  const stateDirs: string[] = []
  const freshState = (): string => {
    const dir = join(fixture.stateDir, String(stateDirs.length))
    stateDirs.push(dir)
    return dir
  }

  beforeAll(async () => {
    fixture = await sshFixture()
  })
  afterAll(() => fixture.stop())

  it('that are pinned are accepted', async () => {
    const connection = await fixture.open({}, {requirePinnedHostKey: true}, settings)
    expect((await echo(connection, 'hi')).payload['echo']).toBe('hi')
    expect(connection.peer).toEqual({host_key_fingerprint: fixture.sshd.fingerprint, verified: 'pinned'})
  })

  it('other than the pinned one are refused before anything is sent', async () => {
    const before = accepted(fixture)
    const error = await fixture.refusal({host_key_fingerprint: OTHER}, {interactive: true}, settings)
    expect(error.code).toBe('ssh_host_key_untrusted')
    expect(error.data).toMatchObject({got: fixture.sshd.fingerprint, expected: OTHER})
    expect(accepted(fixture)).toBe(before)
  })

  it('without a pin are refused when nobody looks, with the line to paste', async () => {
    const error = await fixture.refusal({host_key_fingerprint: null}, {stateDir: freshState()}, settings)
    expect(error.code).toBe('unpinned_worker_disallowed')
    expect(error.data['line']).toBe(`host_key_fingerprint = "${fixture.sshd.fingerprint}"`)
    expect(error.hint).toContain(fixture.sshd.fingerprint)
  })

  it.each([
    ['somebody looks', {}, {interactive: true}],
    ['the entry allows it', {accept_first_key: true}, {}],
  ])('without a pin are stored when %s, told once, and expected from then on', async (_when, entry, options) => {
    const stateDir = freshState()
    const before = fixture.notices.length
    for (let i = 0; i < 2; i++) {
      const connection = await fixture.open({host_key_fingerprint: null, ...entry}, {stateDir, ...options}, settings)
      await echo(connection)
      expect(connection.peer).toEqual({host_key_fingerprint: fixture.sshd.fingerprint, verified: 'first_use'})
    }
    expect(fixture.notices.slice(before)).toEqual([expect.stringContaining(`host_key_fingerprint = "${fixture.sshd.fingerprint}"`)])
    await fixture.open({host_key_fingerprint: null}, {stateDir}, settings)
    const file = join(stateDir, 'host-keys', `127.0.0.1-${fixture.sshd.port}.json`)
    expect(statSync(file).mode & 0o777).toBe(0o600)

    writeFileSync(file, readFileSync(file, 'utf8').replace(fixture.sshd.fingerprint, OTHER))
    const changed = await fixture.refusal({host_key_fingerprint: null, ...entry}, {stateDir, ...options}, settings)
    expect(changed.code).toBe('ssh_host_key_untrusted')
    expect(changed.hint).toContain(file)

    writeFileSync(file, '{')
    const damaged = await fixture.refusal({host_key_fingerprint: null, ...entry}, {stateDir, ...options}, settings)
    expect(damaged.code).toBe('ssh_host_key_untrusted')
  })

  it('that are only stored are not enough where a pin is required', async () => {
    const stateDir = freshState()
    await fixture.open({host_key_fingerprint: null}, {stateDir, interactive: true}, settings)
    const error = await fixture.refusal({host_key_fingerprint: null}, {stateDir, interactive: true, requirePinnedHostKey: true}, settings)
    expect(error.code).toBe('unpinned_worker_disallowed')
  })
})

function accepted(fixture: SshFixture): number {
  return fixture.sshd.log().split('Accepted publickey').length - 1
}

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it, vi, onTestFinished} from 'vitest'
import {makeKey, sshdMissing} from '../../../test/support/sshd.ts'
import {echo, sshFixture, type SshFixture} from './ssh-fixture.ts'

describe.skipIf(sshdMissing() !== null)('certificates of a host CA', () => {
  let fixture: SshFixture

  beforeAll(async () => {
    fixture = await sshFixture({hostCertificate: {names: ['127.0.0.1', 'localhost']}})
  })
  afterAll(() => fixture.stop())

  it('are accepted, also where a pin is required', async () => {
    const connection = await fixture.open({host_key_fingerprint: null, host_key_ca: fixture.sshd.ca}, {requirePinnedHostKey: true})
    expect((await echo(connection, 'signed')).payload['echo']).toBe('signed')
    expect(connection.peer).toEqual({host_key_fingerprint: fixture.sshd.fingerprint, verified: 'ca'})
  })

  it('of another CA are refused', async () => {
    const error = await fixture.refusal({host_key_fingerprint: null, host_key_ca: `${fixture.sshd.keys.stranger}.pub`}, {interactive: true})
    expect(error.code).toBe('ssh_host_key_untrusted')
  })

  it('that were revoked are refused', async () => {
    const file = join(fixture.sshd.dir, 'ca-with-revocation')
    const ca = readFileSync(fixture.sshd.ca, 'utf8')
    writeFileSync(file, `# our CA\n${ca}\n@revoked * ${fixture.sshd.hostKey}\n`)
    const error = await fixture.refusal({host_key_fingerprint: null, host_key_ca: file})
    expect(error.code).toBe('ssh_host_key_untrusted')
  })

  it.each([
    ['for another name', {names: ['elsewhere.example']}, /listed principal|name/i],
    ['that have expired', {names: ['127.0.0.1'], validity: '20200101:20200201'}, /expired/i],
  ])('%s are refused, saying so', async (_what, hostCertificate, problem) => {
    const other = await sshFixture({hostCertificate})
    onTestFinished(() => other.stop())
    const error = await other.refusal({host_key_fingerprint: null, host_key_ca: other.sshd.ca})
    expect(error.code).toBe('ssh_host_key_untrusted')
    expect(error.data['problem']).toMatch(problem)
  })

  it('whose CA cannot be read are a matter of configuration', async () => {
    expect((await fixture.refusal({host_key_ca: '/nonexistent/ca.pub'})).code).toBe('config_invalid')
  })
})

describe.skipIf(sshdMissing() !== null)('a jump host', () => {
  let bastion: SshFixture
  let inner: SshFixture
  const settings = (): unknown => ({jump_known_hosts: join(bastion.sshd.dir, 'known_hosts'), jump_key: bastion.sshd.keys.jump})
  const jump = (): string => `${bastion.sshd.user}@127.0.0.1:${bastion.sshd.port}`

  beforeAll(async () => {
    bastion = await sshFixture({jump: true})
    inner = await sshFixture()
    writeFileSync(join(bastion.sshd.dir, 'known_hosts'), `[127.0.0.1]:${bastion.sshd.port} ${bastion.sshd.hostKey}\n`)
  })
  afterAll(async () => {
    await inner.stop()
    await bastion.stop()
  })

  it('is passed through, and the pinned worker behind it is checked', async () => {
    const connection = await inner.open({jump: jump()}, {}, settings())
    expect((await echo(connection, 'behind')).payload['echo']).toBe('behind')
    expect(connection.peer.verified).toBe('pinned')
    expect(bastion.sshd.log()).toContain('Accepted publickey')
  })

  it('does not lend its key to a worker with another pin', async () => {
    const error = await inner.refusal({jump: jump(), host_key_fingerprint: bastion.sshd.fingerprint}, {}, settings())
    expect(error.code).toBe('ssh_host_key_untrusted')
  })

  it('that is not known itself is refused', async () => {
    const error = await inner.refusal({jump: jump()}, {}, {...Object(settings()), jump_known_hosts: '/dev/null'})
    expect(error.code).toBe('ssh_host_key_untrusted')
  })
})

describe.skipIf(sshdMissing() !== null)("the system's client", () => {
  it('takes over for a key with a passphrase, which only an agent can use', async () => {
    const fixture = await sshFixture()
    onTestFinished(() => fixture.stop())
    const locked = join(fixture.sshd.dir, 'locked')
    makeKey(locked, 'secret')
    expect((await fixture.refusal({run_key: locked})).code).toBe('ssh_auth_failed')
  })

  it('says what is wrong when it is not there', async () => {
    const fixture = await sshFixture()
    onTestFinished(() => fixture.stop())
    const error = await fixture.refusal({}, {}, {connector: 'system', program: '/nonexistent/ssh'})
    expect(error.code).toBe('worker_unreachable')
    expect(error.message).toContain('/nonexistent/ssh')
  })

  it('leaves nothing behind', async () => {
    const fixture = await sshFixture()
    onTestFinished(() => fixture.stop())
    vi.stubEnv('TMPDIR', fixture.stateDir)
    const connection = await fixture.open({}, {}, {connector: 'system'})
    await echo(connection)
    expect(readdirSync(fixture.stateDir)).toEqual([expect.stringMatching(/^rch-ssh-/)])
    await connection.close()
    expect(readdirSync(fixture.stateDir)).toEqual([])
    vi.unstubAllEnvs()
  })

  it('does not outlive a host that was killed', async () => {
    const fixture = await sshFixture()
    onTestFinished(() => fixture.stop())
    const {stateDir} = fixture
    const child = spawn(process.execPath, ['--conditions=rch-source', '--input-type=module', '-e', HOST], {
      env: {...process.env, TMPDIR: stateDir, ENTRY: JSON.stringify(fixture.entry())},
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    expect(readdirSync(stateDir)).toEqual([expect.stringMatching(/^rch-ssh-/)])
    child.kill('SIGKILL')
    await expect.poll(() => readdirSync(stateDir), {timeout: 10_000}).toEqual([])
    await expect.poll(() => fixture.sshd.log(), {timeout: 10_000}).toMatch(/Disconnected from|Connection closed by|Close session/)
  })
})

/** A host that connects, says so, and waits for its end. */
const HOST = `
import {createSshTransport} from '@rch/transport-ssh'
const entry = JSON.parse(process.env.ENTRY)
const options = {role: 'run', connectTimeoutMs: 10000, interactive: false, requirePinnedHostKey: false, stateDir: '/nonexistent', notice: () => {}}
const connection = await createSshTransport({connector: 'system'}).open(entry, options)
await connection.call({verb: 'status', payload: {}, protocolVersion: 1})
process.stdout.write('connected')
setInterval(() => {}, 1000)
`

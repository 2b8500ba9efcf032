import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Connection} from '@rch/contract'
import {createLocalTransport} from '@rch/transport-local'
import {createSshTransport} from '@rch/transport-ssh'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {sshdMissing, startSshd, type Sshd} from '../support/sshd.ts'
import {openOptions, workerEntry} from '../support/worker-entry.ts'

const HARNESS = [process.execPath, fileURLToPath(new URL('../../bin/rch-xcode-worker.js', import.meta.url))]

describe.skipIf(sshdMissing() !== null).each(['local', 'ssh', 'ssh by the system'] as const)('the shipped harness, through %s', (way) => {
  const dir = mkdtempSync(join(tmpdir(), 'rch-worker-'))
  const config = join(dir, 'worker.toml')
  const connections: Connection[] = []
  let sshd: Sshd

  beforeAll(async () => {
    const roots = ['stage_root', 'jobs_root', 'cache_root'].map((root) => `${root} = ${JSON.stringify(join(dir, root))}`)
    writeFileSync(config, `name = "mac"\n[roots]\n${roots.join('\n')}\n`)
    if (way !== 'local') sshd = await startSshd({harness: [...HARNESS, `--config=${config}`], owner: 'tests'})
  })
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()))
    await sshd?.stop()
    rmSync(dir, {recursive: true, force: true})
  })

  const open = async (role: 'run' | 'stage' | 'fetch' = 'run'): Promise<Connection> => {
    const connection = await openWay(way, role, config, sshd)
    connections.push(connection)
    return connection
  }

  it('answers calls that come one after another and at the same time', async () => {
    const connection = await open()
    const probe = await connection.call({verb: 'probe', payload: {}, protocolVersion: 0})
    expect(probe.payload['features']).toContain('session')
    const answers = await Promise.all([1, 2, 3].map(() => connection.call({verb: 'status', payload: {}, protocolVersion: 1})))
    for (const {payload} of answers) expect(payload['leases']).toEqual({held: 0, waiting: 0})
  })

  it('keeps each key to its verbs', async () => {
    for (const [role, allowed, refused] of [
      ['stage', 'renew', 'submit'],
      ['fetch', 'status', 'reserve'],
    ] as const) {
      const connection = await open(role)
      await expect(connection.call({verb: refused, payload: {}, protocolVersion: 1})).rejects.toMatchObject({code: 'forbidden_ssh_command'})
      const answer = await connection.call({verb: allowed, payload: {}, protocolVersion: 1}).catch((error: {code: string}) => error.code)
      expect(answer).not.toBe('forbidden_ssh_command')
    }
  })

  it('prints nothing into the log of what it refuses to run', async () => {
    const connection = await open()
    let logged = ''
    const onLog = (bytes: Uint8Array): void => {
      logged += Buffer.from(bytes).toString('utf8')
    }
    for (const [verb, payload] of [
      ['run', {}],
      ['tail', {job_id: 'a'.repeat(20), follow: true, cursor: {events_seq: 0, log_offset: 0}}],
    ] as const) {
      await expect(connection.call({verb, payload, protocolVersion: 1, onLog})).rejects.toHaveProperty('code')
    }
    expect(logged).toBe('')
  })

  it('refuses versions of the protocol that it does not speak', async () => {
    const connection = await open()
    await expect(connection.call({verb: 'status', payload: {}, protocolVersion: 999})).rejects.toMatchObject({
      code: 'protocol_version_unsupported',
    })
  })
})

function openWay(way: string, role: 'run' | 'stage' | 'fetch', config: string, sshd: Sshd): Promise<Connection> {
  if (way === 'local') {
    return createLocalTransport({command: HARNESS}).open(workerEntry({transport: 'local', worker_config: config}), openOptions({role}))
  }
  const {host, port, user, fingerprint, keys} = sshd
  const entry = workerEntry({
    host,
    port,
    user,
    host_key_fingerprint: fingerprint,
    run_key: keys.run,
    stage_key: keys.stage,
    fetch_key: keys.fetch,
  })
  return createSshTransport(way === 'ssh' ? {} : {connector: 'system'}).open(entry, openOptions({role}))
}

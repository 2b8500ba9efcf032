import {fileURLToPath} from 'node:url'
import {fakeHarnessCommand, transportConformance} from '@rch/testkit'
import {createLocalTransport} from '@rch/transport-local'
import {describe, expect, it, vi} from 'vitest'
import {openOptions, workerEntry} from '../../../test/support/worker-entry.ts'

const entry = workerEntry({name: 'here', transport: 'local'})
const open = (...words: readonly string[]) =>
  createLocalTransport({command: [...fakeHarnessCommand(), ...words]}).open(entry, openOptions())

transportConformance('local', () => open())

describe('the local transport', () => {
  it('keeps one harness for all calls that come one after another', async () => {
    const connection = await open()
    const pids = new Set<unknown>()
    for (let i = 0; i < 3; i++) pids.add((await connection.call({verb: 'status', payload: {}, protocolVersion: 1})).payload['pid'])
    await connection.close()
    expect(pids.size).toBe(1)
  })

  it('starts one per call for a worker without sessions, and asks for a session once', async () => {
    const connection = await open('--no-session')
    const pids = new Set<unknown>()
    for (let i = 0; i < 3; i++) pids.add((await connection.call({verb: 'status', payload: {}, protocolVersion: 1})).payload['pid'])
    await connection.close()
    expect(pids.size).toBe(3)
  })

  it('takes another session when the one it had has ended in between', async () => {
    const connection = await open()
    const {payload} = await connection.call({verb: 'status', payload: {}, protocolVersion: 1})
    process.kill(Number(payload['pid']), 'SIGKILL')
    await expect.poll(() => isAlive(Number(payload['pid']))).toBe(false)
    const again = await connection.call({verb: 'status', payload: {}, protocolVersion: 1})
    expect(again.payload['pid']).not.toBe(payload['pid'])
    await connection.close()
  })

  it('starts it out of reach of the terminal', async () => {
    const connection = await open()
    const {payload} = await connection.call({verb: 'status', payload: {}, protocolVersion: 1})
    // A negative id is a process group: there is one of the harness's own.
    expect(() => process.kill(-Number(payload['pid']), 0)).not.toThrow()
    await connection.close()
  })

  it('runs a script with its own Node, wherever it is named', async () => {
    vi.stubEnv('RCH_XCODE_WORKER', fakeHarnessCommand()[1] ?? '')
    const connection = await createLocalTransport({}).open(entry, openOptions())
    expect((await connection.call({verb: 'status', payload: {}, protocolVersion: 1})).payload['op']).toBe('status')
    await connection.close()
    vi.unstubAllEnvs()
  })

  it('speaks for a key of its role', async () => {
    const connection = await createLocalTransport({command: [...fakeHarnessCommand()]}).open(entry, openOptions({role: 'stage'}))
    await expect(connection.call({verb: 'submit', payload: {}, protocolVersion: 1})).rejects.toMatchObject({code: 'forbidden_ssh_command'})
    await connection.close()
  })

  it('says what to install when there is no harness', async () => {
    const connection = await createLocalTransport({command: ['/nonexistent/rch-xcode-worker']}).open(entry, openOptions())
    const call = connection.call({verb: 'probe', payload: {}, protocolVersion: 0})
    await expect(call).rejects.toMatchObject({code: 'worker_unreachable', data: {indeterminate: false}})
    await expect(call).rejects.toThrow('/nonexistent/rch-xcode-worker could not be started')
    await connection.close()
  })

  it('gives the harness its role, its configuration and the verb, and no secret of this shell', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'canary'
    const program = fileURLToPath(new URL('print-environment.js', import.meta.url))
    const connection = await createLocalTransport({command: [process.execPath, program]}).open(
      {...entry, worker_config: '/etc/worker.toml'},
      openOptions(),
    )
    const call = connection.call({verb: 'run', payload: {}, protocolVersion: 1})
    // Only what stands here was printed: the program ends its line with the secret if it can see it.
    await expect(call).rejects.toMatchObject({
      code: 'unexpected_output',
      data: {text: '--forced=run:local --config=/etc/worker.toml verb=run secret=undefined\\n'},
    })
    delete process.env['AWS_SECRET_ACCESS_KEY']
    await connection.close()
  })

  it.each([[[]], [{command: []}], [{command: ['a', 1]}], [{comand: ['a']}]])('refuses the settings %j', (settings) => {
    expect(() => createLocalTransport(settings)).toThrow(expect.objectContaining({code: 'config_invalid'}))
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {Connection, RchError, TransportOptions, VerbResponse, WorkerEntry} from '@rch/contract'
import {isRchError} from '@rch/contract'
import {fakeHarnessCommand} from '@rch/testkit'
import {createSshTransport} from '@rch/transport-ssh'
import {startSshd, type Sshd, type SshdOptions} from '../../../test/support/sshd.ts'
import {openOptions, workerEntry} from '../../../test/support/worker-entry.ts'

export interface SshFixture {
  readonly sshd: Sshd
  readonly stateDir: string
  /** What the transport wanted the user to know. */
  readonly notices: string[]
  /** A worker entry for this sshd, pinned, with the run key. */
  entry(differs?: Partial<WorkerEntry>): WorkerEntry
  /** Opened connections are closed with the fixture. */
  open(entry?: Partial<WorkerEntry>, options?: Partial<TransportOptions>, settings?: unknown): Promise<Connection>
  /** The code and all that `open` rejects with. */
  refusal(entry?: Partial<WorkerEntry>, options?: Partial<TransportOptions>, settings?: unknown): Promise<RchError>
  stop(): Promise<void>
}

/** A private sshd in front of the scripted harness. */
export async function sshFixture(options: Partial<SshdOptions> = {}): Promise<SshFixture> {
  const sshd = await startSshd({harness: fakeHarnessCommand(), ...options})
  const stateDir = mkdtempSync(join(tmpdir(), 'rch-state-'))
  const notices: string[] = []
  const opened: Connection[] = []
  const entry = (differs: Partial<WorkerEntry> = {}): WorkerEntry => {
    const {host, port, user, fingerprint, keys} = sshd
    return workerEntry({name: 'mac', host, port, user, host_key_fingerprint: fingerprint, run_key: keys.run, ...differs})
  }
  const open: SshFixture['open'] = async (differs, options, settings = {}) => {
    const notice = (message: string): void => void notices.push(message)
    const connection = await createSshTransport(settings).open(entry(differs), openOptions({stateDir, notice, ...options}))
    opened.push(connection)
    return connection
  }
  return {
    sshd,
    stateDir,
    notices,
    entry,
    open,
    refusal: async (...input) => failure(open(...input)),
    stop: async () => {
      await Promise.all(opened.map((connection) => connection.close()))
      await sshd.stop()
      rmSync(stateDir, {recursive: true, force: true})
    },
  }
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<RchError> {
  try {
    await promise
  } catch (error) {
    if (isRchError(error)) return error
    throw error
  }
  throw new Error('it did not fail')
}

export function echo(connection: Connection, value: unknown = 1, verb = 'status'): Promise<VerbResponse> {
  return connection.call({verb, payload: {act: {do: 'echo', echo: value}}, protocolVersion: 1})
}

import {spawn} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {RchError} from '@rch/contract'
import {childChannel, unanswered, type ChannelEnd, type HarnessChannel} from '@rch/contract/channel'
import {connectWithRetries, ConnectFailure, TURNED_AWAY_HINT} from './connect-retries.ts'
import type {ConnectorInput, SshPool} from './connector.ts'
import {authorityLines} from './system-config.ts'
import {clientEnvironment} from './system-environment.ts'
import {readSystemFailure} from './system-failure.ts'
import {SystemMaster} from './system-master.ts'

/** Connects through the system's client: one master connection, over which every channel is an `ssh` of its own. @throws RchError. */
export async function openSystemClient(input: ConnectorInput, signal?: AbortSignal): Promise<SshPool> {
  const client = new SystemClient(input)
  await client.connect(signal)
  return {source: client}
}

class SystemClient {
  readonly #input: ConnectorInput
  readonly #authorities: string
  readonly #channels = new Set<HarnessChannel>()
  #master: SystemMaster | null = null
  #connecting: Promise<SystemMaster> | null = null
  /** A client failed since the master was last asked. */
  #suspect = false
  #closed = false

  constructor(input: ConnectorInput) {
    this.#input = input
    const {hostKeyCa} = input.target
    this.#authorities = hostKeyCa === null ? '' : authorityLines(readAuthority(hostKeyCa))
  }

  get worker(): string {
    return this.#input.target.worker
  }

  async open(verb: string): Promise<HarnessChannel> {
    const master = (await this.#standing()) ?? (await this.connect())
    // Where stderr is a job's log, not a word of the client's own may stand in it.
    const quiet = verb === 'run' || verb === 'tail' ? ['-q'] : []
    const words = [...quiet, ...master.words([verb])]
    // A session of its own: what the terminal sends to this process (Ctrl-C) is not meant for the channel.
    const child = spawn(this.#input.settings.program, words, {stdio: ['pipe', 'pipe', 'pipe'], env: clientEnvironment(), detached: true})
    const channel = childChannel(child)
    this.#channels.add(channel)
    void channel.ended.then((end) => {
      this.#channels.delete(channel)
      this.#suspect ||= end.exitCode === 255
    })
    return channel
  }

  /** The clients of a master that is gone end one after the other: those that have not yet are of no use any more. */
  async weed(): Promise<void> {
    if ((await this.#standing()) !== null) return
    const channels = [...this.#channels]
    for (const channel of channels) channel.destroy()
    await Promise.all(channels.map((channel) => channel.ended))
  }

  /** ssh's own failures end with 255; a harness that exits so says something first, and is then no failure of ssh's. */
  explain(end: ChannelEnd, stderr: string, verb: string): Error | null {
    if (end.exitCode !== 255 && end.problem === null) return null
    const failure = readSystemFailure(stderr)
    const said = end.problem ?? (failure.kind === 'auth' ? 'authentication failed' : failure.problem)
    return unanswered(`the channel ended before it answered (${said})`, {worker: this.worker, verb, sent: true})
  }

  async connect(signal?: AbortSignal): Promise<SystemMaster> {
    this.#connecting ??= this.#connect(signal).finally(() => (this.#connecting = null))
    return this.#connecting
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#connecting?.catch(() => {})
    await this.#master?.stop()
  }

  async #connect(signal: AbortSignal | undefined): Promise<SystemMaster> {
    const {options, judge} = this.#input
    const retries = {worker: this.worker, timeoutMs: options.connectTimeoutMs, notice: options.notice, signal}
    const master = await connectWithRetries(retries, async (_left, limit) => {
      // A first key that may be kept is not known yet the first time: then it has to be tried again with that key.
      const first = await this.#start(limit)
      return first ?? (await this.#start(limit)) ?? this.#fail('it shows a new host key each time', judge.peer.host_key_fingerprint)
    })
    this.#master = master
    this.#suspect = false
    if (!this.#closed) return master
    await master.stop()
    throw unanswered('the connection was closed', {worker: this.worker, verb: 'connect', sent: false})
  }

  /** `null` when the host key was unknown and has just been accepted. */
  async #start(limit: AbortSignal): Promise<SystemMaster | null> {
    const {judge, target} = this.#input
    const byCertificate = target.hostKeyCa !== null
    const master = new SystemMaster(this.#input, byCertificate ? null : (judge.expected()?.fingerprint ?? null), this.#authorities)
    try {
      const said = await master.ready(limit)
      const shown = master.shown()
      if (said === null) {
        if (byCertificate) judge.acceptCertificate(shown)
        else if (shown !== null) judge.accept(shown)
        return master
      }
      const failure = readSystemFailure(said)
      if (failure.kind === 'auth') {
        throw new RchError('ssh_auth_failed', undefined, {data: {worker: target.worker, key: target.keyPath ?? 'the agent'}})
      }
      if (failure.kind === 'connect') throw connectFailure(failure.problem, failure.again)
      if (byCertificate || shown === null) return this.#fail(failure.problem, shown?.fingerprint ?? null)
      judge.accept(shown)
    } catch (error) {
      await master.stop()
      throw error
    }
    await master.stop()
    return null
  }

  /** The master, when it stands; one that may be about to fall is asked. */
  async #standing(): Promise<SystemMaster | null> {
    const master = this.#master
    if (master === null) return null
    if (master.alive && (!this.#suspect || (await master.answers()))) {
      this.#suspect = false
      return master
    }
    if (this.#master === master) this.#master = null
    await master.stop()
    return null
  }

  #fail(problem: string, got: string | null): never {
    const {worker, hostKeyCa, pin} = this.#input.target
    const expected = hostKeyCa === null ? pin : `a certificate of ${hostKeyCa}`
    throw new RchError('ssh_host_key_untrusted', `The host key of the worker ${worker} is not trusted: ${problem}`, {
      data: {worker, got, expected, problem},
      hint: /expired|not yet valid/i.test(problem)
        ? "Renew the host's certificate, and check the clocks of both machines."
        : `Check host_key_ca, host_key_fingerprint and jump of the worker "${worker}" in workers.toml.`,
    })
  }
}

function connectFailure(problem: string, again: boolean): ConnectFailure {
  const turnedAway = /reset by peer|closed by remote host|kex_exchange_identification/i.test(problem)
  return new ConnectFailure(problem, again, undefined, turnedAway ? TURNED_AWAY_HINT : undefined)
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const problem = `host_key_ca cannot be read: ${error instanceof Error ? error.message : String(error)}`
    throw new RchError('config_invalid', undefined, {data: {file: 'workers.toml', problem}, cause: error})
  }
}

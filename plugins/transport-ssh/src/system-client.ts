import {spawn, type ChildProcess, type ChildProcessWithoutNullStreams} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {RchError} from '@rch/contract'
import {childChannel, unanswered, type ChannelEnd, type HarnessChannel} from '@rch/contract/channel'
import {connectWithRetries, ConnectFailure, TURNED_AWAY_HINT} from './connect-retries.ts'
import type {ConnectorInput, SshPool} from './connector.ts'
import type {HostKey} from './host-key.ts'
import {authorityLines, knownHostsScript, systemConfig} from './system-config.ts'
import {readSystemFailure} from './system-failure.ts'

const POLL_MS = 15

/** Connects through the system's client: one master connection, over which every channel is an `ssh` of its own. @throws RchError. */
export async function openSystemClient(input: ConnectorInput, signal?: AbortSignal): Promise<SshPool> {
  const client = new SystemClient(input)
  try {
    await client.connect(signal)
  } catch (error) {
    await client.close()
    throw error
  }
  return {source: client}
}

class SystemClient {
  readonly #input: ConnectorInput
  readonly #dir: string
  #master: ChildProcess | null = null
  #connecting: Promise<void> | null = null
  readonly #channels = new Set<HarnessChannel>()
  /** A client failed since the master was last asked. */
  #suspect = false

  constructor(input: ConnectorInput) {
    this.#input = input
    this.#dir = mkdtempSync(join(tmpdir(), 'rch-ssh-'))
    const {target, settings, options} = input
    const config = systemConfig({
      target,
      settings,
      dir: this.#dir,
      connectTimeoutSeconds: Math.max(1, Math.ceil(options.connectTimeoutMs / 1000)),
      userKnownHosts: join(homedir(), '.ssh/known_hosts'),
    })
    this.#write('config', config)
  }

  get worker(): string {
    return this.#input.target.worker
  }

  async open(verb: string, signal?: AbortSignal): Promise<HarnessChannel> {
    if (!(await this.#masterRuns())) await this.connect(signal)
    const {program} = this.#input.settings
    // Where stderr is a job's log, not a word of the client's own may stand in it.
    const quiet = verb === 'run' || verb === 'tail' ? ['-q'] : []
    const channel = childChannel(
      spawn(program, [...quiet, ...this.#words([verb])], {stdio: ['pipe', 'pipe', 'pipe'], env: clientEnvironment()}),
    )
    this.#channels.add(channel)
    void channel.ended.then((end) => {
      this.#channels.delete(channel)
      this.#suspect ||= end.exitCode === 255
    })
    return channel
  }

  /** The clients of a master that is gone end one after the other: those that have not yet are of no use any more. */
  async weed(): Promise<void> {
    const standing = this.#master !== null && !hasEnded(this.#master)
    if (standing && (!this.#suspect || (await this.#masterRuns()))) return
    const channels = [...this.#channels]
    for (const channel of channels) channel.destroy()
    await Promise.all(channels.map((channel) => channel.ended))
  }

  /** ssh's own failures end with 255; a harness that exits so says something first, and is then no failure of ssh's. */
  explain(end: ChannelEnd, stderr: string, verb: string): Error | null {
    if (end.exitCode !== 255 && end.problem === null) return null
    const said = end.problem ?? readSystemFailureText(stderr)
    return unanswered(`the channel ended before it answered (${said})`, {worker: this.worker, verb, sent: true})
  }

  async connect(signal: AbortSignal | undefined): Promise<void> {
    this.#connecting ??= this.#connect(signal).finally(() => (this.#connecting = null))
    return this.#connecting
  }

  async close(): Promise<void> {
    const master = this.#master
    this.#master = null
    if (master !== null) await endMaster(master)
    rmSync(this.#dir, {recursive: true, force: true})
  }

  async #connect(signal: AbortSignal | undefined): Promise<void> {
    const {options, target, judge} = this.#input
    this.#write('known_hosts', target.hostKeyCa === null ? '' : authorityLines(readAuthority(target.hostKeyCa)))
    const retries = {worker: target.worker, timeoutMs: options.connectTimeoutMs, notice: options.notice, signal}
    await connectWithRetries(retries, async (_left, limit) => {
      const known = target.hostKeyCa === null ? (judge.expected()?.fingerprint ?? null) : null
      if (await this.#startMaster(known, limit)) return
      // The first key this worker ever showed, and it may be kept: now it is the one to expect.
      if (!(await this.#startMaster(judge.expected()?.fingerprint ?? null, limit)))
        throw this.#untrusted('it shows a new host key each time')
    })
  }

  /** False when the host key was unknown and has just been accepted: then it has to be tried again with that key. */
  async #startMaster(expected: string | null, limit: AbortSignal): Promise<boolean> {
    const {judge, settings, target} = this.#input
    this.#write('known-hosts.sh', knownHostsScript(this.#dir, expected))
    rmSync(join(this.#dir, 'shown'), {force: true})
    rmSync(join(this.#dir, 'c'), {force: true})
    const master = spawn(settings.program, ['-o', 'ControlMaster=yes', '-N', '-T', ...this.#words([])], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: clientEnvironment(),
    })
    this.#master = master
    this.#suspect = false
    const failed = await this.#untilReady(master, limit)
    const shown = this.#shown()
    if (failed === null) {
      if (target.hostKeyCa === null && shown !== null) judge.accept(shown)
      else judge.acceptCertificate(shown)
      return true
    }
    const failure = readSystemFailure(failed)
    if (failure.kind === 'auth') {
      throw new RchError('ssh_auth_failed', undefined, {data: {worker: target.worker, key: target.keyPath ?? 'the agent'}})
    }
    if (failure.kind === 'connect') throw connectFailure(failure.problem, failure.again)
    if (target.hostKeyCa !== null || shown === null) throw this.#untrusted(failure.problem)
    judge.accept(shown)
    return false
  }

  /** `null` once the control socket is there, which is after authentication; else what the client said when it ended. */
  async #untilReady(master: ChildProcessWithoutNullStreams, limit: AbortSignal): Promise<string | null> {
    let stderr = ''
    let ended: string | null = null
    master.stderr.on('data', (chunk: Uint8Array) => (stderr = `${stderr}${Buffer.from(chunk).toString('utf8')}`.slice(-8192)))
    master.stdout.resume()
    master.stdin.on('error', () => {})
    master.on('error', (error) => (ended = error.message))
    master.once('close', () => (ended ??= stderr))
    while (!existsSync(join(this.#dir, 'c'))) {
      if (ended !== null) return ended
      if (limit.aborted) {
        master.kill('SIGKILL')
        throw new ConnectFailure(`no connection in time${stderr === '' ? '' : ` (${stderr.trim()})`}`, false, limit.reason)
      }
      await sleep(POLL_MS)
    }
    return null
  }

  async #masterRuns(): Promise<boolean> {
    const master = this.#master
    if (master === null || hasEnded(master) || !existsSync(join(this.#dir, 'c'))) return false
    if (!this.#suspect) return true
    // A client just failed, and the master may be about to: it answers for itself.
    const check = spawn(this.#input.settings.program, ['-O', 'check', ...this.#words([])], {stdio: 'ignore', env: clientEnvironment()})
    const status = await new Promise<number | null>((resolve) => {
      check.once('error', () => resolve(null))
      check.once('exit', resolve)
    })
    this.#suspect = false
    if (status === 0 && !hasEnded(master)) return true
    await endMaster(master)
    return false
  }

  #words(command: readonly string[]): string[] {
    const {target} = this.#input
    return ['-F', join(this.#dir, 'config'), '-l', target.user, '--', target.host, ...command]
  }

  #shown(): HostKey | null {
    try {
      const [type, fingerprint] = readFileSync(join(this.#dir, 'shown'), 'utf8').split(' ')
      return type === undefined || fingerprint === undefined ? null : {type, fingerprint}
    } catch {
      return null
    }
  }

  #untrusted(problem: string): RchError {
    const {worker, hostKeyCa, pin} = this.#input.target
    const expected = hostKeyCa === null ? pin : `a certificate of ${hostKeyCa}`
    return new RchError('ssh_host_key_untrusted', `The host key of the worker ${worker} is not trusted: ${problem}`, {
      data: {worker, got: this.#shown()?.fingerprint ?? null, expected, problem},
      hint: /expired|not yet valid/i.test(problem)
        ? "Renew the host's certificate, and check the clocks of both machines."
        : `Check host_key_ca, host_key_fingerprint and jump of the worker "${worker}" in workers.toml.`,
    })
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#dir, name), text, {mode: 0o600})
  }
}

function connectFailure(problem: string, again: boolean): ConnectFailure {
  const turnedAway = /reset by peer|closed by remote host|kex_exchange_identification/i.test(problem)
  return new ConnectFailure(problem, again, undefined, turnedAway ? TURNED_AWAY_HINT : undefined)
}

function hasEnded({exitCode, signalCode, pid}: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null
}

async function endMaster(master: ChildProcess): Promise<void> {
  if (hasEnded(master)) return
  const gone = new Promise((resolve) => master.once('exit', resolve))
  master.kill('SIGTERM')
  const timer = setTimeout(() => master.kill('SIGKILL'), 2000)
  await gone
  clearTimeout(timer)
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const problem = `host_key_ca cannot be read: ${error instanceof Error ? error.message : String(error)}`
    throw new RchError('config_invalid', undefined, {data: {file: 'workers.toml', problem}, cause: error})
  }
}

function readSystemFailureText(stderr: string): string {
  const failure = readSystemFailure(stderr)
  return failure.kind === 'auth' ? 'authentication failed' : failure.problem
}

/** The client needs its agent and its home; nothing else of this shell is its business. */
function clientEnvironment(): Record<string, string> {
  const passed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'SSH_AUTH_SOCK', 'SSH_SK_PROVIDER']
  return Object.fromEntries(passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

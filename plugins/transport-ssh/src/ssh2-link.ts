import type {Client, ClientChannel, ConnectConfig, PublicKeyAuthMethod} from 'ssh2'
import {connect as connectTcp, type Socket} from 'node:net'
import {RchError, isRchError} from '@rch/contract'
import type {ChannelEnd, HarnessChannel} from '@rch/contract/channel'
import {ConnectFailure, TURNED_AWAY_HINT} from './connect-retries.ts'
import type {ConnectorInput} from './connector.ts'
import {hostKeyOf} from './host-key.ts'

/** A dead peer is noticed after three of these. */
const KEEPALIVE_MS = 5000

/** In the order of preference; aes128-gcm is the fastest here, and none of these is weak. */
const ALGORITHMS = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
} as const satisfies ConnectConfig['algorithms']

const HOST_KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const

/** One authenticated connection. */
export interface Ssh2Link {
  /** The shortest round trip seen: of TCP at first, of opened channels later, since a proxy may answer TCP nearby. */
  readonly roundTripMs: number
  readonly alive: boolean
  /** Channels that are open on it. */
  readonly channels: number
  /** Rejects with a ConnectFailure when the server opens no further channel, or the connection is gone. */
  exec(verb: string): Promise<HarnessChannel>
  /** Settles with the connection. */
  close(): Promise<void>
}

/** @throws ConnectFailure, or the RchError that ends all tries: host key, authentication. */
export async function connectSsh2(input: ConnectorInput, leftMs: number, signal: AbortSignal): Promise<Ssh2Link> {
  const {Client} = (await import('ssh2')).default
  const started = performance.now()
  const socket = await openSocket(input.target.host, input.target.port, signal)
  const tcpMs = performance.now() - started
  const client = new Client()
  try {
    await handshake(client, socket, input, Math.max(1, leftMs - tcpMs), signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
  return new Link(client, socket, tcpMs)
}

async function openSocket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({host, port, noDelay: true})
  const {promise, resolve, reject} = Promise.withResolvers<Socket>()
  const onAbort = (): void => reject(new ConnectFailure(`no connection to ${host} port ${port} in time`, false, signal.reason))
  socket.once('connect', () => resolve(socket))
  socket.on('error', (error) => reject(tcpFailure(error, host, port)))
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  try {
    return await promise
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function tcpFailure(error: Error, host: string, port: number): ConnectFailure {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === 'ECONNREFUSED') return new ConnectFailure(`${host} refuses connections on port ${port}`, true, error)
  if (code === 'ENOTFOUND') return new ConnectFailure(`no address is known for ${host}`, false, error)
  return new ConnectFailure(`${host} port ${port}: ${error.message === '' ? code : error.message}`, true, error)
}

function handshake(client: Client, socket: Socket, input: ConnectorInput, leftMs: number, signal: AbortSignal): Promise<void> {
  const {target, key, judge} = input
  const {promise, resolve, reject} = Promise.withResolvers<void>()
  let refusal: unknown = null
  const expected = judge.expected()
  const onAbort = (): void => reject(new ConnectFailure('the SSH handshake did not come to an end in time', false, signal.reason))
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  client.once('ready', resolve)
  // More than one may come, also after the connection is up; each ends in `close`.
  client.on('error', (error) => reject(refusal ?? handshakeFailure(error, target.worker, key?.path ?? 'the agent')))
  client.once('close', () =>
    reject(refusal ?? new ConnectFailure('the connection was closed during the SSH handshake', true, undefined, TURNED_AWAY_HINT)),
  )
  // One key and no other method: every further try without success would count against this address.
  const method: PublicKeyAuthMethod = {type: 'publickey', username: target.user, key: key?.content ?? ''}
  client.connect({
    sock: socket,
    username: target.user,
    authHandler: [method],
    algorithms: {...ALGORITHMS, serverHostKey: HOST_KEY_TYPES.filter((type) => expected === null || fits(type, expected.type))},
    hostVerifier: (blob: Buffer) => {
      try {
        judge.accept(hostKeyOf(blob))
        return true
      } catch (error) {
        refusal = error
        return false
      }
    },
    readyTimeout: leftMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
  })
  return promise.finally(() => signal.removeEventListener('abort', onAbort))
}

/** A stored key names its type: only that is asked for, so that a server's other keys do not look like a change. */
function fits(offered: string, type: string): boolean {
  return type === 'any' || offered === type || (type === 'ssh-rsa' && offered.startsWith('rsa-sha2-'))
}

function handshakeFailure(error: Error & {readonly level?: string}, worker: string, key: string): unknown {
  if (isRchError(error)) return error
  switch (error.level) {
    case 'client-authentication':
      return new RchError('ssh_auth_failed', undefined, {data: {worker, key}, cause: error})
    case 'client-timeout':
      return new ConnectFailure('the SSH handshake did not come to an end in time', false, error)
    case 'client-socket':
      return new ConnectFailure(`the connection broke during the SSH handshake (${error.message})`, true, error, TURNED_AWAY_HINT)
    default:
      // Corrupted bytes may pass; a server of another kind, or one that cannot prove its key, stays what it is.
      return new ConnectFailure(
        `the SSH handshake failed (${error.message})`,
        !/no matching|version|header|signature/i.test(error.message),
        error,
      )
  }
}

class Link implements Ssh2Link {
  readonly #tcpMs: number
  #channelMs = Number.POSITIVE_INFINITY
  readonly #client: Client
  readonly #closed: Promise<string>
  #alive = true
  #channels = 0

  constructor(client: Client, socket: Socket, tcpMs: number) {
    this.#tcpMs = tcpMs
    this.#client = client
    let problem = 'the connection was closed'
    client.on('error', (error) => {
      problem = error.message
      this.#alive = false
      socket.destroy()
    })
    this.#closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#alive = false
        resolve(problem)
      })
    })
  }

  get alive(): boolean {
    return this.#alive
  }

  get roundTripMs(): number {
    return Number.isFinite(this.#channelMs) ? this.#channelMs : this.#tcpMs
  }

  get channels(): number {
    return this.#channels
  }

  async exec(verb: string): Promise<HarnessChannel> {
    this.#channels += 1
    try {
      const started = performance.now()
      const stream = await this.#open(verb)
      // One round trip opens the channel, one starts the command.
      this.#channelMs = Math.min(this.#channelMs, (performance.now() - started) / 2)
      const channel = this.#channelOf(stream)
      void channel.ended.then(() => (this.#channels -= 1))
      return channel
    } catch (error) {
      this.#channels -= 1
      throw error
    }
  }

  async close(): Promise<void> {
    this.#alive = false
    this.#client.end()
    const timer = setTimeout(() => this.#client.destroy(), 2000)
    await this.#closed
    clearTimeout(timer)
  }

  #open(verb: string): Promise<ClientChannel> {
    const {promise, resolve, reject} = Promise.withResolvers<ClientChannel>()
    try {
      this.#client.exec(verb, (error, stream) => {
        if (error === undefined) resolve(stream)
        else reject(new ConnectFailure(`no further channel (${error.message})`, true, error))
      })
    } catch (error) {
      reject(new ConnectFailure('the connection is gone', true, error))
    }
    void this.#closed.then((problem) => reject(new ConnectFailure(problem, true)))
    return promise
  }

  #channelOf(stream: ClientChannel): HarnessChannel {
    const {promise: ended, resolve} = Promise.withResolvers<ChannelEnd>()
    let exitCode: number | null = null
    let signal: string | null = null
    stream.on('exit', (code: number | null, name?: string) => {
      exitCode = code
      signal = name ?? null
    })
    stream.once('close', () => {
      // The connection says what broke, but only a moment after it closed its channels.
      setImmediate(() => resolve({exitCode, signal, problem: null}))
    })
    void this.#closed.then((problem) => resolve({exitCode, signal, problem}))
    const destroy = (): void => {
      stream.destroy()
      // sshd confirms only when the harness has gone, and a harness that is stuck never does.
      resolve({exitCode, signal, problem: 'it was given up'})
    }
    return {stdin: stream, stdout: stream, stderr: stream.stderr, ended, destroy}
  }
}

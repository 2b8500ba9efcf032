import type {Socket} from 'node:net'
import type {Client, ClientChannel} from 'ssh2'
import type {ChannelEnd, HarnessChannel} from '@rch/contract/channel'
import {ConnectFailure} from './connect-retries.ts'
import type {ConnectorInput} from './connector.ts'
import {handshakeSsh2} from './ssh2-handshake.ts'

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
  const {client, socket, tcpMs} = await handshakeSsh2(input, leftMs, signal)
  return new Link(client, socket, tcpMs)
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

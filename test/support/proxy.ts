import {once} from 'node:events'
import {connect, createServer, type Server, type Socket} from 'node:net'

/** `up` is what the client sends, `down` what the server answers. */
export type Direction = 'up' | 'down'

/** What the proxy does to one connection; offsets count the bytes of that direction from 0. */
export type Fault =
  /** A TCP reset towards both sides once so many bytes have passed. */
  | {readonly kind: 'reset'; readonly direction: Direction; readonly at: number}
  /** An orderly end towards both sides. */
  | {readonly kind: 'cut'; readonly direction: Direction; readonly at: number}
  /** Nothing passes any more, and nobody is told. */
  | {readonly kind: 'blackhole'; readonly direction: Direction; readonly at: number}
  /** One byte is changed. */
  | {readonly kind: 'flip'; readonly direction: Direction; readonly at: number}

export interface TcpProxy {
  readonly host: string
  readonly port: number
  /** Connections accepted so far. */
  readonly connections: number
  /** Bytes that passed on all connections. */
  readonly passed: Readonly<Record<Direction, number>>
  /** Applied to connections made from now on: the first takes the first fault, and so on; later ones pass unharmed. */
  inject(...faults: readonly (Fault | null)[]): void
  /** Applied to whichever connection brings the bytes of all of them, counted from now on, to that offset. */
  injectIntoAny(fault: Fault): void
  /** Resets every connection now. */
  resetAll(): void
  /** Refuses (resets) new connections, or takes them again. */
  refuse(on: boolean): void
  close(): Promise<void>
}

/** @param target.delayMs added to each direction: the round trip grows by twice as much. */
export async function startProxy(target: {readonly host: string; readonly port: number; readonly delayMs?: number}): Promise<TcpProxy> {
  const proxy = new Proxy(target)
  await proxy.listen()
  return proxy
}

class Proxy implements TcpProxy {
  readonly host = '127.0.0.1'
  readonly passed = {up: 0, down: 0}
  readonly #target: {readonly host: string; readonly port: number; readonly delayMs?: number}
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #faults: (Fault | null)[] = []
  /** Its offset counts from the proxy's beginning. */
  #common: Fault | null = null
  #refusing = false
  connections = 0
  port = 0

  constructor(target: {readonly host: string; readonly port: number; readonly delayMs?: number}) {
    this.#target = target
    this.#server = createServer((client) => this.#accept(client))
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.host)
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (typeof address === 'object' && address !== null) this.port = address.port
  }

  inject(...faults: readonly (Fault | null)[]): void {
    this.#faults.push(...faults)
  }

  injectIntoAny(fault: Fault): void {
    this.#common = {...fault, at: this.passed[fault.direction] + fault.at}
  }

  resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  refuse(on: boolean): void {
    this.#refusing = on
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #accept(client: Socket): void {
    this.connections += 1
    this.#keep(client)
    if (this.#refusing) {
      client.resetAndDestroy()
      return
    }
    const server = connect({host: this.#target.host, port: this.#target.port, noDelay: true})
    client.setNoDelay(true)
    this.#keep(server)
    const fault = this.#faults.shift() ?? null
    this.#pump(client, server, 'up', fault)
    this.#pump(server, client, 'down', fault)
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #pump(from: Socket, to: Socket, direction: Direction, fault: Fault | null): void {
    let offset = 0
    let swallowing = false
    let mine = fault?.direction === direction ? fault : null
    const later = (act: () => void): void => {
      const delay = this.#target.delayMs ?? 0
      if (delay === 0) act()
      else setTimeout(act, delay)
    }
    from.on('data', (chunk: Buffer) => {
      let at = mine === null ? -1 : mine.at - offset
      const behind = this.#common?.direction === direction ? this.#common.at - this.passed[direction] : -1
      if (behind >= 0 && behind < chunk.length) {
        at = behind
        mine = this.#common
        this.#common = null
      }
      offset += chunk.length
      this.passed[direction] += chunk.length
      if (swallowing) return
      if (mine === null || at < 0 || at >= chunk.length) {
        later(() => to.write(chunk))
        return
      }
      if (mine.kind === 'flip') {
        const bent = Buffer.from(chunk)
        bent[at]! ^= 0x20
        later(() => to.write(bent))
        return
      }
      swallowing = true
      const {kind} = mine
      later(() => {
        to.write(chunk.subarray(0, at))
        if (kind === 'cut') for (const socket of [from, to]) socket.end()
        if (kind === 'reset') for (const socket of [from, to]) socket.resetAndDestroy()
      })
    })
    from.once('end', () => {
      if (!swallowing) later(() => to.end())
    })
    from.once('close', () => {
      if (mine?.kind !== 'blackhole' || !swallowing) later(() => to.destroy())
    })
  }
}

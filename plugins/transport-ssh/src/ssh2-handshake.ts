import {connect as connectTcp, type Socket} from 'node:net'
import type {Client, ConnectConfig, PublicKeyAuthMethod} from 'ssh2'
import {isRchError, RchError} from '@rch/contract'
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

/**
 * Connects, checks the host key, authenticates. `tcpMs` is how long TCP took: a round trip.
 * @throws ConnectFailure, or the RchError that ends all tries: host key, authentication.
 */
export async function handshakeSsh2(
  input: ConnectorInput,
  leftMs: number,
  signal: AbortSignal,
): Promise<{readonly client: Client; readonly socket: Socket; readonly tcpMs: number}> {
  const {Client} = (await import('ssh2')).default
  const started = performance.now()
  const socket = await openSocket(input.target.host, input.target.port, signal)
  const tcpMs = performance.now() - started
  const client = new Client()
  try {
    await authenticate(client, socket, input, Math.max(1, leftMs - tcpMs), signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
  return {client, socket, tcpMs}
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

function authenticate(client: Client, socket: Socket, input: ConnectorInput, leftMs: number, signal: AbortSignal): Promise<void> {
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

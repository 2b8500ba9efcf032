import {PROTOCOL, RchError} from '@rch/contract'
import {
  checkRequest,
  describeStream,
  encodeError,
  encodeLine,
  encodeResponse,
  errorToWire,
  RequestReader,
  verbOfCommand,
  type IncomingRequest,
  type Role,
  type Verb,
} from '@rch/contract/protocol'
import {ChannelInput, standardInput} from './channel-input.ts'
import {createContext, type VerbAnswer, type VerbHandler, type WorkerContext} from './context.ts'
import {loadWorkerConfig} from '../infra/worker-config-file.ts'
import {HANDLERS} from './verbs/index.ts'
import {workerError} from './failures/worker-error.ts'

/** A channel that says nothing for this long while a request is due is closed: slow readers of keys cost no process. */
const READ_DEADLINE_MS = 60_000

/**
 * Answers one channel: a single verb, or a session of many. Whatever goes wrong becomes one error line; only then does the
 * process end. Returns the exit status, which nobody may read a result from.
 */
export async function serveForced(
  caller: {readonly role: Role; readonly owner: string},
  command: string | undefined,
  configFile: string | undefined,
): Promise<number> {
  const channel = new Channel()
  let requestId: string | null = null
  let version = 0
  try {
    const verb = verbOfCommand(command, caller.role)
    const context = createContext(loadWorkerConfig(configFile), caller)
    // A request is answered before the next one is, which is read meanwhile. Threads may work on the bytes.
    const reader = new RequestReader({memory: (bytes) => Buffer.from(new SharedArrayBuffer(bytes))})
    const input = new ChannelInput(reader, standardInput(reader))
    for (;;) {
      requestId = null
      const incoming = await input.next(READ_DEADLINE_MS)
      if (incoming === null) return 0
      requestId = incoming.request.request_id
      version = incoming.request.protocol_version
      if (verb === 'session') input.readAhead()
      await answer(context, incoming, verb, channel)
      if (verb !== 'session') return 0
    }
  } catch (error) {
    await channel.write(encodeError({protocol_version: version, request_id: requestId, error: errorToWire(outward(error))}))
    return 1
  }
}

async function answer(context: WorkerContext, incoming: IncomingRequest, channelVerb: Verb, channel: Channel): Promise<void> {
  const {request} = incoming
  const ids = {protocol_version: request.protocol_version, request_id: request.request_id}
  try {
    const op = checkRequest(request, channelVerb, context.role)
    checkVersion(op, request.protocol_version)
    if (incoming.refusal !== null) throw incoming.refusal
    const handler: VerbHandler = await HANDLERS[op]()
    const result: VerbAnswer = await handler(context, {
      payload: request.payload,
      body: incoming.body,
      stream: request.stream,
      protocolVersion: request.protocol_version,
      emit: (event) => channel.write(typeof event === 'string' ? Buffer.from(`${event}\n`) : encodeLine(event)),
      log: (bytes) => channel.writeLog(bytes),
      signal: channel.signal,
    })
    const {body} = result
    const payload =
      body === undefined
        ? result.payload
        : {...result.payload, stream: describeStream(body.format, body.bytes, {compression: body.compression ?? 'none'})}
    for (const frame of encodeResponse({...ids, payload}, body?.bytes)) await channel.write(frame)
  } catch (error) {
    await channel.write(encodeError({...ids, error: errorToWire(outward(error))}))
  }
}

function checkVersion(op: Verb, version: number): void {
  if (op === 'probe' ? version === 0 : version >= PROTOCOL.min && version <= PROTOCOL.max) return
  throw new RchError('protocol_version_unsupported', undefined, {
    data: {worker: op === 'probe' ? '0 for a probe' : `${PROTOCOL.min}..${PROTOCOL.max}`, host: version, verb: op},
  })
}

/** What a bug looks like to the other side: its message, never its stack. */
function outward(error: unknown): RchError {
  const known = workerError(error)
  if (known.code === 'internal_error' && error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`)
  return known
}

/** The two outputs of a channel, with the caller's pace: a write waits until the pipe took it. */
class Channel {
  readonly #gone = new AbortController()

  constructor() {
    for (const stream of [process.stdout, process.stderr]) {
      // A caller that went away ends what was done for it, never the job.
      stream.on('error', () => this.#gone.abort())
      stream.on('close', () => this.#gone.abort())
    }
  }

  get signal(): AbortSignal {
    return this.#gone.signal
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#send(process.stdout, bytes)
  }

  writeLog(bytes: Uint8Array): Promise<void> {
    return this.#send(process.stderr, bytes)
  }

  async #send(stream: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
    if (this.#gone.signal.aborted) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#gone.signal.removeEventListener('abort', done)
        resolve()
      }
      this.#gone.signal.addEventListener('abort', done)
      stream.write(bytes, done)
    })
  }
}

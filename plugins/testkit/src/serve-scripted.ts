import {writeSync} from 'node:fs'
import {isRchError, RchError, toRchError} from '@rch/contract'
import {checkRequest, describeStream, encodeError, encodeLine, encodeResponse, errorToWire} from '@rch/contract/protocol'
import {isRole, RequestReader, verbOfCommand, type IncomingRequest, type Role, type Verb} from '@rch/contract/protocol'

const PROTOCOL_VERSION = 1

/** One request that passed the framing and the key's permissions, and what can be said to it. */
export interface ScriptedCall {
  readonly verb: Verb
  readonly incoming: IncomingRequest
  respond(payload: Readonly<Record<string, unknown>>, body?: Uint8Array): void
  fail(error: unknown): void
  /** A line before the response: an event, or text as it is. */
  line(event: unknown): void
  log(bytes: Uint8Array): void
  /** Bytes on stdout, whatever they are. */
  write(bytes: Uint8Array): void
}

/**
 * Serves this process's channel as a harness would (`--forced=<role>:<owner>`, the verb in `SSH_ORIGINAL_COMMAND`), with the given
 * answers. Ends the process at the end of the input.
 */
export async function serveScripted(
  handle: (call: ScriptedCall) => Promise<void> | void,
  options: {readonly sessions: boolean},
): Promise<never> {
  const [role, verb] = start(options.sessions)
  const reader = new RequestReader()
  for await (const chunk of process.stdin) {
    if (chunk instanceof Uint8Array) reader.push(chunk)
    try {
      for (let one = reader.next(); one !== null; one = reader.next()) await serve(one, role, verb, handle)
    } catch (error) {
      refuse(error)
    }
  }
  return process.exit(0)
}

async function serve(
  incoming: IncomingRequest,
  role: Role,
  channel: Verb,
  handle: (call: ScriptedCall) => Promise<void> | void,
): Promise<void> {
  const ids = {protocol_version: PROTOCOL_VERSION, request_id: incoming.request.request_id}
  const fail = (error: unknown): void => writeAll(1, encodeError({...ids, error: errorToWire(toRchError(error))}))
  try {
    const verb = checkRequest(incoming.request, channel, role)
    if (incoming.refusal !== null) throw incoming.refusal
    await handle({
      verb,
      incoming,
      fail,
      respond: (payload, body) => {
        const announced = body === undefined || 'stream' in payload ? payload : {...payload, stream: describeStream('blobs', body)}
        for (const frame of encodeResponse({...ids, payload: announced}, body)) writeAll(1, frame)
      },
      line: (event) => writeAll(1, typeof event === 'string' ? Buffer.from(`${event}\n`) : encodeLine(event)),
      log: (bytes) => writeAll(2, bytes),
      write: (bytes) => writeAll(1, bytes),
    })
  } catch (error) {
    fail(error)
  }
}

function start(sessions: boolean): readonly [Role, Verb] {
  try {
    const forced = process.argv.find((word) => word.startsWith('--forced='))?.slice('--forced='.length) ?? ''
    const role = forced.split(':')[0]
    if (!isRole(role)) throw new RchError('forbidden_ssh_command', undefined, {data: {role: forced, verb: ''}})
    const verb = verbOfCommand(process.env['SSH_ORIGINAL_COMMAND'], role)
    if (verb === 'session' && !sessions) throw new RchError('forbidden_ssh_command', undefined, {data: {role, verb}})
    return [role, verb]
  } catch (error) {
    return refuse(error)
  }
}

function refuse(error: unknown): never {
  const known = isRchError(error) ? error : toRchError(error)
  writeAll(1, encodeError({protocol_version: PROTOCOL_VERSION, request_id: null, error: errorToWire(known)}))
  return process.exit(1)
}

/** Synchronous, so that what was written is out before the process ends. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) process.exit(1)
    }
  }
}

/** The scripted harness as a program: `--forced=<role>:<owner>` and `SSH_ORIGINAL_COMMAND` as the real one has them. */
import {appendFileSync, writeSync} from 'node:fs'
import {isErrorCode, isRchError, RchError, toRchError} from '@rch/contract'
import {checkRequest, describeStream, encodeError, encodeLine, encodeResponse, errorToWire, MAX_LINE_BYTES} from '@rch/contract/protocol'
import {isRole, RequestReader, verbOfCommand, type IncomingRequest, type Role, type Verb} from '@rch/contract/protocol'
import {fakeBytes} from './fake-harness.ts'

const version = 1
const [role, verb] = start()
const reader = new RequestReader()
for await (const chunk of process.stdin) {
  if (chunk instanceof Uint8Array) reader.push(chunk)
  try {
    for (let one = reader.next(); one !== null; one = reader.next()) await answer(one)
  } catch (error) {
    refuse(error)
  }
}
process.exit(0)

function start(): readonly [Role, Verb] {
  try {
    const forced = process.argv.find((word) => word.startsWith('--forced='))?.slice('--forced='.length) ?? ''
    const role = forced.split(':')[0]
    if (!isRole(role)) throw new RchError('forbidden_ssh_command', undefined, {data: {role: forced, verb: ''}})
    const verb = verbOfCommand(process.env['SSH_ORIGINAL_COMMAND'], role)
    if (verb === 'session' && process.argv.includes('--no-session'))
      throw new RchError('forbidden_ssh_command', undefined, {data: {role, verb}})
    return [role, verb]
  } catch (error) {
    return refuse(error)
  }
}

async function answer({request, body, refusal}: IncomingRequest): Promise<void> {
  const {request_id, payload} = request
  const respond = (extra: Readonly<Record<string, unknown>>, bytes?: Uint8Array): void => {
    const stream = bytes === undefined ? {} : {stream: describeStream('blobs', bytes)}
    for (const frame of encodeResponse({protocol_version: version, request_id, payload: {...extra, ...stream}}, bytes)) out(frame)
  }
  const fail = (error: unknown): void => out(encodeError({protocol_version: version, request_id, error: errorToWire(toRchError(error))}))
  try {
    checkRequest(request, verb, role)
    if (refusal !== null) throw refusal
  } catch (error) {
    return fail(error)
  }
  const act = isRecord(payload['act']) ? payload['act'] : {do: 'echo'}
  switch (act['do']) {
    case 'body':
      return respond({}, fakeBytes(numberOf(act['length'])))
    case 'events':
      for (let n = 0; n < numberOf(act['count']); n++) out(encodeLine({type: 'progress', n}))
      return respond({count: act['count']})
    case 'log':
      return log(fakeBytes(numberOf(act['length'])), () => respond({logged: act['length']}))
    case 'error':
      return fail(
        new RchError(isErrorCode(act['code']) ? act['code'] : 'internal_error', undefined, {
          data: isRecord(act['data']) ? act['data'] : {},
        }),
      )
    case 'exit':
      return leave(String(act['after']), numberOf(act['status']), request_id)
    case 'raw':
      out(Buffer.from(String(act['base64']), 'base64'))
      return process.exit(0)
    case 'long_line':
      return out(Buffer.from(`{"type":"${'x'.repeat(MAX_LINE_BYTES)}"}\n`))
    case 'wrong_id':
      return out(encodeResponse({protocol_version: version, request_id: 'another', payload: {}})[0]!)
    case 'wrong_digest': {
      const bytes = fakeBytes(64)
      const [line, content] = encodeResponse(
        {protocol_version: version, request_id, payload: {stream: describeStream('blobs', bytes)}},
        bytes,
      )
      content![7]! ^= 1
      out(line!)
      return out(content!)
    }
    case 'hang':
      return hang()
    case 'count':
      appendFileSync(String(act['file']), 'x\n')
      return act['answer'] === true ? respond({}) : hang()
    default:
      return respond({
        op: request.op,
        echo: act['echo'] ?? null,
        pid: process.pid,
        body_length: body?.length ?? null,
        body_sha256: request.stream?.content_sha256 ?? null,
      })
  }
}

function log(bytes: Uint8Array, done: () => void): void {
  const half = bytes.length >>> 1
  writeAll(2, bytes.subarray(0, half))
  out(encodeLine({type: 'progress', n: 0}))
  writeAll(2, bytes.subarray(half))
  done()
}

function leave(after: string, status: number, request_id: string): never {
  const bytes = fakeBytes(1000)
  const [line, content] = encodeResponse({protocol_version: version, request_id, payload: {stream: describeStream('blobs', bytes)}}, bytes)
  if (after === 'half_line') out(line!.subarray(0, line!.length >>> 1))
  if (after === 'half_body') out(Buffer.concat([line!, content!.subarray(0, 500)]))
  return process.exit(status)
}

/** Until the channel ends it: an end of input is not enough, as with a harness that is stuck. */
function hang(): Promise<never> {
  setInterval(() => {
    // A session whose other side is gone becomes a child of init: nobody is left to end it.
    if (process.ppid === 1) process.exit(1)
  }, 500)
  return new Promise(() => {})
}

function refuse(error: unknown): never {
  const known = isRchError(error) ? error : toRchError(error)
  out(encodeError({protocol_version: version, request_id: null, error: errorToWire(known)}))
  return process.exit(1)
}

function out(bytes: Uint8Array): void {
  writeAll(1, bytes)
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

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

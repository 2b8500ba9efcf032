/** The scripted harness as a program; what it does stands in each request (`FakeAct`). */
import {appendFileSync} from 'node:fs'
import {isErrorCode, RchError} from '@rch/contract'
import {describeStream, encodeResponse, MAX_LINE_BYTES} from '@rch/contract/protocol'
import {serveScripted, type ScriptedCall} from '../serve-scripted.ts'
import {fakeBytes} from './fake-harness.ts'

await serveScripted(act, {sessions: !process.argv.includes('--no-session')})

async function act(call: ScriptedCall): Promise<void> {
  const {request, body} = call.incoming
  const asked = isRecord(request.payload['act']) ? request.payload['act'] : {do: 'echo'}
  const length = numberOf(asked['length'])
  switch (asked['do']) {
    case 'body':
      return call.respond({}, fakeBytes(length))
    case 'events':
      for (let n = 0; n < numberOf(asked['count']); n++) call.line({type: 'progress', n})
      return call.respond({count: asked['count']})
    case 'log': {
      const bytes = fakeBytes(length)
      call.log(bytes.subarray(0, length >>> 1))
      call.line({type: 'progress', n: 0})
      call.log(bytes.subarray(length >>> 1))
      return call.respond({logged: length})
    }
    case 'error': {
      const data = isRecord(asked['data']) ? asked['data'] : {}
      return call.fail(new RchError(isErrorCode(asked['code']) ? asked['code'] : 'internal_error', undefined, {data}))
    }
    case 'exit':
      return leave(call, asked['after'], numberOf(asked['status']))
    case 'raw':
      call.write(Buffer.from(String(asked['base64']), 'base64'))
      return process.exit(0)
    case 'long_line':
      return call.write(Buffer.from(`{"type":"${'x'.repeat(MAX_LINE_BYTES)}"}\n`))
    case 'wrong_id':
      return call.line({protocol_version: 1, request_id: 'another', ok: true, payload: {}})
    case 'wrong_digest': {
      const bytes = fakeBytes(64)
      const [line, ...content] = framesOf(request.request_id, bytes)
      bytes[7] = (bytes[7] ?? 0) ^ 1
      return call.write(Buffer.concat([line, ...content]))
    }
    case 'hang':
      return hang()
    case 'count':
      appendFileSync(String(asked['file']), 'x\n')
      return asked['answer'] === true ? call.respond({}) : hang()
    default: {
      const sent = {body_length: body?.length ?? null, body_sha256: request.stream?.content_sha256 ?? null}
      return call.respond({op: request.op, echo: asked['echo'] ?? null, pid: process.pid, ...sent})
    }
  }
}

function leave(call: ScriptedCall, after: unknown, status: number): never {
  const [line, ...content] = framesOf(call.incoming.request.request_id, fakeBytes(1000))
  if (after === 'half_line') call.write(line.subarray(0, line.length >>> 1))
  if (after === 'half_body') call.write(Buffer.concat([line, ...content]).subarray(0, -500))
  return process.exit(status)
}

function framesOf(request_id: string, bytes: Uint8Array): readonly [Uint8Array, ...Uint8Array[]] {
  const payload = {stream: describeStream('blobs', bytes)}
  const [line = Buffer.alloc(0), ...content] = encodeResponse({protocol_version: 1, request_id, payload}, bytes)
  return [line, ...content]
}

/** Until the channel ends it: an end of input is not enough, as with a harness that is stuck. */
function hang(): Promise<never> {
  setInterval(() => {
    // A session whose other side is gone becomes a child of init: nobody is left to end it.
    if (process.ppid === 1) process.exit(1)
  }, 500)
  return new Promise(() => {})
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import {AnswerReader, describeStream, encodeError, encodeLine, encodeRequest, encodeResponse, errorToWire} from '@rch/contract/protocol'
import {MAX_CHUNK_BYTES, MAX_LINE_BYTES, RequestReader, type Answer, type IncomingRequest} from '@rch/contract/protocol'
import {isRchError, RchError} from '@rch/contract'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

const HEAD = {protocol_version: 1, request_id: 'r-1'}

describe('requests', () => {
  it('come back whole, in order, however the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(requestArbitrary(), {maxLength: 4}), fc.infiniteStream(fc.integer({min: 1, max: 400})), (requests, sizes) => {
        const bytes = Buffer.concat(requests.flatMap(({payload, body}, i) => [...encodeRequest(requestOf(i, payload, body), body)]))
        const reader = new RequestReader()
        const got: IncomingRequest[] = []
        for (const chunk of cut(bytes, sizes)) {
          reader.push(chunk)
          for (let one = reader.next(); one !== null; one = reader.next()) got.push(one)
        }
        reader.end()
        expect(
          got.map(({request, body, refusal}) => ({id: request.request_id, body: body === null ? null : Buffer.from(body), refusal})),
        ).toEqual(requests.map(({body}, i) => ({id: `r${i}`, body: body === undefined ? null : Buffer.from(body), refusal: null})))
      }),
      {numRuns: 200},
    )
  })

  it('that are garbage are protocol errors and nothing else', () => {
    fc.assert(
      fc.property(garbage(), fc.infiniteStream(fc.integer({min: 1, max: 50})), (bytes, sizes) => {
        const reader = new RequestReader()
        expectOnly(['protocol_error'], () => {
          for (const chunk of cut(bytes, sizes)) {
            reader.push(chunk)
            while (reader.next() !== null);
          }
          reader.end()
        })
      }),
      {numRuns: 500},
    )
  })

  it('before a violation are still handed over', () => {
    const reader = new RequestReader()
    reader.push(Buffer.concat([...encodeRequest({...HEAD, op: 'status', payload: {}}), Buffer.from('nonsense\n')]))
    expect(reader.next()?.request.op).toBe('status')
    expectOnly(['protocol_error'], () => reader.next(), true)
    expectOnly(['protocol_error'], () => reader.next(), true)
  })

  it('whose bytes are not what they say are refused, and the next is read', () => {
    const stream = {...describeStream('blobs', Buffer.from('abc')), content_sha256: '0'.repeat(64)}
    const reader = new RequestReader()
    reader.push(Buffer.concat([...encodeRequest({...HEAD, op: 'upload_blobs', payload: {stream}}, Buffer.from('abc'))]))
    reader.push(Buffer.concat([...encodeRequest({...HEAD, op: 'status', payload: {}})]))
    const first = reader.next()
    expect(first?.refusal?.code).toBe('protocol_error')
    expect(first?.refusal?.data).toMatchObject({field: 'payload.stream.content_sha256'})
    expect(reader.next()?.refusal).toBeNull()
  })

  it('may come without a digest where what they hold has its own', () => {
    const {content_sha256: _, ...stream} = describeStream('blobs', Buffer.from('abc'))
    const reader = new RequestReader()
    reader.push(Buffer.concat([...encodeRequest({...HEAD, op: 'upload_blobs', payload: {stream}}, Buffer.from('abc'))]))
    const {refusal, body} = reader.next() ?? {}
    expect(refusal).toBeNull()
    expect(Buffer.from(body ?? []).toString()).toBe('abc')
  })

  it('that end early say where', () => {
    const [line = Buffer.alloc(0), body = Buffer.alloc(0)] = encodeRequest(requestOf(0, {}, Buffer.from('abcd')), Buffer.from('abcd'))
    const inLine = new RequestReader()
    inLine.push(line.subarray(0, 10))
    expect(inLine.next()).toBeNull()
    expect(caught(() => inLine.end()).data).toMatchObject({field: 'line'})
    const inBody = new RequestReader()
    inBody.push(line)
    inBody.push(body.subarray(0, 2))
    expect(inBody.next()).toBeNull()
    expect(inBody.pending?.request_id).toBe('r0')
    expect(caught(() => inBody.end()).data).toMatchObject({field: 'stream'})
  })

  it.each([
    ['an array', '[]', 'line'],
    ['an unknown field', '{"protocol_version":1,"op":"status","request_id":"a","payload":{},"x":1}', 'x'],
    ['a version that is text', '{"protocol_version":"1","op":"status","request_id":"a","payload":{}}', 'protocol_version'],
    ['no payload', '{"protocol_version":1,"op":"status","request_id":"a"}', 'payload'],
    ['an id with a newline', '{"protocol_version":1,"op":"status","request_id":"a\\n","payload":{}}', 'request_id'],
    ['a stream that is text', '{"protocol_version":1,"op":"status","request_id":"a","payload":{"stream":"x"}}', 'payload.stream'],
    ['a negative length', requestWithStream({content_length: -1}), 'payload.stream.content_length'],
    ['a length beyond the limit', requestWithStream({content_length: MAX_CHUNK_BYTES + 1}), 'payload.stream.content_length'],
    ['an unknown format', requestWithStream({format: 'exe'}), 'payload.stream.format'],
    ['an unknown compression', requestWithStream({compression: 'gzip'}), 'payload.stream.compression'],
    ['a digest in capitals', requestWithStream({content_sha256: 'A'.repeat(64)}), 'payload.stream.content_sha256'],
    [
      'no digest of what has none inside',
      requestWithStream({format: 'manifest', content_sha256: undefined}),
      'payload.stream.content_sha256',
    ],
    ['an unknown stream field', requestWithStream({more: 1}), 'payload.stream.more'],
  ])('with %s name the field', (_what, line, field) => {
    const reader = new RequestReader()
    reader.push(Buffer.from(`${line}\n`))
    const error = caught(() => reader.next())
    expect(error.code).toBe('protocol_error')
    expect(error.data).toMatchObject({field})
  })

  it('longer than a line may be are refused before the newline comes', () => {
    const reader = new RequestReader()
    reader.push(Buffer.alloc(MAX_LINE_BYTES, 0x20))
    expect(reader.next()).toBeNull()
    reader.push(Buffer.from(' '))
    expect(caught(() => reader.next()).data).toMatchObject({limit_name: 'line', limit: MAX_LINE_BYTES})
  })

  it('that are too big are not sent', () => {
    expect(caught(() => encodeRequest({...HEAD, op: 'submit', payload: {x: 'x'.repeat(MAX_LINE_BYTES)}})).code).toBe('payload_too_large')
    expect(caught(() => encodeRequest({...HEAD, op: 'upload_blobs', payload: {stream: {content_length: 5}}}, Buffer.alloc(3))).code).toBe(
      'internal_error',
    )
  })
})

describe('answers', () => {
  it('come back whole, events first, however the bytes were cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({type: fc.constantFrom('progress', 'diagnostic', 'odd'), text: fc.string()}), {maxLength: 5}),
        fc.option(fc.uint8Array({maxLength: 2000}), {nil: undefined}),
        fc.infiniteStream(fc.integer({min: 1, max: 300})),
        (events, body, sizes) => {
          const payload = body === undefined ? {n: 1} : {n: 1, stream: describeStream('blobs', body)}
          const bytes = Buffer.concat([...events.map(encodeLine), ...encodeResponse({...HEAD, payload}, body)])
          const seen: unknown[] = []
          const reader = new AnswerReader({requestId: 'r-1', onEvent: (event) => seen.push(event)})
          let answer: Answer | null = null
          for (const chunk of cut(bytes, sizes)) answer = reader.push(chunk)
          expect(seen).toEqual(events)
          expect(answer).toEqual({ok: true, response: {payload, body: body === undefined ? null : expect.anything()}})
          if (body !== undefined && answer?.ok) expect(Buffer.from(answer.response.body!).equals(body)).toBe(true)
        },
      ),
      {numRuns: 200},
    )
  })

  it('that are garbage are coded errors and nothing else', () => {
    fc.assert(
      fc.property(garbage(), fc.infiniteStream(fc.integer({min: 1, max: 50})), (bytes, sizes) => {
        const reader = new AnswerReader({requestId: 'r-1'})
        expectOnly(['protocol_error', 'unexpected_output'], () => {
          for (const chunk of cut(bytes, sizes)) reader.push(chunk)
        })
      }),
      {numRuns: 500},
    )
  })

  it('whose bytes are not what they say are refused, unless the caller checks what they hold', () => {
    const stream = {...describeStream('blobs', Buffer.from('abc')), content_sha256: '0'.repeat(64)}
    const bytes = Buffer.concat(encodeResponse({...HEAD, payload: {stream}}, Buffer.from('abc')))
    expectOnly(['protocol_error'], () => new AnswerReader({requestId: 'r-1'}).push(bytes), true)
    const answer = new AnswerReader({requestId: 'r-1', unhashed: true}).push(bytes)
    expect(answer?.ok === true && Buffer.from(answer.response.body ?? []).toString()).toBe('abc')
  })

  it('always carry a digest', () => {
    const {content_sha256: _, ...stream} = describeStream('blobs', Buffer.from('abc'))
    const bytes = Buffer.concat(encodeResponse({...HEAD, payload: {stream}}, Buffer.from('abc')))
    expect(caught(() => new AnswerReader({requestId: 'r-1'}).push(bytes)).data).toMatchObject({field: 'payload.stream.content_sha256'})
  })

  it('keep the exact line of an event', () => {
    const line = '{"type":"progress",  "message":"\\u00e9"}'
    const lines: string[] = []
    new AnswerReader({requestId: 'r-1', onEvent: (_, text) => lines.push(text)}).push(Buffer.from(`${line}\n`))
    expect(lines).toEqual([line])
  })

  it('after a greeting are unexpected output, quoted and escaped', () => {
    const reader = new AnswerReader({requestId: 'r-1'})
    const error = caught(() => reader.push(Buffer.from('Welcome \u001b[31mhome\r\n{"ok":true}\n')))
    expect(error.code).toBe('unexpected_output')
    expect(error.data['text']).toBe('Welcome \\x1b[31mhome\\x0d\\n{"ok":true}\\n')
  })

  it.each([
    ['of another request', encodeResponse({protocol_version: 1, request_id: 'r-2', payload: {}}), 'request_id'],
    ['that are neither event nor response', [encodeLine({x: 1})], 'type'],
    ['with an ok that is text', [encodeLine({...HEAD, ok: 'yes', payload: {}})], 'ok'],
    ['with an error of a wrong shape', [encodeLine({...HEAD, ok: false, error: {code: 'BUSY'}})], 'error.retryable'],
    ['with bytes after them', [...encodeResponse({...HEAD, payload: {}}), Buffer.from('{')], 'trailing'],
  ])('%s are protocol errors that name the field', (_what, frames, field) => {
    const error = caught(() => new AnswerReader({requestId: 'r-1'}).push(Buffer.concat([...frames])))
    expect(error.code).toBe('protocol_error')
    expect(error.data).toMatchObject({field})
  })

  it('with one flipped bit in their bytes are refused', () => {
    const body = Buffer.alloc(64, 7)
    const stream = describeStream('tar', body)
    body[40]! ^= 1
    const error = caught(() =>
      new AnswerReader({requestId: 'r-1'}).push(Buffer.concat([...encodeResponse({...HEAD, payload: {stream}}, body)])),
    )
    expect(error.data).toMatchObject({field: 'payload.stream.content_sha256'})
  })

  it('that are errors carry the code, the data and the hint of the worker', () => {
    const sent = new RchError('lease_expired', undefined, {data: {lease_id: 'L'}})
    const answer = new AnswerReader({requestId: 'r-1'}).push(encodeError({...HEAD, error: errorToWire(sent)}))
    expect(answer).toMatchObject({ok: false, error: {code: 'lease_expired', message: sent.message, hint: sent.hint, data: {lease_id: 'L'}}})
  })

  it('with a code of a newer worker fall back to what its wire code stands for', () => {
    const error = {code: 'BUSY', error_code: 'quantum_busy', message: 'm', retryable: true, hint: '', data: {}}
    const answer = new AnswerReader({requestId: 'r-1'}).push(encodeError({protocol_version: 1, request_id: null, error}))
    expect(answer).toMatchObject({ok: false, error: {code: 'worker_busy', data: {error_code: 'quantum_busy'}}})
  })
})

function requestOf(i: number, payload: Record<string, unknown>, body: Uint8Array | undefined) {
  const stream = body === undefined ? {} : {stream: describeStream('blobs', body, {offset: i, last: true})}
  return {protocol_version: 1, op: 'upload_blobs', request_id: `r${i}`, payload: {...payload, ...stream}}
}

function requestArbitrary() {
  return fc.record({
    payload: fc.dictionary(fc.stringMatching(/^[a-r]{1,5}$/), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
    body: fc.option(fc.uint8Array({maxLength: 1500}), {nil: undefined}),
  })
}

/** Bytes, text, JSON of a wrong shape, and real frames with one byte changed or the end missing. */
function garbage(): fc.Arbitrary<Uint8Array> {
  const real = Buffer.concat([
    ...encodeRequest(requestOf(0, {a: 'é'}, Buffer.from('body')), Buffer.from('body')),
    ...encodeResponse({...HEAD, payload: {stream: describeStream('tar', Buffer.from('xy'))}}, Buffer.from('xy')),
  ])
  return fc.oneof(
    fc.uint8Array({maxLength: 300}),
    fc.string().map((text) => Buffer.from(`{${text}\n`)),
    fc.jsonValue().map((value) => encodeLine(value)),
    fc
      .record({
        ok: fc.jsonValue(),
        request_id: fc.jsonValue(),
        protocol_version: fc.jsonValue(),
        payload: fc.jsonValue(),
        error: fc.jsonValue(),
      })
      .map(encodeLine),
    fc.tuple(fc.nat(real.length - 1), fc.integer({min: 1, max: 255})).map(([at, by]) => {
      const bent = Buffer.from(real)
      bent[at]! ^= by
      return bent
    }),
    fc.nat(real.length - 1).map((end) => real.subarray(0, end)),
  )
}

function* cut(bytes: Uint8Array, sizes: Iterable<number>): Generator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    if (at >= bytes.length) return
    yield bytes.subarray(at, at + size)
    at += size
  }
}

function requestWithStream(differs: Record<string, unknown>): string {
  const stream = {...describeStream('blobs', Buffer.from('abc')), ...differs}
  return JSON.stringify({protocol_version: 1, op: 'upload_blobs', request_id: 'a', payload: {stream}})
}

function caught(act: () => unknown): RchError {
  try {
    act()
  } catch (error) {
    if (isRchError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

function expectOnly(codes: readonly string[], act: () => unknown, mustThrow = false): void {
  let code: string | null = null
  try {
    act()
  } catch (error) {
    code = isRchError(error) ? error.code : `a ${String(error)}`
  }
  if (code !== null || mustThrow) expect(codes).toContain(code)
}

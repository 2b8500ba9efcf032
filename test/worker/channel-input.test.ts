import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {fileURLToPath} from 'node:url'
import {describeStream, encodeRequest, RequestReader} from '@rch/contract/protocol'
import {describe, expect, it} from 'vitest'
import {ChannelInput, StreamBytes} from '../../src/worker/channel-input.ts'

const PATIENCE_MS = 60_000

describe('the input of a channel', () => {
  it('gives its requests in order, whatever came before it was asked for', async () => {
    const {stream, input} = inputOver()
    const [first, second] = [requestWith('early', 10), requestWith('late', 300_000)]
    stream.write(Buffer.concat([first.subarray(0, -3)]))
    setImmediate(() => {
      stream.write(first.subarray(-3))
      setImmediate(() => stream.end(second))
    })
    expect((await input.next(PATIENCE_MS))?.request.request_id).toBe('early')
    const late = await input.next(PATIENCE_MS)
    expect(late).toMatchObject({request: {request_id: 'late'}, refusal: null})
    expect(late?.body?.every((byte) => byte === 7)).toBe(true)
    expect(await input.next(PATIENCE_MS)).toBeNull()
  })

  it('reads the next one while another is answered, and tells then what was wrong with it', async () => {
    const {stream, input} = inputOver()
    stream.write(requestWith('first', 10))
    await input.next(PATIENCE_MS)
    input.readAhead()
    const second = requestWith('second', 300_000)
    stream.write(second.subarray(0, 100))
    await new Promise(setImmediate)
    stream.write(second.subarray(100))
    stream.write(requestWith('third', 0))
    stream.write('{}\n')
    await new Promise(setImmediate)
    expect((await input.next(1))?.body?.length).toBe(300_000)
    input.readAhead()
    expect((await input.next(PATIENCE_MS))?.request.request_id).toBe('third')
    input.readAhead()
    await new Promise(setImmediate)
    await expect(input.next(PATIENCE_MS)).rejects.toMatchObject({code: 'protocol_error'})
  })

  it('is over when it breaks off between requests, and when nothing comes for too long', async () => {
    expect(await inputOver().input.next(1)).toBeNull()
    const {stream, input} = inputOver()
    const waiting = input.next(PATIENCE_MS)
    stream.destroy(new Error('gone'))
    expect(await waiting).toBeNull()
    expect(await input.next(PATIENCE_MS)).toBeNull()
  })

  it('that ends inside a request says so', async () => {
    const {stream, input} = inputOver()
    stream.end(requestWith('cut', 100).subarray(0, -1))
    await expect(input.next(PATIENCE_MS)).rejects.toMatchObject({code: 'protocol_error', data: {field: 'stream', got: 99}})
  })

  it('keeps no listeners of requests that are over', async () => {
    const {stream, input} = inputOver()
    const count = (): number => stream.listenerCount('data') + stream.listenerCount('end')
    const before = count()
    for (let i = 0; i < 100; i++) {
      stream.write(requestWith(String(i), i))
      expect((await input.next(PATIENCE_MS))?.request.request_id).toBe(String(i))
    }
    expect(count()).toBe(before)
  })

  it('is read from a pipe in place, however it is cut', async () => {
    const child = spawn(process.execPath, ['--conditions=rch-source', '--input-type=module', '-e', ECHO], {
      stdio: ['pipe', 'pipe', 'inherit'],
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    })
    const said: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
    const sizes = [0, 1, 70_000, 3_000_000, 5, 0, 200_000]
    const bytes = Buffer.concat(sizes.map((size, i) => requestWith(`r${i}`, size)))
    for (let at = 0; at < bytes.length; at += 100_003) child.stdin.write(bytes.subarray(at, at + 100_003))
    child.stdin.end()
    await once(child, 'close')
    expect(Buffer.concat(said).toString().trim().split('\n')).toEqual([...sizes.map((size, i) => `r${i} ${size} true`), 'end'])
  })
})

/** Answers what it reads from its standard input. */
const ECHO = `
import {RequestReader} from '@rch/contract/protocol'
import {ChannelInput, SocketBytes} from './src/worker/channel-input.ts'
const reader = new RequestReader({memory: (bytes) => Buffer.from(new SharedArrayBuffer(bytes))})
const input = new ChannelInput(reader, new SocketBytes(0, reader))
for (let one = await input.next(60000); one !== null; one = await input.next(60000)) {
  input.readAhead()
  // Long enough for a part of the next one to come.
  await new Promise(setImmediate)
  console.log(one.request.request_id, one.body?.length ?? 0, one.refusal === null && (one.body ?? []).every((byte) => byte === 7))
}
console.log('end')
`

function inputOver() {
  const stream = new PassThrough()
  stream.on('error', () => {})
  const reader = new RequestReader()
  return {stream, input: new ChannelInput(reader, new StreamBytes(stream, reader))}
}

function requestWith(id: string, size: number): Buffer {
  const body = Buffer.alloc(size, 7)
  const payload = size === 0 ? {} : {stream: describeStream('blobs', body)}
  const op = size === 0 ? 'status' : 'upload_blobs'
  return Buffer.concat(encodeRequest({protocol_version: 1, op, request_id: id, payload}, size === 0 ? undefined : body))
}

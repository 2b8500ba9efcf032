import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {setImmediate} from 'node:timers/promises'
import {childChannel, connectionOver, type ChannelSource} from '@rch/contract/channel'
import {encodeResponse, RequestReader} from '@rch/contract/protocol'
import type {Connection} from '@rch/contract'
import {fakeHarnessCommand} from '@rch/testkit'
import {afterEach, describe, expect, it} from 'vitest'

const open: Connection[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()))
})

describe('a connection', () => {
  it('leaves a session on which nothing was asked for long, before the harness does', async () => {
    const {connection, opened} = connect({sessionIdleMs: 0})
    const first = await ask(connection)
    expect(await ask(connection)).not.toBe(first)
    expect(opened).toEqual(['session', 'session'])
  })

  it.each(['internal_error', 'worker_degraded'])(
    'asks another process after %s: what went wrong may stay wrong in that one',
    async (code) => {
      const {connection, opened} = connect({})
      const pid = await ask(connection)
      const failing = connection.call({verb: 'status', payload: {act: {do: 'error', code}}, protocolVersion: 1})
      await expect(failing).rejects.toMatchObject({code})
      expect(await ask(connection)).not.toBe(pid)
      expect(opened).toEqual(['session', 'session'])
    },
  )

  it('keeps no session when it is told so', async () => {
    const {connection, opened} = connect({maxSessions: 0})
    await ask(connection)
    expect(opened).toEqual(['status'])
  })

  it('gives a call up on which no byte moves', async () => {
    const {connection} = connect({stallMs: 3000})
    const call = connection.call({verb: 'status', payload: {act: {do: 'hang'}}, protocolVersion: 1})
    await expect(call).rejects.toMatchObject({code: 'worker_unreachable', data: {indeterminate: true, problem: 'no byte moved for 3 s'}})
    await ask(connection)
  })

  it('drops a session on which something is said between two calls', async () => {
    const {connection, children} = connect({})
    await ask(connection)
    const gone = children.map((child) => once(child, 'exit'))
    for (const child of children) child.stdout.emit('data', Buffer.from('{"type":"surprise"}\n'))
    await Promise.all(gone)
    await ask(connection)
    expect(children.length).toBe(2)
  })

  it('does not wait for a channel when the call was given up, and ends the one that comes late', async () => {
    const {source, children} = fakeSource()
    const gate = Promise.withResolvers<void>()
    const slow: ChannelSource = {...source, open: (verb) => gate.promise.then(() => source.open(verb))}
    const connection = connectionOver(slow, {peer: () => ({host_key_fingerprint: null, verified: 'local'})})
    open.push(connection)
    const given = new AbortController()
    const call = connection.call({verb: 'status', payload: {}, protocolVersion: 1}, given.signal)
    given.abort()
    await expect(call).rejects.toMatchObject({code: 'worker_unreachable', data: {indeterminate: false}})
    gate.resolve()
    await expect.poll(() => children.map(({killed}) => killed)).toEqual([true])
    await ask(connection)
  })

  it('passes on why the harness cannot be reached, and asks again the next time', async () => {
    let reachable = false
    const {source} = fakeSource()
    const failing: ChannelSource = {...source, open: (verb) => (reachable ? source.open(verb) : Promise.reject(new Error('away')))}
    const connection = connectionOver(failing, {peer: () => ({host_key_fingerprint: null, verified: 'local'})})
    open.push(connection)
    await expect(ask(connection)).rejects.toThrow('away')
    reachable = true
    await ask(connection)
  })
})

describe('calls in line', () => {
  it('go to one process, the second before the first is answered, also when both answers come at once', async () => {
    const {source, read} = answersInPairs()
    const connection = connectionOver(source, {peer: () => ({host_key_fingerprint: null, verified: 'local'})})
    open.push(connection)
    await ask(connection)
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all([inLine(connection, {round, n: 0}), inLine(connection, {round, n: 1})])
      expect(answers).toEqual([
        {round, n: 0},
        {round, n: 1},
      ])
    }
    expect(read).toEqual(['session'])
  })

  it('begin only where something was answered, are four at most on one channel, and take no call of another kind', async () => {
    const {connection, opened} = connect({})
    const pid = await ask(connection)
    const hanging = new AbortController()
    const calls = [1, 2, 3, 4, 5].map(() => inLine(connection, {act: {do: 'hang'}}, hanging.signal).catch(() => null))
    await expect.poll(() => opened).toEqual(['session', 'session'])
    expect(await ask(connection)).not.toBe(pid)
    expect(opened).toEqual(['session', 'session', 'session'])
    hanging.abort()
    await Promise.all(calls)
  })

  it('are answered each for itself when one is refused', async () => {
    const {connection, opened} = connect({})
    await ask(connection)
    const refused = inLine(connection, {act: {do: 'error', code: 'lease_expired'}})
    const fine = inLine(connection, {act: {do: 'echo', echo: 'fine'}})
    await expect(refused).rejects.toMatchObject({code: 'lease_expired'})
    expect(await fine).toMatchObject({echo: 'fine'})
    expect(opened).toEqual(['session'])
  })

  it.each([
    ['is given up', 'first', {do: 'hang'}],
    ['behind is given up', 'second', {do: 'hang'}],
    ['gets no answer', null, {do: 'hang'}],
    ['ends the harness', null, {do: 'exit', status: 1}],
    ['is answered with something else', null, {do: 'wrong_id'}],
  ])('both end, and the next call is made elsewhere, when one %s', async (_what, givenUp, act) => {
    const {connection, opened} = connect({stallMs: 3000})
    await ask(connection)
    const given = new AbortController()
    const first = inLine(connection, {act}, givenUp === 'first' ? given.signal : undefined)
    const second = inLine(connection, {act: {do: 'echo'}}, givenUp === 'second' ? given.signal : undefined)
    const [one, two] = [first, second].map(async (call) => call.catch((error: unknown) => error))
    // Both are on their way by then.
    await setImmediate()
    if (givenUp !== null) given.abort()
    expect(await one).toMatchObject({code: act.do === 'wrong_id' ? 'protocol_error' : 'worker_unreachable'})
    expect(await two).toMatchObject({code: 'worker_unreachable', data: {indeterminate: true}})
    await ask(connection)
    expect(opened).toEqual(['session', 'session'])
  })
})

function connect(options: {readonly sessionIdleMs?: number; readonly maxSessions?: number; readonly stallMs?: number}) {
  const fake = fakeSource()
  const connection = connectionOver(fake.source, {...options, peer: () => ({host_key_fingerprint: null, verified: 'local'})})
  open.push(connection)
  return {...fake, connection}
}

function fakeSource() {
  const [program = '', ...words] = fakeHarnessCommand()
  const opened: string[] = []
  const children: ReturnType<typeof start>[] = []
  const start = (verb: string) => spawn(program, [...words, '--forced=run:test'], {env: {...process.env, SSH_ORIGINAL_COMMAND: verb}})
  const source: ChannelSource = {
    worker: 'mac',
    open: async (verb) => {
      opened.push(verb)
      const child = start(verb)
      children.push(child)
      return childChannel(child)
    },
    close: async () => {},
  }
  return {source, opened, children}
}

/** A harness that answers what it was asked: the first request at once, then always two together, in one piece. */
function answersInPairs() {
  const read: string[] = []
  const source: ChannelSource = {
    worker: 'mac',
    open: async (verb) => {
      read.push(verb)
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
      const reader = new RequestReader()
      const held: Uint8Array[] = []
      let due = 1
      stdin.on('data', (chunk: Uint8Array) => {
        reader.push(chunk)
        for (let incoming = reader.next(); incoming !== null; incoming = reader.next()) {
          const {request_id, payload} = incoming.request
          held.push(...encodeResponse({protocol_version: 1, request_id, payload}))
        }
        if (held.length < due) return
        due = 2
        stdout.write(Buffer.concat(held.splice(0)))
      })
      const ended = once(stdin, 'close').then(() => ({exitCode: 0, signal: null, problem: null}))
      return {stdin, stdout, stderr, ended, destroy: () => void stdin.destroy()}
    },
    close: async () => {},
  }
  return {source, read}
}

async function inLine(connection: Connection, payload: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<unknown> {
  return (await connection.call({verb: 'status', payload, protocolVersion: 1, inLine: true}, signal)).payload
}

async function ask(connection: Connection): Promise<unknown> {
  return (await connection.call({verb: 'status', payload: {}, protocolVersion: 1})).payload['pid']
}

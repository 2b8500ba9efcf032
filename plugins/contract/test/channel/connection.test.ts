import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {childChannel, connectionOver, type ChannelSource} from '@rch/contract/channel'
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

async function ask(connection: Connection): Promise<unknown> {
  return (await connection.call({verb: 'status', payload: {}, protocolVersion: 1})).payload['pid']
}

import {once} from 'node:events'
import {PassThrough} from 'node:stream'
import {describe, expect, it} from 'vitest'
import {ChannelInput} from '../../src/worker/channel-input.ts'

const PATIENCE_MS = 60_000

describe('the input of a channel', () => {
  it('is read piece by piece to its end, whatever came before it was asked for', async () => {
    const stream = new PassThrough()
    const input = new ChannelInput(stream)
    stream.write('early')
    const pieces: string[] = []
    setImmediate(() => {
      stream.write('late')
      setImmediate(() => stream.end('last'))
    })
    for (let piece = await input.next(PATIENCE_MS); piece !== null; piece = await input.next(PATIENCE_MS)) pieces.push(piece.toString())
    expect(pieces.join('')).toBe('earlylatelast')
    expect(await input.next(PATIENCE_MS)).toBeNull()
  })

  it('is over when it breaks off, and when nothing comes for too long', async () => {
    const silent = new ChannelInput(new PassThrough())
    expect(await silent.next(1)).toBeNull()
    const stream = new PassThrough()
    const broken = new ChannelInput(stream)
    const waiting = broken.next(PATIENCE_MS)
    stream.destroy(new Error('gone'))
    expect(await waiting).toBeNull()
    expect(await broken.next(PATIENCE_MS)).toBeNull()
  })

  it('adds no listener for a piece, however many there are', async () => {
    const stream = new PassThrough()
    const input = new ChannelInput(stream)
    const before = stream.listenerCount('readable') + stream.listenerCount('end')
    for (let i = 0; i < 100; i++) {
      const next = input.next(PATIENCE_MS)
      stream.write(String(i))
      expect((await next)?.toString()).toBe(String(i))
    }
    expect(stream.listenerCount('readable') + stream.listenerCount('end')).toBe(before)
    const closed = once(stream, 'close')
    stream.destroy()
    await closed
  })
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createInterpreter} from '@rch/interpreter'
import {eventsOf, summaryOf} from './support/read-log.ts'
import {OWN_LOG, sampleLogs} from './support/sample-logs.ts'

const logs = sampleLogs(40_000)
const large = sampleLogs(4_000_000).filter(({bytes}) => bytes.length > 40_000)

/** Every offset inside a multi-byte character. */
function middles(bytes: Buffer): number[] {
  return [...bytes.keys()].filter((at) => (bytes[at] ?? 0) >> 6 === 2)
}

describe('chunk boundaries', () => {
  it.each(logs)('$name: any cuts give the same events', ({bytes}) => {
    const whole = eventsOf(bytes)
    const cuts = fc.array(fc.nat({max: bytes.length}), {maxLength: 40})
    fc.assert(
      fc.property(cuts, (at) => {
        expect(eventsOf(bytes, {}, at)).toEqual(whole)
      }),
      {numRuns: 12},
    )
  })

  it.each(large)('$name: pipe-sized and odd chunks give the same events', ({bytes}) => {
    const whole = eventsOf(bytes)
    for (const size of [4097, 65_536]) {
      const cuts = Array.from({length: Math.floor(bytes.length / size)}, (_, index) => (index + 1) * size)
      expect(eventsOf(bytes, {}, cuts)).toEqual(whole)
    }
  })

  it.each(logs)('$name: a cut in every character gives the same events', ({bytes}) => {
    expect(eventsOf(bytes, {}, middles(bytes))).toEqual(eventsOf(bytes))
  })

  it('takes single bytes', () => {
    expect(eventsOf(OWN_LOG, {}, [...OWN_LOG.keys()])).toEqual(eventsOf(OWN_LOG))
  })

  it.each(logs)('$name: Windows line ends change nothing', ({bytes}) => {
    const crlf = Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
    expect(eventsOf(crlf)).toEqual(eventsOf(bytes))
  })

  it.each(logs)('$name: colour codes change nothing', ({bytes}) => {
    const coloured = bytes
      .toString('utf8')
      .split('\n')
      .map((line, index) => (line === '' ? line : `\u001B[${30 + (index % 8)}m${line}\u001B[0m`))
      .join('\n')
    expect(eventsOf(coloured)).toEqual(eventsOf(bytes.toString('utf8')))
  })

  it('a reused buffer does no harm', () => {
    const interpreter = createInterpreter()
    const shared = Buffer.alloc(7)
    const events = []
    for (let at = 0; at < OWN_LOG.length; at += 7) {
      const length = OWN_LOG.copy(shared, 0, at, at + 7)
      events.push(...interpreter.push(shared.subarray(0, length)))
    }
    events.push(...interpreter.end())
    expect(events).toEqual(eventsOf(OWN_LOG))
  })
})

describe('lines without end', () => {
  it('keeps one line of 1 GB within a fixed memory and reads on', () => {
    const interpreter = createInterpreter()
    const chunk = Buffer.alloc(1 << 20, 0x78)
    const before = process.memoryUsage.rss()
    const events = [...interpreter.push(Buffer.from('/w/A.swift:1:1: error: '))]
    for (let sent = 0; sent < 1024; sent += 1) events.push(...interpreter.push(chunk))
    events.push(...interpreter.push(Buffer.from('\n** BUILD FAILED **\n')), ...interpreter.end())
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 << 20)
    expect(events.map(({type}) => type)).toEqual(['warning', 'diagnostic', 'phase_started', 'phase_completed'])
  })

  it('cuts a long line at the same place whatever the chunks are', () => {
    const line = Buffer.concat([Buffer.from('/w/A.swift:1:1: error: '), Buffer.alloc(600_000, 0x79), Buffer.from('\nnext\n')])
    const whole = eventsOf(line)
    expect(eventsOf(line, {}, [1, 262_143, 262_144, 262_145, 600_020])).toEqual(whole)
  })

  it('reads invalid UTF-8', () => {
    const text = Buffer.from([0x2f, 0x77, 0x2f, 0xff, 0xfe, 0x2e, 0x63])
    expect(summaryOf(Buffer.concat([text, Buffer.from(':1:1: error: bad \x80 byte\n', 'latin1')])).errors).toBe(1)
  })
})

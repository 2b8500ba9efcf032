import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterAll, expect, it} from 'vitest'
import {contiguousEnd, isCovered, Received, sentBytes} from '../../../src/worker/uploads/received.ts'

const directory = mkdtempSync(join(tmpdir(), 'rch-received-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

it('stays few, and says the same of what has arrived, however often it is folded', () => {
  let runs = 0
  const chunk = fc.record({length: fc.integer({min: 1, max: 9}), sent: fc.integer({min: 1, max: 9}), late: fc.boolean()})
  fc.assert(
    fc.property(fc.array(chunk, {minLength: 20, maxLength: 90}), (chunks) => {
      const received = new Received(join(directory, String(runs++)))
      let at = 0
      let waiting: {readonly from: number; readonly to: number; readonly sent: number} | null = null
      for (const {length, sent, late} of chunks) {
        const next = {from: at, to: at + length, sent}
        at += length
        // One may come after the one behind it.
        if (late && waiting === null) waiting = next
        else {
          received.record(next)
          if (waiting !== null) received.record(waiting)
          waiting = null
        }
        const end = waiting?.from ?? at
        received.fold()
        expect(contiguousEnd(received.chunks())).toBe(end)
        expect(isCovered(received.chunks(), 0, end)).toBe(true)
        expect(received.chunks().length).toBeLessThan(40)
      }
      const all = chunks.reduce((sum, {sent}) => sum + sent, 0)
      expect(sentBytes(received.chunks())).toBe(all - (waiting?.sent ?? 0))
    }),
    {numRuns: 30},
  )
})

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {byteLines} from '../../src/infra/byte-lines.ts'

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function lines(text: string, size: number, most: number): Promise<readonly (string | null)[]> {
  const found: (string | null)[] = []
  for await (const line of byteLines(chunks(Buffer.from(text), size), most)) found.push(line === null ? null : Buffer.from(line).toString())
  return found
}

describe('byte lines', () => {
  it('are the same however the bytes arrive, and end at newlines only', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({unit: fc.constantFrom('a', 'é', '\n', '\r', '\u2028', '\u0085')}),
        fc.integer({min: 1, max: 9}),
        async (text, size) => {
          const expected = text.split('\n').map((line) => line.replace(/\r$/, ''))
          if (text === '' || text.endsWith('\n')) expected.pop()
          expect(await lines(text, size, 1000)).toEqual(expected)
        },
      ),
    )
  })

  it('that are too long are told as such, and the next one is whole', async () => {
    expect(await lines('ok\n12345678901\n1234567890\n', 3, 10)).toEqual(['ok', null, '1234567890'])
  })
})

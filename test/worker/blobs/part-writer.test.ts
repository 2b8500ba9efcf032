import {createHash, randomBytes} from 'node:crypto'
import {closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {partWriter} from '../../../src/worker/blobs/part-writer.ts'

const directory = mkdtempSync(join(tmpdir(), 'rch-part-writer-'))
afterAll(() => rmSync(directory, {recursive: true, force: true}))

describe.each([
  ['here', 1000],
  ['in a thread of its own', 100 * 1024 * 1024],
])('a content that is written %s', (_, size) => {
  it('is what came, with its digest, from memory that is used again', async () => {
    const path = join(directory, String(size))
    const fd = openSync(path, 'w')
    const writer = partWriter(fd, size)
    const content = randomBytes(2_000_000)
    const memory = Buffer.from(new SharedArrayBuffer(700_000))
    for (let at = 0; at < content.length; at += memory.length) {
      const piece = content.subarray(at, at + memory.length)
      memory.set(piece)
      await writer.write(at === 0 ? piece : memory.subarray(0, piece.length))
    }
    expect(await writer.digest()).toBe(createHash('sha256').update(content).digest('hex'))
    writer.close()
    closeSync(fd)
    expect(readFileSync(path).equals(content)).toBe(true)
  })

  it('fails with what the system says', async () => {
    const path = join(directory, 'read-only')
    writeFileSync(path, '')
    const fd = openSync(path, 'r')
    const writer = partWriter(fd, size)
    await expect(writer.write(Buffer.from('bytes'))).rejects.toMatchObject({code: 'EBADF'})
    writer.close()
    closeSync(fd)
  })
})

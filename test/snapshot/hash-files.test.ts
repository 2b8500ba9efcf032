import {createHash} from 'node:crypto'
import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {hashFiles} from '../../src/snapshot/hash/hash-files.ts'

const root = mkdtempSync(join(tmpdir(), 'rch-hash-files-'))
/** Enough that threads take part; names of one, two, three and four bytes a character. */
const small = Array.from({length: 1500}, (_, i) => `${['plain', 'übung', '試験', '🙂 "x"\n'][i % 4] ?? ''} ${i}`)
const large = ['large 0', 'large 1', 'large 2']

beforeAll(() => {
  for (const path of small) writeFileSync(join(root, path), `content of ${path}`)
  for (const path of large) writeFileSync(join(root, path), Buffer.alloc(3_000_000, path))
  symlinkSync('nowhere', join(root, 'link'))
  writeFileSync(join(root, 'pointer'), POINTER)
})
afterAll(() => rmSync(root, {recursive: true, force: true}))

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'
const OPTIONS = {root, recentFromMs: 0, oid: {algorithm: 'sha1', converts: false}} as const

describe('hashing many files', () => {
  it.each([
    ['on several threads', [...small.slice(0, 700), ...large, 'gone', 'link', 'pointer', ...small.slice(700)]],
    ['alone but for what is large', [...small.slice(0, 40), ...large, 'gone', 'link', 'pointer']],
    ['of which all are large', large],
    ['of which there are none', []],
  ])('answers each by its position, %s', async (_, paths) => {
    const counts: number[] = []
    const hashing = hashFiles(paths, {...OPTIONS, onProgress: (done) => counts.push(done)})
    const ready: number[] = []
    const early: unknown[] = []
    const {results} = hashing
    for await (const count of hashing.progress()) {
      for (let i = early.length; i < count; i++) early.push(results.get(i))
      ready.push(count)
    }
    // What was said to be done was: it is the same at the end.
    expect(early).toEqual(paths.map((_, i) => results.get(i)))
    expect(ready).toEqual(ready.toSorted((a, b) => a - b))
    expect(ready.at(-1) ?? 0).toBe(paths.length)
    for (const [i, path] of paths.entries()) {
      const result = results.get(i)
      if (path === 'gone') expect(result).toMatchObject({problem: 'missing'})
      else if (path === 'link') expect(result).toMatchObject({problem: 'special'})
      else {
        const content = path === 'pointer' ? Buffer.from(POINTER) : contentOf(path)
        const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
        const sha256 = createHash('sha256').update(content).digest('hex')
        const pointer = path === 'pointer' ? POINTER : null
        expect(result).toMatchObject({kind: 'file', sha256, bytes: content.length, oid, pointer})
      }
    }
    expect(counts.at(-1) ?? 0).toBe(paths.length)
  })

  it('ends at once with the reason of its signal', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const progress = hashFiles(small, {...OPTIONS, signal: controller.signal, onProgress: () => controller.abort(reason)}).progress()
    const toItsEnd = async () => {
      for await (const count of progress) expect(count).toBeLessThan(small.length)
    }
    await expect(toItsEnd()).rejects.toBe(reason)
  })
})

function contentOf(path: string): Buffer {
  return path.startsWith('large') ? Buffer.alloc(3_000_000, path) : Buffer.from(`content of ${path}`)
}

import {mkdirSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {sha256} from '@rch/contract/identity'
import {blobHeader} from '@rch/contract/source'
import fc from 'fast-check'
import {afterAll, describe, expect, it} from 'vitest'
import {BlobSink, distinctFiles, NotAsSealed, type WantedFile} from '../../../src/app/artifacts/fetch/blob-sink.ts'

const base = mkdtempSync(join(tmpdir(), 'rch-blob-sink-'))
afterAll(() => rmSync(base, {recursive: true, force: true}))
let directories = 0
const directory = (): string => {
  const path = join(base, String(directories++))
  mkdirSync(path)
  return path
}

/** Files with these contents, and the stream that brings them. */
function streamOf(contents: readonly Uint8Array[]): {readonly files: readonly WantedFile[]; readonly stream: Buffer} {
  const files = contents.map((content, i) => ({path: `d${i % 3}/f${i}`, bytes: content.length, sha256: sha256(content)}))
  const byDigest = new Map(files.map((file, i) => [file.sha256, contents[i] ?? Buffer.alloc(0)]))
  const parts = distinctFiles(files).flatMap((file) => [blobHeader(file), byDigest.get(file.sha256) ?? Buffer.alloc(0)])
  return {files, stream: Buffer.concat(parts)}
}

const problemOf = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error instanceof NotAsSealed ? {path: error.path, problem: error.problem} : error
  }
  return undefined
}

describe('a sink of blobs', () => {
  it('makes the files that were asked for, however the stream is cut', () => {
    const contents = fc.array(fc.uint8Array({maxLength: 40}), {maxLength: 12})
    fc.assert(
      fc.property(contents, fc.array(fc.nat({max: 500})), (contents, cuts) => {
        const {files, stream} = streamOf(contents)
        const place = directory()
        const sink = new BlobSink(place, files)
        const stops = [...cuts.filter((cut) => cut < stream.length).toSorted((a, b) => a - b), stream.length]
        let bytes = 0
        for (const [i, stop] of stops.entries()) bytes = sink.write(stream.subarray(stops[i - 1] ?? 0, stop))
        sink.end()
        expect(bytes).toBe(distinctFiles(files).reduce((sum, file) => sum + file.bytes, 0))
        for (const [i, {path}] of files.entries()) expect(readFileSync(join(place, path)).equals(contents[i] ?? Buffer.alloc(0))).toBe(true)
      }),
      {numRuns: 60},
    )
  })

  it('refuses a bent byte, another content, too much and too little', () => {
    const {files, stream} = streamOf([Buffer.from('first'), Buffer.from('second')])
    const bent = Buffer.from(stream)
    bent[42] = (bent[42] ?? 0) ^ 1
    const other = Buffer.from(stream)
    other[3] = (other[3] ?? 0) ^ 1
    expect(problemOf(() => new BlobSink(directory(), files).write(bent))).toMatchObject({path: 'd0/f0'})
    expect(problemOf(() => new BlobSink(directory(), files).write(other))).toMatchObject({path: 'd0/f0'})
    expect(problemOf(() => new BlobSink(directory(), files).write(Buffer.concat([stream, Buffer.alloc(1)])))).toMatchObject({
      path: '(stream)',
    })
    const short = new BlobSink(directory(), files)
    short.write(stream.subarray(0, -1))
    expect(problemOf(() => short.end())).toMatchObject({path: 'd1/f1'})
    short.close()
  })
})

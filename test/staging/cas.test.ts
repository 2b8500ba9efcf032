import {randomBytes} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {uuidv7} from '@rch/contract/identity'
import {stageCas} from '../../src/staging/cas.ts'
import {materialise} from '../../src/worker/tree/materialise.ts'
import {verifyTree} from '../../src/worker/tree/verify-tree.ts'
import {LIMITS, makeSource, makeWorker, scratch, type Tree} from '../support/staging.ts'

function manyFiles(count: number): Tree {
  return Object.fromEntries(
    Array.from({length: count}, (_, i) => [`Sources/Module${i % 17}/File${i}.swift`, `let value${i} = ${i}\n`.repeat(1 + (i % 50))]),
  )
}

describe('staging by content', () => {
  it('brings a tree to the worker, byte for byte, and says so', async () => {
    const root = scratch()
    const tree: Tree = {
      ...manyFiles(200),
      'App/big.bin': randomBytes(11_000_000),
      'App/empty': '',
      'App/twin': '',
      'App/run.sh': {executable: '#!/bin/sh\n'},
      'App/link': {link: '../Sources'},
      'Ünï/文件.swift': 'let 名 = 1\n',
    }
    const source = makeSource(join(root, 'host'), tree)
    const worker = makeWorker(join(root, 'worker'))
    const uploadId = uuidv7()
    const {receipt, statistics} = await stageCas({
      connection: worker.connection,
      protocolVersion: 1,
      uploadId,
      snapshot: source,
      limits: LIMITS,
    })
    expect(receipt).toMatchObject({
      upload_id: uploadId,
      stager: 'cas',
      source_tree_hash: source.sourceTreeHash,
      entries: source.entries.length,
    })
    expect(statistics).toMatchObject({files_sent: receipt.files_changed, resumes: 0, manifest_form: 'full'})
    const finished = worker.uploads.finished('host', uploadId)
    expect(finished.manifest.equals(source.manifestBytes)).toBe(true)
    const slot = join(root, 'slot')
    const made = await materialise({slot, entries: finished.entries, blobs: worker.blobs, readOnly: false})
    expect(made.source_tree_hash).toBe(source.sourceTreeHash)
    expect(await verifyTree(made.source, source.entries)).toEqual({
      source_tree_hash: source.sourceTreeHash,
      modified: [],
      missing: [],
      extras: [],
    })
    expect(readFileSync(join(made.source, 'App/big.bin')).equals(readFileSync(join(root, 'host', 'App/big.bin')))).toBe(true)
    expect(statSync(join(made.source, 'App/run.sh')).mode & 0o777).toBe(0o755)
  })

  it('has no digest of a whole chunk where the worker takes that, and one for everything else', async () => {
    const root = scratch()
    const source = makeSource(join(root, 'host'), {...manyFiles(20), 'App/big.bin': randomBytes(9_000_000)})
    const checks = async (features: readonly string[] | undefined): Promise<readonly string[]> => {
      const worker = makeWorker(join(root, `worker-${String(features)}`))
      const options = {connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot: source, limits: LIMITS}
      await stageCas({...options, ...(features === undefined ? {} : {features})})
      return worker.log.map(({verb, stream}) => `${verb} ${'content_sha256' in stream ? 'hashed' : 'unhashed'}`)
    }
    const asked = await checks(['cas', 'upload_unhashed'])
    expect(asked[0]).toBe('missing_blobs hashed')
    expect(asked.slice(1)).toEqual([1, 2, 3].map(() => 'upload_blobs unhashed'))
    for (const features of [['cas'], undefined]) {
      expect(new Set(await checks(features))).toEqual(new Set(['missing_blobs hashed', 'upload_blobs hashed']))
    }
  })

  it('sends one request and no content when nothing is missing', async () => {
    const root = scratch()
    const source = makeSource(join(root, 'host'), manyFiles(50))
    const worker = makeWorker(join(root, 'worker'))
    await stageCas({connection: worker.connection, protocolVersion: 1, uploadId: uuidv7(), snapshot: source, limits: LIMITS})
    worker.log.length = 0
    const {receipt} = await stageCas({
      connection: worker.connection,
      protocolVersion: 1,
      uploadId: uuidv7(),
      snapshot: source,
      limits: LIMITS,
    })
    expect(worker.log.map(({verb}) => verb)).toEqual(['missing_blobs'])
    expect(receipt.files_changed).toBe(0)
  })
})

import {symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {workerJobs} from '../support/lab-tools.ts'
import {createLab, HARNESS, type Lab} from '../support/lab.ts'
import {expectCode} from './provocation.ts'

let lab: Lab
let before: readonly string[]
beforeAll(async () => {
  lab = await createLab({transport: 'local'})
  expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
  // The first entry of the manifest, so bit 0 of the bitmap, is a link.
  symlinkSync('Package.swift', join(lab.project, '.a-link'))
  before = workerJobs(lab.workers[0]!)
})
afterAll(async () => lab.stop())

/**
 * A worker whose answers about a source are changed on the way: `bitmap` gets the bytes of the bitmap, `payload` the payload of an
 * answer to an upload; both answer what is said instead.
 */
function lyingWorker(lie: string): NodeJS.ProcessEnv {
  const file = join(lab.dir, 'lying-worker.js')
  writeFileSync(file, SCRIPT.replace('LIE', lie))
  return {RCH_XCODE_WORKER: file}
}

const FRAMES = fileURLToPath(new URL('../support/reframe.cjs', import.meta.url))
const SCRIPT = `
const {reframe} = require(${JSON.stringify(FRAMES)})
reframe([process.execPath, ${JSON.stringify(HARNESS)}, ...process.argv.slice(2)], LIE)
`

it.each([
  ['a bitmap with a byte too many', '{bitmap: (bytes) => Buffer.concat([bytes, Buffer.from([0])])}', 'protocol_error'],
  ['a bitmap with a byte too few', '{bitmap: (bytes) => bytes.subarray(1)}', 'protocol_error'],
  ['a bitmap of a million bytes', '{bitmap: () => Buffer.alloc(1_000_000, 255)}', 'protocol_error'],
  ['a bitmap with bits beyond the entries', '{bitmap: (bytes) => bytes.fill(0x80, bytes.length - 1)}', 'protocol_error'],
  ['a bitmap that asks for the content of a link', '{bitmap: (bytes) => bytes.fill(1, 0, 1)}', 'protocol_error'],
  ['a bitmap that is not what its digest says', '{damage: (bytes) => bytes.fill(0)}', 'protocol_error'],
  [
    'an offset beyond the end',
    '{payload: ({receipt: _, ...payload}) => ({...payload, next_offset: 1e15, complete: false})}',
    'source_staging_failed',
  ],
  ['an offset that is none', '{payload: (payload) => ({...payload, next_offset: -1})}', 'protocol_error'],
  [
    'a receipt for another tree',
    `{payload: (payload) => payload.receipt && ({...payload, receipt: {...payload.receipt, source_tree_hash: '0'.repeat(64)}})}`,
    'stage_receipt_mismatch',
  ],
] as const)('a worker that answers %s gets no job', async (_, lie, code) => {
  for (let i = 0; i < 3; i++) writeFileSync(join(lab.project, `Sources/HelloKit/Extra${i}.swift`), `// ${lie} ${i}\n`)
  const ran = await lab.rch(['xcode', 'build', '--json'], {env: lyingWorker(lie)})
  expectCode(ran, code)
  expect(workerJobs(lab.workers[0]!)).toEqual(before)
})

it('is taken again once it tells the truth', async () => {
  expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
  expect(workerJobs(lab.workers[0]!)).toHaveLength(before.length + 1)
})

import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {dirname, join} from 'node:path'
import {isRchError} from '@rch/contract'
import {sha256} from '@rch/contract/identity'
import {describe, expect, it} from 'vitest'
import {repositoryMaker} from './repository-maker.ts'
import type {TestRepository} from './test-repository.ts'

const repository = repositoryMaker()

/** Counts: puts the same growing number into `a`, then into `b`, then moves `c<n>` on, whole files at a time, for ever. */
const WRITER = `
const fs = require('node:fs')
const [root, outside, pause] = process.argv.slice(1)
const put = (name, text) => { fs.writeFileSync(outside, text); fs.renameSync(outside, root + '/' + name) }
const step = (n) => {
  put('z/a', String(n))
  put('b', String(n))
  fs.renameSync(root + '/m/c' + (n - 1), root + '/m/c' + n)
  if (n === 1) console.log('writing')
}
let n = 1
if (Number(pause) === 0) for (;;) step(n++)
setInterval(() => step(n++), Number(pause))
`

async function withWriter(repo: TestRepository, pauseMs: number, use: () => Promise<void>): Promise<void> {
  const writer = spawn(process.execPath, ['-e', WRITER, repo.root, join(dirname(repo.root), 'outside'), String(pauseMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(writer.stdout, 'data')
  try {
    await use()
  } finally {
    writer.kill('SIGKILL')
    await once(writer, 'exit')
  }
}

describe.each(['vcs', 'working_tree'] as const)('a tree that changes while it is read, in mode %s', (mode) => {
  function countingRepository(): TestRepository {
    const repo = repository()
    repo.write('z/a', '0')
    repo.write('b', '0')
    repo.write('m/c0', 'c')
    for (let i = 0; i < 200; i++) repo.write(`other/${i}`, `file ${i}`)
    repo.commit()
    return repo
  }

  it.each([[0], [3], [40], [700]])('is taken as it was at one moment or refused, with a change every %i ms', async (pauseMs) => {
    const repo = countingRepository()
    let taken = 0
    await withWriter(repo, pauseMs, async () => {
      for (let i = 0; i < 4; i++) {
        try {
          const snapshot = await repo.snapshot({mode})
          taken++
          const sha = (path: string) => snapshot.entries.find((entry) => entry.path === path)
          const moved = snapshot.entries.filter(({path}) => path.startsWith('m/c'))
          expect(moved).toHaveLength(1)
          const n = Number(moved[0]?.path.slice(3))
          // Writing order: a, b, then the rename. So a >= b >= the name, and no further apart than one step.
          const a = numberWith(sha('z/a'), n)
          const b = numberWith(sha('b'), n)
          expect([`${n} ${n}`, `${n + 1} ${n}`, `${n + 1} ${n + 1}`]).toContain(`${a} ${b}`)
        } catch (error) {
          if (!isRchError(error)) throw error
          expect(error).toMatchObject({code: 'source_changed_during_snapshot', exitCode: 92})
          expect(error.data['count']).toBeGreaterThan(0)
        }
      }
    })
    if (pauseMs === 700) expect(taken).toBeGreaterThan(0)
    expect((await repo.snapshot({mode})).entries.length).toBe(203)
  })

  it('stops when told to', async () => {
    const repo = countingRepository()
    const abort = new AbortController()
    const taking = repo.snapshot({mode}, {signal: abort.signal})
    abort.abort(new Error('enough'))
    await expect(taking).rejects.toThrow('enough')
  })
})

/** Which of the numbers around `n` has this digest. */
function numberWith(entry: unknown, n: number): number | undefined {
  for (let k = Math.max(0, n - 50); k < n + 50; k++) {
    if (typeof entry === 'object' && entry !== null && 'sha256' in entry && entry.sha256 === sha256(String(k))) return k
  }
  return undefined
}

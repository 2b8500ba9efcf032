import {execFileSync} from 'node:child_process'
import {readFileSync, rmSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {describe, expect, it, onTestFinished} from 'vitest'
import {canTrace} from '../support/strace.ts'
import {makeRepository, type TestRepository} from './test-repository.ts'

const CHILD = fileURLToPath(new URL('snapshot-child.ts', import.meta.url))

describe.skipIf(!canTrace())('what a snapshot opens', () => {
  it('is no content at all while nothing changed, whatever branch it is, and else what changed', async () => {
    const repo = makeRepository()
    onTestFinished(() => rmSync(dirname(repo.root), {recursive: true, force: true}))
    for (let i = 0; i < 50; i++) repo.write(`Sources/f${i}.swift`, `let f = ${i}\n`)
    repo.commit()
    repo.git('checkout', '-q', '-b', 'other')
    repo.write('Sources/f3.swift', 'other\n')
    repo.commit()
    // What changed within the last moments has to be looked at again: let it come to rest.
    await delay(2100)
    expect(new Set(opened(repo)).size).toBe(50)
    expect(opened(repo)).toEqual([])
    repo.git('checkout', '-q', 'main')
    await delay(2100)
    expect(opened(repo)).toEqual(['Sources/f3.swift'])
    for (const branch of ['other', 'main']) {
      repo.git('checkout', '-q', branch)
      await delay(2100)
      expect(opened(repo)).toEqual([])
    }
    repo.write('Sources/f7.swift', 'edited\n')
    await delay(2100)
    expect([...new Set(opened(repo))]).toEqual(['Sources/f7.swift'])
  })
})

/**
 * The sources that a snapshot opens, one entry for each time. What git opens by itself is not counted: as long as its index is
 * as young as the files, it reads them at every status.
 */
function opened({root, cacheDir}: TestRepository): readonly string[] {
  const log = join(dirname(root), 'opened')
  const child = [process.execPath, '--conditions=rch-source', CHILD, root, cacheDir]
  execFileSync('strace', ['-f', '-s', '4096', '-e', 'trace=open,openat,execve', '-o', log, ...child])
  const lines = readFileSync(log, 'utf8').split('\n')
  const others = new Set(lines.filter((line) => / execve\("[^"]*\/git"/.test(line)).map((line) => line.split(' ')[0]))
  return (
    lines
      .filter((line) => !others.has(line.split(' ')[0]))
      // A call that another thread interrupts is told on two lines, the name on the first.
      .flatMap((line) => /"([^"]*\.swift)"(?:[^=]*\) += \d| *, .*<unfinished \.\.\.>| <unfinished \.\.\.>)/.exec(line)?.[1] ?? [])
      .map((path) => path.replace(`${root}/`, ''))
      .toSorted()
  )
}

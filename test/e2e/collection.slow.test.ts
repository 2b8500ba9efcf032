import {cpSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {ageBlobs} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'

let lab: Lab
beforeAll(async () => {
  lab = await createLab({transport: 'local'})
  expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
})
afterAll(async () => lab.stop())

it('two hosts that run equal and different sources while all that is old is collected lose nothing', async () => {
  const copy = join(lab.dir, 'copy')
  cpSync(lab.project, copy, {recursive: true})
  const second = Object.fromEntries(['DATA', 'STATE', 'CACHE'].map((name) => [`XDG_${name}_HOME`, join(lab.dir, 'second', name)]))
  const done = new AbortController()
  const collecting = (async () => {
    let rounds = 0
    for (; !done.signal.aborted; rounds++) {
      ageBlobs(lab.workers[0]!)
      expect((await lab.rch(['xcode', 'gc', '--worker', 'w1', '--json'])).code).toBe(0)
    }
    return rounds
  })()
  const texts = [
    ['same', 'same'],
    ['one', 'two'],
    ['two', 'one'],
  ]
  for (const [left, right] of texts) {
    for (const [root, text] of [
      [lab.project, left],
      [copy, right],
    ] as const)
      for (let i = 0; i < 30; i++) writeFileSync(join(root, `Sources/HelloKit/Extra${i}.swift`), `// ${text} ${i}\n`)
    const runs = await Promise.all([lab.rch(['xcode', 'build', '--json']), lab.rch(['xcode', 'build', '--json'], {cwd: copy, env: second})])
    for (const ran of runs) {
      expect(ran.json().errors).toEqual([])
      expect(ran.code).toBe(0)
      expect(ran.stderr).not.toMatch(/staged again/)
    }
  }
  done.abort()
  expect(await collecting).toBeGreaterThan(1)
})

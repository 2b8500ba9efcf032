import {afterAll, beforeAll, expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import {compareLines} from './support/compare-lines.ts'
import {POLICY, PROFILE} from './support/gate.ts'
import {ACCEPTED, INSERTIONS, mutate} from './support/mutate.ts'
import {ShellBench} from './support/shells.ts'

const GENEROUS = {...POLICY, drop_owned_paths: true}

let bench: ShellBench
beforeAll(() => {
  bench = new ShellBench()
})
afterAll(() => bench.close())

it.each(ACCEPTED)('%j with anything inserted anywhere is refused, or means to both shells what the model says', async (line) => {
  const mutants = INSERTIONS.flatMap((text) => [...mutate(line, text)])
  const accepted = [
    ...new Set(mutants.filter((text) => classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS).verdict === 'accept')),
  ]
  expect(await compareLines(bench, accepted)).toEqual([])
})

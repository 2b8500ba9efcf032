import {afterAll, beforeAll, expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import {readLine} from '../src/shell/line.ts'
import {compareLines} from './support/compare-lines.ts'
import {generateLines} from './support/generate-lines.ts'
import {POLICY, PROFILE} from './support/gate.ts'
import {ShellBench} from './support/shells.ts'

let bench: ShellBench
beforeAll(() => {
  bench = new ShellBench()
})
afterAll(() => bench.close())

it('reads 20,000 lines exactly as bash and zsh hand them to a program, or not at all', async () => {
  const lines = generateLines(20_260_101, 20_000)
  const taken = lines.filter((line) => readLine(line)?.kind === 'command')
  const accepted = lines.filter(
    (line) =>
      classify({form: 'shell', text: line, cwd: '/repo'}, PROFILE, {...POLICY, drop_owned_paths: true, env_allow: ['CI', 'FOO_BAR', 'QUX']})
        .verdict === 'accept',
  )
  expect(await compareLines(bench, lines)).toEqual([])
  expect(taken.length).toBeGreaterThanOrEqual(4000)
  expect(accepted.length).toBeGreaterThanOrEqual(1000)
}, 240_000)

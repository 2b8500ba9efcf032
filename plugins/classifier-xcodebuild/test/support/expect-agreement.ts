import {expect} from 'vitest'
import {classify} from '../../src/classify.ts'
import {readLine} from '../../src/shell/line.ts'
import {compareLines} from './compare-lines.ts'
import {generateLines} from './generate-lines.ts'
import {POLICY, PROFILE} from './gate.ts'
import {ShellBench} from './shells.ts'

/** Generates lines and compares what is read of them with what both shells make of them; a fifth at least is read, a twentieth accepted. */
export async function expectAgreement(seed: number, count: number): Promise<void> {
  const lines = generateLines(seed, count)
  const taken = lines.filter((line) => readLine(line)?.kind === 'command')
  const policy = {...POLICY, drop_owned_paths: true, env_allow: ['CI', 'FOO_BAR', 'QUX']}
  const accepted = lines.filter((line) => classify({form: 'shell', text: line, cwd: '/repo'}, PROFILE, policy).verdict === 'accept')
  const bench = new ShellBench()
  try {
    expect(await compareLines(bench, lines)).toEqual([])
  } finally {
    bench.close()
  }
  expect(taken.length).toBeGreaterThanOrEqual(count / 5)
  expect(accepted.length).toBeGreaterThanOrEqual(count / 20)
}

import {createLab} from '../test/support/lab.ts'
import {PAIRS} from './compare.ts'
import {timing, type AbsoluteRow} from './row.ts'

/** Checking a sealed set again, file by file: whole processes, seconds. */
export async function validateRow(rounds = PAIRS): Promise<AbsoluteRow> {
  const lab = await createLab({transport: 'local'})
  try {
    const made = await lab.rch(['xcode', 'test', '--backend', 'xcodebuild'])
    const [set] = lab.sealedSets()
    if (set === undefined) throw new Error(`no sealed set: ${made.stderr}`)
    const times: number[] = []
    for (let round = 0; round <= rounds; round += 1) {
      const start = performance.now()
      const {code, stderr} = await lab.rch(['xcode', 'validate', set])
      if (code !== 0) throw new Error(`validate ended with ${String(code)}: ${stderr}`)
      if (round > 0) times.push((performance.now() - start) / 1000)
    }
    const {median, ...spread} = timing(times)
    return {
      name: 'rch xcode validate of a test set',
      unit: 's',
      bar: 1,
      value: median,
      spread,
      conditions: `whole processes, the median of ${rounds}, page cache warm`,
    }
  } finally {
    await lab.stop()
  }
}

import {cpSync, mkdirSync, readdirSync, statSync} from 'node:fs'
import {createHash} from 'node:crypto'
import {join} from 'node:path'
import {instantLab, rchQuietly} from './lab.ts'
import {timing, type AbsoluteRow} from './row.ts'

const RUNS = 10_000
const BAR_MS = 300

/** Listing with many past runs: whole processes, milliseconds. */
export async function listRows(pairs: number): Promise<readonly AbsoluteRow[]> {
  const lab = await instantLab({transport: 'local'})
  try {
    await rchQuietly(lab, ['xcode', 'build', '--backend', 'xcodebuild'])
    multiply(join(lab.dir, 'data/rch/artifacts/repos'))
    const rows: AbsoluteRow[] = []
    for (const args of [['runs'], ['runs', '--json'], ['status']]) {
      const times: number[] = []
      for (let round = 0; round <= pairs; round += 1) {
        const start = performance.now()
        await rchQuietly(lab, ['xcode', ...args])
        if (round > 0) times.push(performance.now() - start)
      }
      const {median, ...spread} = timing(times)
      const conditions = `${RUNS} past runs of one repository, whole processes, the median of ${pairs}, page cache warm`
      rows.push({name: `rch xcode ${args.join(' ')}, ${RUNS} past runs`, unit: 'ms', bar: BAR_MS, value: median, spread, conditions})
    }
    return rows
  } finally {
    await lab.stop()
  }
}

/** Copies of the one run there is, under other ids. */
function multiply(repos: string): void {
  const runs = join(repos, readdirSync(repos)[0] ?? '', 'runs')
  const attempt = join(runs, readdirSync(runs)[0] ?? '', 'attempt-1')
  const files = readdirSync(attempt).filter((name) => statSync(join(attempt, name)).isFile() && name.startsWith('run_'))
  for (let run = 1; run < RUNS; run += 1) {
    const copy = join(runs, createHash('sha256').update(String(run)).digest('hex'), 'attempt-1')
    mkdirSync(copy, {recursive: true})
    for (const name of files) cpSync(join(attempt, name), join(copy, name))
  }
}

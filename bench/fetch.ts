import {randomBytes} from 'node:crypto'
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {compare} from './compare.ts'
import {harnessPids, instantLab, rchQuietly, rsyncHome, watchMemory} from './lab.ts'
import type {AbsoluteRow, BenchRow} from './row.ts'
import type {Lab} from '../test/support/lab.ts'

const FILES = 5_000
const BYTES = 2 ** 30
const MEMORY_BAR_MB = 250

/** Bringing a sealed set of 1 GiB in 5,000 files home, against rsync of the same folder through the same sshd. */
export async function fetchRows(pairs: number): Promise<readonly (BenchRow | AbsoluteRow)[]> {
  const lab = await instantLab()
  try {
    writeBundle(join(lab.dir, 'bundle'))
    await rchQuietly(lab, ['xcode', 'build', '--backend', 'xcodebuild'])
    const [set = ''] = lab.sealedSets()
    const job = basename(set)
    const sealed = join(lab.workers[0]?.root ?? '', 'jobs', job, 'artifacts')
    const copy = join(lab.dir, 'copy')
    const peaks = {host: 0, harness: 0}
    const measured = await compare(
      async () => {
        const harness = watchMemory(() => harnessPids(lab))
        peaks.host = Math.max(peaks.host, await rchQuietly(lab, ['xcode', 'fetch', job]))
        peaks.harness = Math.max(peaks.harness, harness.stop())
      },
      () => rsyncHome(lab, sealed, copy),
      {pairs, prepare: () => forget(set, copy)},
    )
    const conditions = `${FILES} files of random bytes, ${BYTES} bytes in all, whole processes that connect anew, no compression on either side, page cache of the worker warm, neither syncs; ours also hashes everything against the seal`
    return [
      {name: 'fetch of 1 GiB in 5,000 files', against: 'rsync -a', bar: 0.8, ...measured, conditions},
      await again(lab, set, job),
      ...memory('fetch of 1 GiB', peaks),
    ]
  } finally {
    await lab.stop()
  }
}

/** The largest resident size of either side, or nothing where the system does not tell. */
export function memory(what: string, peaks: {readonly host: number; readonly harness: number}): readonly AbsoluteRow[] {
  return (['host', 'harness'] as const)
    .filter((side) => peaks[side] > 0)
    .map((side) => ({
      name: `memory of the ${side}, ${what}`,
      unit: 'MB',
      bar: MEMORY_BAR_MB,
      value: peaks[side] / 1e6,
      conditions: 'the largest resident size of one process in any round',
    }))
}

/** A second fetch of the same set. */
async function again(lab: Lab, set: string, job: string): Promise<AbsoluteRow> {
  await rchQuietly(lab, ['xcode', 'fetch', job])
  const {stdout} = await lab.rch(['xcode', 'fetch', job, '--json'])
  const moved = Number(/"bytes":\s*(\d+)/.exec(stdout)?.[1] ?? Number.NaN)
  const conditions = `the set is there; bytes that the second command moved, ${readdirSync(set).length} entries at its top`
  return {name: 'second identical fetch', unit: 'bytes', bar: 0, value: moved, conditions}
}

function forget(set: string, copy: string): void {
  rmSync(set, {recursive: true, force: true})
  rmSync(copy, {recursive: true, force: true})
  mkdirSync(copy)
}

function writeBundle(directory: string): void {
  const size = Math.ceil(BYTES / FILES)
  for (let file = 0; file < FILES; file += 1) {
    const folder = join(directory, `Data/${file % 50}`)
    if (file < 50) mkdirSync(folder, {recursive: true})
    writeFileSync(join(folder, `data.${file}`), randomBytes(size))
  }
}

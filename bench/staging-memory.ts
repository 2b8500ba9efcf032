import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {memory} from './fetch.ts'
import {harnessPids, instantLab, rchQuietly, watchMemory} from './lab.ts'
import type {AbsoluteRow} from './row.ts'
import type {Lab} from '../test/support/lab.ts'
import {writeLargeFile, writeTree} from './staging-fixture.ts'

const FILES = 100_000
const LARGE_BYTES = 2_000_000_000

/** What a whole first run needs of memory on either side: snapshot, staging and the tree on the worker, through the shipped programs. */
export async function stagingMemoryRows(): Promise<readonly AbsoluteRow[]> {
  return [
    ...(await peaksOf(`${FILES} files`, (lab) => {
      readAsGitSays(join(lab.project, '.rch/xcode.toml'))
      writeTree(join(lab.project, 'Many'), FILES)
      lab.git('add', '-A')
      lab.git('commit', '-qm', 'many files')
    })),
    ...(await peaksOf(`${FILES} files, taken as they lie there`, (lab) => writeTree(join(lab.project, 'Many'), FILES))),
    ...(await peaksOf('one file of 2 GB', (lab) => {
      allowLargeFiles(readAsGitSays(join(lab.project, '.rch/xcode.toml')))
      writeLargeFile(join(lab.project, 'Large'), LARGE_BYTES)
    })),
  ]
}

async function peaksOf(what: string, fill: (lab: Lab) => void): Promise<readonly AbsoluteRow[]> {
  const lab = await instantLab({workerToml: '[limits]\nmax_blob_bytes = 4000000000\n'})
  try {
    fill(lab)
    const harness = watchMemory(() => harnessPids(lab))
    const host = await rchQuietly(lab, ['xcode', 'build', '--backend', 'xcodebuild'])
    return memory(`first run with ${what}`, {host, harness: harness.stop()})
  } finally {
    await lab.stop()
  }
}

/** The samples take everything that lies there; git's list is what a profile has by default. */
function readAsGitSays(config: string): string {
  edit(config, 'mode = "working_tree"\n', 'mode = "vcs"\n')
  return config
}

function allowLargeFiles(config: string): void {
  edit(config, 'mode = "vcs"\n', 'mode = "vcs"\nmax_bytes = 4000000000\nmax_file_bytes = 3000000000\n')
}

function edit(file: string, before: string, after: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(before)) throw new Error(`${file} has no ${before}`)
  writeFileSync(file, text.replace(before, after))
}

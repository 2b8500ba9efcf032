import {compare} from './compare.ts'
import {instantLab, rchQuietly, ssh} from './lab.ts'
import type {BenchRow} from './row.ts'

/** A whole run with nothing to build against the smallest thing that the same sshd does. */
export async function runRows(pairs: number): Promise<readonly BenchRow[]> {
  const lab = await instantLab()
  try {
    const measured = await compare(
      () => rchQuietly(lab, ['xcode', 'build', '--backend', 'xcodebuild']),
      () => ssh(lab, 'true'),
      {pairs},
    )
    const conditions =
      "seven files, nothing changed, an instant Xcode, no daemon; both connect anew through the same sshd and the account's own login shell, which a run passes twice; the probe is remembered"
    return [{name: 'whole run with an instant backend, over SSH', against: 'ssh host true', bar: 6, ...measured, conditions}]
  } finally {
    await lab.stop()
  }
}

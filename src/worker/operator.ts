import {LANE_VERSION} from '@rch/contract'
import type {HarnessArguments} from './main.ts'

/** What the worker's operator may ask the harness on the worker itself. */
export async function operate(command: string | undefined, _options: HarnessArguments): Promise<number> {
  if (command === '--version' || command === 'version') {
    process.stdout.write(`rch-xcode-worker/${LANE_VERSION}\n`)
    return 0
  }
  process.stderr.write(
    'rch-xcode-worker: this program is started by rch over SSH (a forced command) or on this machine.\n  → Set the worker up with docs/on-a-mac.md; `rch-xcode-worker version` prints the release.\n',
  )
  return 2
}

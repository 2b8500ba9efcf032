import {LANE_VERSION, toRchError} from '@rch/contract'

const HELP = `rch-xcode-worker ${LANE_VERSION}: the harness of a worker. rch starts it over SSH (a forced command) or on this machine.

  rch-xcode-worker setup [--owner=NAME] [--dry-run] [KEY.pub …]
      makes roots and the attestation key, prints the lines for authorized_keys and workers.toml
  rch-xcode-worker version
`

/** What the worker's operator may ask the harness on the worker itself. Answers the exit status. */
export async function operate(words: readonly string[], config: string | undefined): Promise<number> {
  const [command, ...rest] = words
  try {
    switch (command) {
      case 'version':
      case '--version':
        process.stdout.write(`rch-xcode-worker/${LANE_VERSION}\n`)
        return 0
      case 'setup': {
        const {setUpWorker} = await import('./set-up-worker.ts')
        process.stdout.write(`${await setUpWorker(rest, config)}\n`)
        return 0
      }
      case 'help':
      case '--help':
        process.stdout.write(HELP)
        return 0
      default:
        process.stderr.write(`rch-xcode-worker: ${command === undefined ? 'nothing to do' : `"${command}" is no command`}.\n${HELP}`)
        return 2
    }
  } catch (error) {
    const {code, message, hint, exitCode} = toRchError(error)
    process.stderr.write(`rch-xcode-worker: ${code}: ${message}\n  → ${hint}\n`)
    return exitCode
  }
}

import {ERRORS, LANE_VERSION, RchError} from '@rch/contract'
import {nearest} from '../domain/config/nearest.ts'
import {printable} from '../domain/printable.ts'
import {workerError} from './failures/worker-error.ts'

const HELP = `rch-xcode-worker ${LANE_VERSION}: the harness of a worker. rch starts it over SSH (a forced command) or on this machine.

  rch-xcode-worker setup [--owner=NAME] [--dry-run] [KEY.pub …]
      makes roots and the attestation key, prints the lines for authorized_keys and workers.toml
  rch-xcode-worker version
  rch-xcode-worker help

  --config=FILE   worker.toml elsewhere than in ~/.config/rch
`
const COMMANDS = ['setup', 'version', 'help']
const NEXT = 'Run `rch-xcode-worker help`.'

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
        if (rest.includes('--help')) {
          process.stdout.write(HELP)
          return 0
        }
        const {setUpWorker} = await import('./set-up-worker.ts')
        process.stdout.write(`${await setUpWorker(rest, config)}\n`)
        return 0
      }
      case 'help':
      case '--help':
        process.stdout.write(HELP)
        return 0
      case undefined:
        throw new RchError('usage_error', 'There is nothing to do: no command was given.', {hint: NEXT})
      default: {
        const meant = nearest(command, COMMANDS)
        throw new RchError('usage_error', `"${printable(command)}" is no command${meant === null ? '' : `; did you mean "${meant}"?`}`, {
          data: {command, meant},
          hint: NEXT,
        })
      }
    }
  } catch (error) {
    const {code, message, hint, exitCode} = workerError(error)
    process.stderr.write(`rch-xcode-worker: ${code}: ${message}\n  → ${hint === ERRORS.usage_error.hint ? NEXT : hint}\n`)
    return exitCode
  }
}

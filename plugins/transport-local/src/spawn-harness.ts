import {spawn} from 'node:child_process'
import {childChannel, unanswered, type ChannelSource} from '@rch/contract/channel'

/** What of this shell the harness sees: what a login would give it, and our own variables. */
const PASSED = /^(?:PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LANG|TZ|LC_[A-Z]+|XDG_[A-Z_]+|RCH_\w+|NODE_COMPILE_CACHE|NODE_V8_COVERAGE)$/

export interface LocalHarness {
  /** Program and first words. */
  readonly command: readonly string[]
  readonly worker: string
  readonly role: 'run' | 'stage' | 'fetch'
  /** The worker's configuration file; `null` for its usual place. */
  readonly configFile: string | null
}

/** Starts one harness process per channel, exactly as a forced command would: the verb only in `SSH_ORIGINAL_COMMAND`. */
export function spawnHarness({command, worker, role, configFile}: LocalHarness): ChannelSource {
  const [program = '', ...words] = command
  const base = loginEnvironment(process.env)
  const config = configFile === null ? [] : [`--config=${configFile}`]
  return {
    worker,
    open: async (verb) => {
      const child = spawn(program, [...words, `--forced=${role}:local`, ...config], {
        env: {...base, SSH_ORIGINAL_COMMAND: verb},
        stdio: ['pipe', 'pipe', 'pipe'],
        // A session of its own: what the terminal sends to this process (Ctrl-C) is not meant for the harness.
        detached: true,
      })
      return childChannel(child)
    },
    explain: (end, _stderr, verb) => {
      if (end.problem === null) return null
      return unanswered(`${program} could not be started: ${end.problem}`, {
        worker,
        verb,
        sent: false,
        hint: 'Install rch-xcode-worker on this machine, or name it in [providers.local] command of config.toml.',
      })
    },
    close: async () => {},
  }
}

function loginEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => PASSED.test(entry[0]) && entry[1] !== undefined),
  )
}

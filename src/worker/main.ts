import {isRchError, RchError, toRchError} from '@rch/contract'
import {encodeError, errorToWire, isRole, type Role} from '@rch/contract/protocol'

/**
 * The harness's entry. `--forced=<role>:<owner>` (set by the key's line in authorized_keys, with `--config=` beside it) answers
 * the verb that `SSH_ORIGINAL_COMMAND` holds; nothing else of the environment or of argv is believed. The other forms are for
 * the worker's operator and for the harness itself.
 */
export async function main(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  let options: HarnessArguments
  try {
    options = parseArguments(argv)
  } catch (error) {
    // Whoever reads this stands at the other end of a key's forced command.
    process.stdout.write(encodeError({protocol_version: 0, request_id: null, error: errorToWire(toRchError(error))}))
    process.exitCode = 1
    return
  }
  if (options.forced !== undefined) {
    const {serveForced} = await import('./serve-forced.ts')
    process.exitCode = await serveForced(options.forced, env['SSH_ORIGINAL_COMMAND'], options.config)
    return
  }
  const [command, subject] = options.words
  switch (command) {
    case 'supervise':
    case 'recover': {
      const {keepHeapFlat} = await import('../infra/flat-heap.ts')
      keepHeapFlat()
      const {superviseJob} = await import('./supervisor/main.ts')
      process.exitCode = await superviseJob(command, subject ?? '', options.config).catch((error: unknown) => {
        // A mistake of ours keeps its stack for the supervisor's log.
        if (!isRchError(error)) throw error
        process.stderr.write(`rch-xcode-worker: ${error.code}: ${error.message}\n  → ${error.hint}\n`)
        return error.exitCode
      })
      return
    }
    default: {
      const {operate} = await import('./operator.ts')
      process.exitCode = await operate(options.words, options.config)
    }
  }
}

export interface HarnessArguments {
  readonly forced: {readonly role: Role; readonly owner: string} | undefined
  /** Path of worker.toml; `undefined` = its usual place. */
  readonly config: string | undefined
  readonly words: readonly string[]
}

export function parseArguments(argv: readonly string[]): HarnessArguments {
  let forced: HarnessArguments['forced']
  let config: string | undefined
  const words: string[] = []
  for (const word of argv) {
    if (word.startsWith('--forced=')) forced = parseForced(word.slice('--forced='.length))
    else if (word.startsWith('--config=')) config = word.slice('--config='.length)
    else words.push(word)
  }
  return {forced, config, words}
}

function parseForced(text: string): {readonly role: Role; readonly owner: string} {
  const [role, owner, ...rest] = text.split(':')
  if (!isRole(role) || owner === undefined || rest.length > 0 || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(owner)) {
    throw new RchError('forbidden_ssh_command', `--forced=${text} is not <run|stage|fetch>:<owner>.`, {
      data: {role: role ?? '', verb: ''},
      hint: "Correct the key's line in authorized_keys: `rch-xcode-worker setup` prints it.",
    })
  }
  return {role, owner}
}

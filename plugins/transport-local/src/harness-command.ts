import {RchError} from '@rch/contract'

const PROGRAM = 'rch-xcode-worker'

/** The harness's program and its first words: the settings' `command`, else `RCH_XCODE_WORKER`, else its name on PATH. */
export function harnessCommand(settings: unknown, env: NodeJS.ProcessEnv): readonly string[] {
  const configured = commandSetting(settings)
  if (configured !== null) return configured
  const named = env['RCH_XCODE_WORKER']
  if (named === undefined || named === '') return [PROGRAM]
  // A script is run by the Node that runs us: the one on PATH may be another, or none.
  return named.endsWith('.js') ? [process.execPath, named] : [named]
}

function commandSetting(settings: unknown): readonly string[] | null {
  if (settings === undefined || settings === null) return null
  if (typeof settings !== 'object' || Array.isArray(settings)) throw invalid('it is not a table')
  for (const key of Object.keys(settings)) if (key !== 'command') throw invalid(`${key} is not a setting; the only one is command`)
  if (!('command' in settings)) return null
  const {command} = settings
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === 'string' && word !== '')) {
    throw invalid('command is not a list of words')
  }
  return command
}

function invalid(problem: string): RchError {
  return new RchError('config_invalid', undefined, {data: {file: '[providers.local]', problem}})
}

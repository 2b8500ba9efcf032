import {RchError} from '@rch/contract'

export interface Settings {
  /** Program and first words of the tool; `null` = the npm package found beside this one. */
  readonly command: readonly string[] | null
}

/** Reads `[providers.xcodebuildmcp]`. Throws `config_invalid` for anything that is not a setting. */
export function readSettings(settings: unknown): Settings {
  if (settings === undefined || settings === null) return {command: null}
  if (typeof settings !== 'object') throw invalid('it must be a table')
  const {command, ...unknown} = Object.fromEntries(Object.entries(settings))
  const [stranger] = Object.keys(unknown)
  if (stranger !== undefined) throw invalid(`${stranger} is not a setting; there is only command`)
  if (command === undefined) return {command: null}
  const words: unknown = typeof command === 'string' ? [command] : command
  if (!isWords(words) || !words[0]?.startsWith('/'))
    throw invalid('command must be an absolute path, alone or as the first of a list of words')
  return {command: words}
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string' && word !== '')
}

function invalid(problem: string): RchError {
  return new RchError('config_invalid', `[providers.xcodebuildmcp]: ${problem}.`, {hint: 'Correct worker.toml on the worker.'})
}

import {RchError, type WorkerEntry} from '@rch/contract'
import {ConfigFault, type Problem} from './config-fault.ts'
import {locator, type Locator} from './locate.ts'
import {resolveConfig, type ConfigRequest, type EffectiveConfig} from './resolve.ts'
import type {ConfigFile} from './toml-file.ts'
import {readWorkersFile} from './workers-file.ts'

/**
 * The effective profile of a repository on this host. Throws `config_invalid`, `config_loosens_policy`, `profile_required`,
 * `env_globs_disallowed` or `object_store_encryption_required`, each problem with its file and line; `data.problems` lists them.
 */
export function loadConfig(request: ConfigRequest): EffectiveConfig {
  return withPlaces([request.repository, request.host], () => resolveConfig(request))
}

/** The inventory of `workers.toml`. Throws `config_invalid` with file and line. */
export function loadWorkers(file: ConfigFile | null, home: string): readonly WorkerEntry[] {
  return withPlaces([file], () => readWorkersFile(file, home))
}

/** Runs pure reading; its faults become one error that says where each problem stands. */
export function withPlaces<T>(files: readonly (ConfigFile | null)[], read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    throw toRchError(error, files)
  }
}

const SHOWN = 10

function toRchError(fault: ConfigFault, files: readonly (ConfigFile | null)[]): RchError {
  const locators = locatorsFor(fault, files)
  const problems = fault.problems.map((problem) => placed(problem, locators))
  const [first] = problems
  if (first === undefined) return new RchError('internal_error', 'a configuration fault without a problem')
  const lines = problems.slice(0, SHOWN).map(({where, problem}) => (where === null ? problem : `${where}: ${problem}`))
  if (problems.length > SHOWN) lines.push(`… and ${problems.length - SHOWN} more`)
  const data = {
    ...first.data,
    file: first.file,
    line: first.line,
    problems: problems.map(({code, file, line, problem, key}) => ({code, file, line, key, problem})),
  }
  return new RchError(first.code, lines.join('\n'), {data, ...(first.hint === undefined ? {} : {hint: first.hint})})
}

function locatorsFor(fault: ConfigFault, files: readonly (ConfigFile | null)[]): ReadonlyMap<string, Locator> {
  const locators = new Map<string, Locator>()
  for (const file of files) {
    if (file === null || !fault.problems.some(({place}) => place?.file === file.path && place.path.length > 0)) continue
    locators.set(file.path, locator(new TextDecoder().decode(file.bytes)))
  }
  return locators
}

interface Placed extends Problem {
  readonly file: string | null
  readonly line: number | null
  readonly where: string | null
  readonly key: string | null
}

function placed(problem: Problem, locators: ReadonlyMap<string, Locator>): Placed {
  const {place} = problem
  if (place === null) return {...problem, file: null, line: null, where: null, key: null}
  const known = problem.data?.['line']
  const line = typeof known === 'number' ? known : (locators.get(place.file)?.(place.path) ?? null)
  const key = place.path.length === 0 ? null : place.path.join('.')
  return {...problem, file: place.file, line, where: line === null ? place.file : `${place.file}:${line}`, key}
}

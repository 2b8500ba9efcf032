import {ConfigFault} from './config-fault.ts'
import {nearest} from './nearest.ts'
import type {RepositoryFile} from './repository-file.ts'

/** Why that profile. */
export type ProfileChoice = {readonly name: string; readonly by: '--profile' | 'RCH_PROFILE' | 'default_profile' | 'default'}

/**
 * `--profile`, else `RCH_PROFILE`, else the file's `default_profile`, else the profile `default`. Nothing is guessed: without any
 * of them, or with a name that is not there, `profile_required` lists what there is.
 */
export function chooseProfile(file: RepositoryFile | null, path: string, flag: string | null, variable: string | undefined): ProfileChoice {
  if (file === null) {
    throw new ConfigFault([
      {
        code: 'profile_required',
        place: null,
        problem: `This repository has no ${path}.`,
        hint: 'Run `rch xcode init` to write one.',
        data: {profiles: []},
      },
    ])
  }
  const choice = named(file, flag, variable)
  const names = [...file.profiles.keys()]
  if (choice !== null && file.profiles.has(choice.name)) return choice
  const near = choice === null ? null : nearest(choice.name, names)
  const problem =
    choice === null
      ? `${path} has no default profile, and none was named.`
      : `${path} has no profile "${choice.name}" (named by ${choice.by})${near === null ? '.' : `; did you mean "${near}"?`}`
  const hint = names.length === 0 ? 'Run `rch xcode init` to see what one looks like.' : `Pass --profile with one of: ${names.join(', ')}.`
  throw new ConfigFault([{code: 'profile_required', place: null, problem, hint, data: {profiles: names}}])
}

function named(file: RepositoryFile, flag: string | null, variable: string | undefined): ProfileChoice | null {
  if (flag !== null) return {name: flag, by: '--profile'}
  if (variable !== undefined && variable !== '') return {name: variable, by: 'RCH_PROFILE'}
  if (file.defaultProfile !== null) return {name: file.defaultProfile, by: 'default_profile'}
  return file.profiles.has('default') ? {name: 'default', by: 'default'} : null
}

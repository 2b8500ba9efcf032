import {describe, toJson} from './check-value.ts'
import type {Problem} from './config-fault.ts'
import {newest, type Findings, type Given, type Note} from './given.ts'
import type {Access, ConfigValue, KeyRow} from './key-row.ts'
import type {Entry} from './layer.ts'
import {combine, isLooser, isTexts} from './strictness.ts'

export interface Policy {
  readonly allow: {readonly env: readonly string[]; readonly settings: readonly string[]; readonly backends: readonly string[]}
  /**
   * `full` (`[repos."<origin>"] trust = "full"`): the classes *tighten* and *asked* do not bind this repository. `suspended`: they
   * would not, but this source is untrusted; what goes beyond them is left out instead of refused, since the host agreed to it.
   */
  readonly trust: 'default' | 'full' | 'suspended'
}

/** The entry that holds once the key's class has had its say; `null` = the default does. */
export function constrain(row: KeyRow, path: string, given: Given, policy: Policy, findings: Findings): Entry | null {
  switch (row.access.class) {
    case 'tighten':
      return tightened(row.access, bounded(row.access, path, given, policy, findings))
    case 'asked':
      return asked(row.access, path, given, policy, findings)
    default:
      return newest(given)
  }
}

type Tighten = Extract<Access, {class: 'tighten'}>

/** The same, with the repository's value brought within its bound: refused or left out where it is looser, lists combined. */
function bounded(access: Tighten, path: string, given: Given, policy: Policy, {problems, notes}: Findings): Given {
  const {repository} = given
  if (repository === null) return given
  const bound = given.enforce ?? given.defaults
  const boundValue = bound?.value ?? access.bound
  if (!isLooser(access.order, repository.value, boundValue)) {
    return {...given, repository: {...repository, value: combine(access.order, repository.value, boundValue)}}
  }
  const problem = loosens(path, repository, bound, boundValue)
  if (policy.trust === 'suspended') notes.push(leftOut(path, problem.problem))
  else problems.push(problem)
  return {...given, repository: null}
}

/** `[enforce]` bounds whatever else was given; what restricts adds up over all that speak. */
function tightened({order}: Tighten, given: Given): Entry | null {
  const {defaults, repository, user, enforce} = given
  if (order.by === 'restricts') return unite([defaults, repository, user, enforce])
  const wanted = user ?? repository
  if (enforce === null || wanted === null) return enforce ?? wanted ?? defaults
  return isLooser(order, wanted.value, enforce.value) ? enforce : {...wanted, value: combine(order, wanted.value, enforce.value)}
}

function unite(entries: readonly (Entry | null)[]): Entry | null {
  const lists = entries.filter((entry) => entry !== null)
  const last = lists.at(-1)
  if (last === undefined) return null
  return {...last, value: [...new Set(lists.flatMap(({value}) => (isTexts(value) ? value : [])))]}
}

function asked(
  access: Extract<Access, {class: 'asked'}>,
  path: string,
  given: Given,
  policy: Policy,
  {problems, notes}: Findings,
): Entry | null {
  const {repository} = given
  const allowed = policy.allow[access.list]
  const missing = repository === null ? [] : textsIn(repository.value).filter((item) => !allowed.includes(item))
  if (repository === null || missing.length === 0 || given.user !== null || given.enforce !== null) return newest(given)
  const hint = `Add ${missing.map((item) => JSON.stringify(item)).join(', ')} to [allow] ${access.list} in the host's config.toml.`
  if (isTexts(repository.value)) {
    notes.push({key: path, message: `${path}: this host does not grant ${missing.join(', ')}`, hint})
    return {...repository, value: repository.value.filter((item) => allowed.includes(item))}
  }
  const problem = `${path} asks for ${describe(repository.value)}; this host allows ${allowed.join(', ')}`
  if (policy.trust === 'suspended') {
    notes.push(leftOut(path, problem))
    return given.defaults
  }
  const data = {key: path, repository: toJson(repository.value), host: allowed}
  problems.push({code: 'config_loosens_policy', place: repository.origin.place, problem, hint, data})
  return null
}

function textsIn(value: ConfigValue): readonly string[] {
  return isTexts(value) ? value : typeof value === 'string' ? [value] : []
}

function leftOut(key: string, message: string): Note {
  return {key, message, hint: 'The host trusts this repository, and not this source: the value is left out.'}
}

function loosens(path: string, repository: Entry, bound: Entry | null, boundValue: ConfigValue | null): Problem {
  const table = bound?.origin.layer === 'host_enforce' ? '[enforce]' : '[defaults]'
  const where = bound === null ? 'the built-in bound' : `${table} of ${bound.origin.place?.file ?? 'the host'}`
  return {
    code: 'config_loosens_policy',
    place: repository.origin.place,
    problem: `${path} asks for ${describe(repository.value)}, which is looser than ${describe(boundValue)} (${where})`,
    data: {
      key: path,
      repository: toJson(repository.value),
      repository_file: repository.origin.place?.file ?? null,
      host: toJson(boundValue),
      host_file: bound?.origin.place?.file ?? null,
    },
  }
}

import type {ClassifierPolicy, CommandInput, EffectiveProfile} from '@rch/contract'
import {NO_RUN_OPTIONS, type Action, type Container} from '@rch/contract/kinds/xcodebuild'
import {readArguments} from './argv/read.ts'
import {classify} from './classify.ts'
import {deriveDestination, impliedDestination} from './fit-destination.ts'
import {type Fitted, writeToml} from './fit-toml.ts'
import {insideRepository, relativeTo, type Root, rootOf} from './paths.ts'
import {readArgvPrefix} from './prefix.ts'
import {readLine} from './shell/line.ts'
import type {GateProfile} from './gate-profile.ts'

/**
 * The profile that makes a command acceptable: container, scheme, configuration, SDK, destinations, test plan and
 * `drop_owned_paths`, and the action where a generic destination needs one; nothing else, never safety. `null` when no profile could.
 */
export function fit(
  input: CommandInput,
  policy: ClassifierPolicy,
): {readonly toml: string; readonly profile: Partial<EffectiveProfile>} | null {
  const command = wordsOf(input, policy)
  if (command === null) return null
  const derived = derive(command.words, command.directory, rootOf(input, policy))
  if (!derived.whole) return null
  const {found} = derived
  const profile: GateProfile = {...found, xcode_run: NO_RUN_OPTIONS, build_settings: {}}
  const decision = classify(input, profile, {...policy, drop_owned_paths: policy.drop_owned_paths || found.classifier.drop_owned_paths})
  return decision.verdict === 'accept' ? {toml: writeToml(found), profile: found} : null
}

/** What `fit` would derive from a command that it cannot fit: as much as there is, for telling what remains. */
export function nearest(input: CommandInput, policy: ClassifierPolicy): Partial<EffectiveProfile> {
  const command = wordsOf(input, policy)
  if (command === null) return {}
  const {scheme, ...found} = derive(command.words, command.directory, rootOf(input, policy)).found
  return scheme === '' ? found : {...found, scheme}
}

const NO_TESTS: EffectiveProfile['xcode_test'] = {
  test_plan: null,
  only_testing: [],
  skip_testing: [],
  only_test_configuration: [],
  skip_test_configuration: [],
  test_language: null,
  test_region: null,
}

function wordsOf(input: CommandInput, policy: ClassifierPolicy): {words: readonly string[]; directory: string} | null {
  let directory = relativeTo(policy.repo_root, input.cwd)
  if (input.form === 'argv') {
    const prefix = readArgvPrefix(input.argv)
    if (prefix === null || 'code' in prefix || directory === null) return null
    return {words: input.argv.slice(prefix.program + 1), directory}
  }
  const line = readLine(input.text)
  if (line === null || line.kind === 'refused') return null
  for (const {path} of line.directories) directory = directory === null ? null : insideRepository(path, directory, rootOf(input, policy))
  if (directory === null) return null
  return {words: line.words.slice(line.prefix.program + 1).map((word) => word.text), directory}
}

/** The profile that the words ask for; `whole` is whether all of it could be derived. */
function derive(words: readonly string[], directory: string, root: Root): {readonly found: Fitted; readonly whole: boolean} {
  const values = new Map<string, string[]>()
  const actions: Action[] = []
  let owned = false
  for (const statement of readArguments(words, 0)) {
    if (statement.kind === 'action') actions.push(statement.action)
    if (statement.kind !== 'option') continue
    if (statement.row.policy === 'owned') owned = true
    if (statement.value !== null) values.set(statement.name, [...(values.get(statement.name) ?? []), statement.value])
  }
  const one = (name: string): string | null => values.get(name)?.[0] ?? null
  const scheme = one('-scheme') ?? ''
  const container = deriveContainer(one('-workspace'), one('-project'), directory, root)
  const configuration = one('-configuration')
  const named = one('-sdk')
  const sdk = named !== null && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(named) ? named : null
  const written = [...new Set(values.get('-destination') ?? [])]
  const destinations = written.length > 0 ? written.map((value) => deriveDestination(value, sdk)) : [impliedDestination(sdk, actions)]
  const concrete = destinations.filter((destination) => destination !== null)
  const building = actions.find((action) => action === 'build-for-testing') ?? 'build'
  const found: Fitted = {
    // A profile tests by default, and tests run on nothing generic.
    ...(concrete.some(({generic}) => generic) ? {action: building} : {}),
    workspace: container?.type === 'workspace' ? container.path : null,
    project: container?.type === 'project' ? container.path : null,
    package: container?.type === 'package' ? container.path : null,
    scheme,
    schemes: scheme === '' ? [] : [scheme],
    configuration,
    configurations: configuration === null ? [] : [configuration],
    sdk,
    destinations: concrete,
    xcode_test: {...NO_TESTS, test_plan: one('-testPlan')},
    classifier: {drop_owned_paths: owned, allow_settings: []},
  }
  return {found, whole: scheme !== '' && container !== null && sdk === named && !destinations.includes(null)}
}

function deriveContainer(workspace: string | null, project: string | null, directory: string, root: Root): Container | null {
  // Without a container xcodebuild takes what lies in its directory, which is what a package container means.
  const value = workspace ?? project
  if (value === null) return {type: 'package', path: directory}
  const path = insideRepository(value, directory, root)
  if (path === null || (project !== null && !path.endsWith('.xcodeproj'))) return null
  return {type: project !== null ? 'project' : /\.xcworkspace\/?$/.test(value) ? 'workspace' : 'package', path}
}

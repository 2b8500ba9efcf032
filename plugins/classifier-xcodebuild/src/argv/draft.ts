import {
  type Action,
  type Container,
  type DestinationRequest,
  OPTIONS,
  type RunOptions,
  type TestSelection,
  type XcodebuildModel,
} from '@rch/contract/kinds/xcodebuild'
import {sortedSet} from '@rch/contract/text'
import {requestsOf} from '../destinations.ts'
import type {GateProfile} from '../gate-profile.ts'

/** A model under construction: the profile's values, each replaced once a word of the command says otherwise. */
export interface Draft {
  readonly container: Container
  readonly allowed: readonly DestinationRequest[]
  readonly destinations: Set<DestinationRequest>
  readonly lists: Map<string, string[]>
  readonly settings: Map<string, string>
  scheme: string | null
  configuration: string | null
  sdk: string | null
  testPlan: string | null
  test: TestSelection
  run: RunOptions
}

export function startDraft(profile: GateProfile): Draft {
  const {test_plan: testPlan, ...test} = profile.xcode_test
  return {
    container: containerOf(profile),
    allowed: requestsOf(profile.destinations),
    destinations: new Set(),
    lists: new Map(),
    settings: new Map(Object.entries(profile.build_settings)),
    scheme: null,
    configuration: profile.configuration,
    sdk: profile.sdk,
    testPlan,
    test,
    run: profile.xcode_run,
  }
}

/** Sets the field that a modelled option stands for; `key` is the profile key. */
export function setField(draft: Draft, key: string, value: string | number | boolean): void {
  const [table, field = ''] = key.split('.')
  if (table === 'xcode_run') draft.run = {...draft.run, [field]: value}
  else draft.test = {...draft.test, [field]: value}
}

/** Adds to the list that an option stands for; the command's first value replaces the profile's list. */
export function addToList(draft: Draft, key: string, value: string, isFirst: boolean): void {
  const field = key.slice(key.indexOf('.') + 1)
  const list = isFirst ? [] : (draft.lists.get(field) ?? [])
  list.push(value)
  draft.lists.set(field, list)
}

/** As the profile names them, in its order; all of them when the command names none. */
export function chosenDestinations({allowed, destinations}: Draft): readonly DestinationRequest[] {
  return destinations.size === 0 ? allowed : allowed.filter((one) => destinations.has(one))
}

/** The model of one step; what only concerns tests is left out of a plain build. */
export function finishModel(draft: Draft, scheme: string, action: Action): XcodebuildModel {
  const testing = action !== 'build' && action !== 'clean'
  return {
    container: draft.container,
    scheme: draft.scheme ?? scheme,
    configuration: draft.configuration,
    sdk: draft.sdk,
    test_plan: testing ? draft.testPlan : null,
    destinations: chosenDestinations(draft),
    test: testing ? {...draft.test, ...selections(draft)} : NO_SELECTION,
    run: testing ? draft.run : {...draft.run, ...NO_TEST_RUN},
    build_settings: Object.fromEntries([...draft.settings].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** Selections are sets: the order they were typed in must not make another run of the same command. */
function selections({lists}: Draft): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...lists].map(([field, values]) => [field, sortedSet(values)]))
}

/** The one container that a profile names. */
export function containerOf(profile: Pick<GateProfile, 'workspace' | 'project' | 'package'>): Container {
  if (profile.workspace !== null) return {type: 'workspace', path: profile.workspace}
  if (profile.project !== null) return {type: 'project', path: profile.project}
  return {type: 'package', path: profile.package ?? '.'}
}

const NO_SELECTION: TestSelection = {
  only_testing: [],
  skip_testing: [],
  only_test_configuration: [],
  skip_test_configuration: [],
  test_language: null,
  test_region: null,
}

const NO_TEST_RUN: Partial<RunOptions> = Object.fromEntries(
  [...OPTIONS.values()].flatMap(({key, testing}) =>
    testing && key?.startsWith('xcode_run.') ? [[key.slice('xcode_run.'.length), null]] : [],
  ),
)

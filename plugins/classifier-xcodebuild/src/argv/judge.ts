import type {ClassifierPolicy, DecisionStep, Token} from '@rch/contract'
import {type Action, ALLOWED_SETTINGS, type ClassifierErrorCode, isNeverSetting} from '@rch/contract/kinds/xcodebuild'
import {sanitizedArgv} from '../canonical.ts'
import {matchDestination, readDestination, writeDestination} from '../destinations.ts'
import {insideRepository} from '../paths.ts'
import {type Finding, finding, show} from '../report.ts'
import {type Draft, finishModel, setField, startDraft} from './draft.ts'
import {readArguments, type Statement} from './read.ts'
import {expectedValue, readValue} from './values.ts'
import type {GateProfile} from '../gate-profile.ts'

/** A token by its word's index in the command; the caller knows where the word stands. */
export type Mark = Pick<Token, 'role' | 'key' | 'code' | 'note'>

export interface Judgement {
  readonly marks: ReadonlyMap<number, Mark>
  readonly findings: readonly Finding[]
  /** The word that asks Xcode something. */
  readonly query: number | null
  readonly steps: readonly DecisionStep[]
  readonly fresh_workspace: boolean
  readonly dropped: readonly {readonly option: string; readonly value: string | null; readonly note: string}[]
  readonly presentation: {readonly quiet: boolean; readonly verbose: boolean}
  readonly result_bundle_path: string | null
}

/** Where the command runs, relative to the repository root; `null` = outside of it. */
export interface Place {
  readonly directory: string | null
}

/** Judges xcodebuild's words: every one is constrained, modelled, dropped or refused. */
export function judgeArguments(
  words: readonly string[],
  from: number,
  place: Place,
  profile: GateProfile,
  policy: ClassifierPolicy,
): Judgement {
  const statements = readArguments(words, from)
  const query = statements.find((one) => one.kind === 'option' && one.row.policy === 'query')
  if (query !== undefined && !statements.some(refusesQuery)) return judgeQuery(statements, query.index)
  return new Bench(words, place, profile, policy).judge(statements)
}

/** What changes a Mac or means nothing is no query, even when it stands beside one. */
function refusesQuery(statement: Statement): boolean {
  if (statement.kind === 'refused') return statement.code !== 'action_refused'
  if (statement.kind !== 'option') return false
  return statement.row.code !== undefined && CHANGES_A_MAC.has(statement.row.code)
}

const CHANGES_A_MAC: ReadonlySet<ClassifierErrorCode> = new Set<ClassifierErrorCode>([
  'first_launch_refused',
  'components_refused',
  'export_refused',
  'localization_refused',
  'xcframework_refused',
  'device_support_refused',
  'resolve_packages_refused',
])

function judgeQuery(statements: readonly Statement[], query: number): Judgement {
  const marks = new Map<number, Mark>()
  for (const statement of statements) {
    const role = statement.kind === 'option' && statement.row.policy === 'query' ? 'query' : 'kept'
    marks.set(statement.index, {role, key: null, code: null, note: null})
    if (statement.kind === 'option' && statement.valueIndex !== null)
      marks.set(statement.valueIndex, {role, key: null, code: null, note: null})
  }
  return {
    marks,
    findings: [],
    query,
    steps: [],
    fresh_workspace: false,
    dropped: [],
    presentation: {quiet: false, verbose: false},
    result_bundle_path: null,
  }
}

/** One judgement in the making. */
class Bench {
  readonly #words: readonly string[]
  readonly #place: Place
  readonly #profile: GateProfile
  readonly #policy: ClassifierPolicy
  readonly #draft: Draft
  readonly #marks = new Map<number, Mark>()
  readonly #findings: Finding[] = []
  readonly #seen = new Set<string>()
  readonly #actions: {action: Action; index: number}[] = []
  readonly #dropped: {option: string; value: string | null; note: string}[] = []
  #containerNamed = false
  #quiet = false
  #verbose = false
  #bundle: string | null = null

  constructor(words: readonly string[], place: Place, profile: GateProfile, policy: ClassifierPolicy) {
    this.#words = words
    this.#place = place
    this.#profile = profile
    this.#policy = policy
    this.#draft = startDraft(profile)
  }

  judge(statements: readonly Statement[]): Judgement {
    for (const statement of statements) {
      if (statement.kind === 'refused') this.#refuse(statement, statement.code, {})
      else if (statement.kind === 'setting') this.#judgeSetting(statement)
      else if (statement.kind === 'option') this.#judgeOption(statement)
      else this.#actions.push({action: statement.action, index: statement.index})
    }
    const fresh = this.#judgeActions()
    this.#judgeAbsences()
    return {
      marks: this.#marks,
      findings: this.#findings,
      query: null,
      steps: this.#findings.length > 0 ? [] : this.#steps(),
      fresh_workspace: fresh,
      dropped: this.#dropped,
      presentation: {quiet: this.#quiet, verbose: this.#verbose},
      result_bundle_path: this.#bundle,
    }
  }

  #steps(): readonly DecisionStep[] {
    const scheme = this.#draft.scheme ?? ''
    const worded = this.#actions.map(({action}) => action)
    const building = worded.filter((action) => action !== 'clean')
    const actions: readonly Action[] = building.length > 0 ? building : worded.length > 0 ? ['clean'] : ['build']
    return actions.map((action) => {
      const model = finishModel(this.#draft, scheme, action)
      return {action, model, sanitized_argv: sanitizedArgv(action, model)}
    })
  }

  #judgeActions(): boolean {
    const building = this.#actions.filter(({action}) => action !== 'clean')
    const [first] = this.#actions
    for (const [position, {action, index}] of this.#actions.entries()) {
      if (action !== 'clean') {
        this.#mark(index, 'constrained', 'action', null)
      } else if (building.length === 0) {
        if (this.#policy.allow_mutating && this.#policy.posture === 'trusted')
          this.#mark(index, 'kept', 'safety.allow_mutating', "discards the profile's slots")
        else this.#refuse({index}, 'mutating_disallowed', {})
      } else if ((position > 0 && first?.action !== 'clean') || position > 1) {
        this.#refuse({index}, 'mutating_disallowed', {})
      } else {
        this.#mark(index, 'modelled', 'workspace.mode', 'this run builds in a workspace of its own, empty at first')
      }
    }
    return building.length > 0 && first?.action === 'clean'
  }

  /** What a command must name, and what it means when it does not. */
  #judgeAbsences(): void {
    if (!this.#seen.has('-scheme')) this.#findings.push(finding('scheme_missing', {token: '-scheme', expected: this.#profile.scheme}))
    const directory = this.#place.directory
    if (directory === null) {
      this.#findings.push(finding('path_outside_repository', {token: "the command's directory"}))
      return
    }
    if (this.#containerNamed || directory === '.') return
    const {type, path} = this.#draft.container
    const home = type === 'package' ? path : path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
    if (home !== directory)
      this.#findings.push(finding('container_mismatch', {token: `what xcodebuild would find in ${directory}`, expected: path}))
  }

  #judgeOption(statement: Extract<Statement, {kind: 'option'}>): void {
    const {name, row, value} = statement
    if (row.policy === 'refused') {
      this.#refuse(statement, row.code ?? 'option_unknown', {})
      return
    }
    if (row.policy === 'query') {
      this.#refuse(statement, 'xcode_query', {command: 'rch xcode explain'})
      return
    }
    if (row.value !== null && value === null) {
      this.#refuse(statement, 'option_value_missing', {})
      return
    }
    if (value !== null && (value.startsWith('-') || value === '')) {
      this.#refuse(statement, 'value_invalid', {token: value, option: name, expected: expectedValue(row)}, statement.valueIndex)
      return
    }
    const isFirst = !this.#seen.has(name)
    this.#seen.add(name)
    if (!isFirst && row.value !== null && row.repeatable !== true) {
      this.#refuse(statement, 'option_repeated', {token: name})
      return
    }
    if (row.policy === 'presentation') {
      if (name === '-quiet') this.#quiet = true
      else this.#verbose = true
      this.#markAll(statement, 'presentation', null, 'applied to what is printed here')
    } else if (row.policy === 'owned') {
      this.#judgeOwned(statement)
    } else if (row.policy === 'constrained') {
      this.#judgeConstrained(statement, value ?? '')
    } else {
      const read = value === null ? true : readValue(row, value)
      if (read === null)
        this.#refuse(statement, 'value_invalid', {token: value ?? '', option: name, expected: expectedValue(row)}, statement.valueIndex)
      else {
        setField(this.#draft, row.key ?? '', read, isFirst)
        this.#markAll(statement, 'modelled', row.key ?? null, null)
      }
    }
  }

  #judgeOwned(statement: Extract<Statement, {kind: 'option'}>): void {
    const {name, row, value} = statement
    if (!this.#policy.drop_owned_paths) {
      this.#refuse(statement, row.code ?? 'option_owned', {token: name})
      return
    }
    if (row.value === 'path') {
      const path = this.#inside(value ?? '')
      if (path === null) {
        this.#refuse(statement, 'path_outside_repository', {token: value ?? ''}, statement.valueIndex)
        return
      }
      if (name === '-resultBundlePath') this.#bundle = path
    }
    const note = name === '-resultBundlePath' ? 'the host delivers the result bundle there' : 'the worker chooses it'
    this.#dropped.push({option: name, value, note})
    this.#markAll(statement, 'dropped', 'classifier.drop_owned_paths', note)
  }

  #judgeConstrained(statement: Extract<Statement, {kind: 'option'}>, value: string): void {
    const {name} = statement
    const profile = this.#profile
    const draft = this.#draft
    switch (name) {
      case '-workspace':
      case '-project':
        this.#judgeContainer(statement, value)
        break
      case '-scheme':
        if (this.#equals(statement, value, [profile.scheme, ...profile.schemes], 'scheme_not_allowed')) draft.scheme = value
        break
      case '-configuration':
        if (this.#equals(statement, value, [profile.configuration, ...profile.configurations], 'configuration_not_allowed'))
          draft.configuration = value
        break
      case '-sdk':
        if (this.#equals(statement, value, [profile.sdk], 'sdk_not_allowed')) draft.sdk = value
        break
      case '-testPlan':
        if (this.#equals(statement, value, [profile.xcode_test.test_plan], 'test_plan_not_allowed')) draft.testPlan = value
        break
      default:
        this.#judgeDestination(statement, value)
    }
  }

  #equals(
    statement: Extract<Statement, {kind: 'option'}>,
    value: string,
    allowed: readonly (string | null)[],
    code: ClassifierErrorCode,
  ): boolean {
    if (allowed.includes(value)) {
      this.#markAll(statement, 'constrained', statement.row.key ?? null, null)
      return true
    }
    const expected = [...new Set(allowed.filter((one) => one !== null))]
    this.#refuse(statement, code, {token: value, expected: expected.length > 0 ? expected.join(', ') : 'none is set'}, statement.valueIndex)
    return false
  }

  #judgeContainer(statement: Extract<Statement, {kind: 'option'}>, value: string): void {
    const path = this.#inside(value)
    const {type, path: expected} = this.#draft.container
    // A directory that is no workspace stands for the package in it.
    const named = statement.name === '-project' ? 'project' : type === 'package' && !/\.xcworkspace$/.test(value) ? 'package' : 'workspace'
    if (path === null) this.#refuse(statement, 'path_outside_repository', {token: value}, statement.valueIndex)
    else if (this.#containerNamed) this.#refuse(statement, 'option_repeated', {token: 'the container'})
    else if (named !== type || path !== expected)
      this.#refuse(statement, 'container_mismatch', {token: value, expected: `${type} ${expected}`}, statement.valueIndex)
    else this.#markAll(statement, 'constrained', type, null)
    this.#containerNamed = true
  }

  #judgeDestination(statement: Extract<Statement, {kind: 'option'}>, value: string): void {
    const named = readDestination(value)
    const draft = this.#draft
    const facts = {token: value, option: '-destination', expected: expectedValue(statement.row)}
    if (named === null) this.#refuse(statement, 'value_invalid', facts, statement.valueIndex)
    else if (named === 'id') this.#refuse(statement, 'destination_id_refused', facts, statement.valueIndex)
    else {
      const match = matchDestination(named, draft.allowed)
      if (match === null) {
        const expected = draft.allowed.length > 0 ? draft.allowed.map(writeDestination).join('; ') : 'none is set'
        this.#refuse(statement, 'destination_not_allowed', {token: value, expected}, statement.valueIndex)
        return
      }
      draft.destinations.add(match)
      const full = writeDestination(match)
      this.#markAll(statement, 'constrained', 'destination', full === value ? null : `means ${full}`)
    }
  }

  #judgeSetting({name, value, index}: Extract<Statement, {kind: 'setting'}>): void {
    if (isNeverSetting(name)) {
      this.#refuse({index}, 'setting_never_allowed', {token: name})
      return
    }
    const allowed = Object.hasOwn(ALLOWED_SETTINGS, name) ? ALLOWED_SETTINGS[name] : undefined
    const asked = SETTING_NAME.test(name) && this.#policy.allow_settings.includes(name)
    if (allowed === undefined && !asked) {
      this.#refuse({index}, 'setting_refused', {token: name})
    } else if (allowed === undefined ? !PLAIN_SETTING.test(value) : !allowed.values.test(value)) {
      this.#refuse({index}, 'setting_value_refused', {token: `${name}=${value}`, expected: allowed?.expected ?? 'text without $, ` and \\'})
    } else if (this.#seen.has(name)) {
      this.#refuse({index}, 'option_repeated', {token: name})
    } else {
      this.#seen.add(name)
      this.#draft.settings = {...this.#draft.settings, [name]: value}
      this.#mark(index, 'modelled', `build_settings.${name}`, null)
    }
  }

  #inside(path: string): string | null {
    return this.#place.directory === null ? null : insideRepository(path, this.#place.directory, this.#policy.repo_root)
  }

  #mark(index: number, role: Token['role'], key: string | null, note: string | null): void {
    this.#marks.set(index, {role, key, code: null, note})
  }

  #markAll(statement: Extract<Statement, {kind: 'option'}>, role: Token['role'], key: string | null, note: string | null): void {
    this.#mark(statement.index, role, key, note)
    if (statement.valueIndex !== null) this.#mark(statement.valueIndex, role, key, note)
  }

  /** Refuses a statement; the mark stands at `at` when one of its words is to blame. */
  #refuse(
    statement: Pick<Statement, 'index'> & {readonly valueIndex?: number | null},
    code: ClassifierErrorCode,
    facts: Readonly<Record<string, string>>,
    at: number | null = null,
  ): void {
    const index = at ?? statement.index
    const found = finding(code, {...facts, token: show(facts['token'] ?? this.#words[index] ?? '')})
    this.#findings.push(found)
    this.#marks.set(index, {role: 'refused', key: null, code, note: found.reason})
    const other = index === statement.index ? statement.valueIndex : statement.index
    if (typeof other === 'number' && other !== index) this.#marks.set(other, {role: 'refused', key: null, code, note: null})
  }
}

const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Xcode expands `$(NAME)` and `${NAME}` inside values. */
const PLAIN_SETTING = /^[^$`\\]{0,1024}$/

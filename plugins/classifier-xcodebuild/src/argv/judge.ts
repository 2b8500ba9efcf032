import type {ClassifierPolicy, DecisionStep} from '@rch/contract'
import type {Action} from '@rch/contract/kinds/xcodebuild'
import {sanitizedArgv} from '../canonical.ts'
import type {GateProfile} from '../gate-profile.ts'
import type {Root} from '../paths.ts'
import type {Finding} from '../report.ts'
import {chosenDestinations, finishModel, startDraft} from './draft.ts'
import type {Hearing} from './hearing.ts'
import {judgeOption} from './judge-option.ts'
import {judgeProfile} from './judge-profile.ts'
import {judgeSetting} from './judge-setting.ts'
import {Ledger, type Mark} from './ledger.ts'
import {findQuery} from './query.ts'
import {type ActionStatement, readArguments, type Statement} from './read.ts'

export interface Judgement {
  readonly marks: ReadonlyMap<number, Mark>
  /** What no profile could allow comes first. */
  readonly findings: readonly Finding[]
  /** Those of the findings that no word stands for. */
  readonly missing: readonly Finding[]
  /** The index of the word that asks Xcode something. */
  readonly query: number | null
  readonly steps: readonly DecisionStep[]
  readonly fresh_workspace: boolean
  readonly dropped: readonly {readonly option: string; readonly value: string | null; readonly note: string}[]
  readonly presentation: {readonly quiet: boolean; readonly verbose: boolean}
  readonly result_bundle_path: string | null
}

/**
 * Judges xcodebuild's words: every one is constrained, modelled, dropped or refused.
 * @param from index of the first word behind `xcodebuild`
 * @param directory the command's, relative to the repository root; `null` = outside of it
 */
export function judgeArguments(
  words: readonly string[],
  from: number,
  directory: string | null,
  root: Root,
  profile: GateProfile,
  policy: ClassifierPolicy,
): Judgement {
  const statements = readArguments(words, from)
  const query = findQuery(statements)
  const hearing: Hearing = {
    profile,
    policy,
    root,
    directory,
    draft: startDraft(profile),
    ledger: new Ledger(words),
    seen: new Set(),
    dropped: [],
    containerNamed: false,
    quiet: false,
    verbose: false,
    resultBundlePath: null,
  }
  if (query !== null) {
    for (const [index, role] of query.roles) hearing.ledger.mark(index, role, null, null)
    return report(hearing, query.index, [], false)
  }
  const actions: ActionStatement[] = []
  for (const statement of statements) {
    if (statement.kind === 'option') judgeOption(hearing, statement)
    else if (statement.kind === 'setting') judgeSetting(hearing, statement)
    else if (statement.kind === 'refused') hearing.ledger.refuse(statement.index, statement.code)
    else actions.push(statement)
  }
  const isFresh = judgeActions(hearing, actions, statements)
  judgeAbsences(hearing)
  judgeProfile(hearing)
  const wanted = stepActions(actions)
  judgeTestDestinations(hearing, wanted)
  return report(hearing, null, wanted, isFresh)
}

function report(hearing: Hearing, query: number | null, actions: readonly Action[], isFresh: boolean): Judgement {
  const {ledger, draft, dropped, quiet, verbose, resultBundlePath} = hearing
  const findings = [...ledger.findings.filter((one) => !FITTING.has(one.code)), ...ledger.findings.filter((one) => FITTING.has(one.code))]
  const steps = (findings.length > 0 ? [] : actions).map((action): DecisionStep => {
    const model = finishModel(draft, hearing.profile.scheme, action)
    return {action, model, sanitized_argv: sanitizedArgv(action, model)}
  })
  return {
    marks: ledger.marks,
    findings,
    missing: ledger.missing,
    query,
    steps,
    fresh_workspace: isFresh,
    dropped,
    presentation: {quiet, verbose},
    result_bundle_path: resultBundlePath,
  }
}

/** What another profile would allow. */
const FITTING: ReadonlySet<Finding['code']> = new Set<Finding['code']>([
  'container_mismatch',
  'scheme_not_allowed',
  'configuration_not_allowed',
  'sdk_not_allowed',
  'test_plan_not_allowed',
  'destination_not_allowed',
  'option_owned',
  'option_owned_path',
])

/** Several actions are ordered steps, none means `build`. */
function stepActions(actions: readonly ActionStatement[]): readonly Action[] {
  const building = actions.map(({action}) => action).filter((action) => action !== 'clean')
  if (building.length > 0) return building
  return actions.length > 0 ? ['clean'] : ['build']
}

/** Marks the action words; returns whether `clean` stands in front, which makes the run start in an empty workspace of its own. */
function judgeActions({ledger, policy}: Hearing, actions: readonly ActionStatement[], statements: readonly Statement[]): boolean {
  const isOther = ({action}: ActionStatement): boolean => action !== 'clean'
  const building = actions.some(isOther) || statements.some((one) => one.kind === 'refused' && one.code === 'action_refused')
  for (const [position, {action, index}] of actions.entries()) {
    if (action !== 'clean') ledger.mark(index, 'constrained', 'action', null)
    else if (building && position === 0)
      ledger.mark(index, 'modelled', 'workspace.mode', 'this run gets a workspace of its own, empty at first')
    else if (!building && position === 0 && policy.allow_mutating && policy.posture === 'trusted') {
      ledger.mark(index, 'kept', 'safety.allow_mutating', "discards the profile's slots")
    } else ledger.refuse(index, 'mutating_disallowed')
  }
  return building && actions[0]?.action === 'clean'
}

/** What a command must name, and what it means when it does not. */
function judgeAbsences({ledger, seen, profile, draft, directory, containerNamed}: Hearing): void {
  if (!seen.has('-scheme')) ledger.miss('scheme_missing', {expected: profile.scheme})
  if (draft.allowed.length === 0 && !seen.has('-destination'))
    ledger.miss('destination_not_allowed', {token: '(none)', expected: 'none is set'})
  if (directory === null) return ledger.miss('path_outside_repository', {token: "The command's directory"})
  if (containerNamed || directory === '.') return
  // Without a container xcodebuild takes what lies in its directory.
  const {type, path} = draft.container
  const home = type === 'package' ? path : path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
  if (home !== directory) ledger.miss('container_mismatch', {token: `What lies in ${directory}`, expected: path})
}

/** Tests run on something concrete. */
function judgeTestDestinations({ledger, draft}: Hearing, actions: readonly Action[]): void {
  const tests = actions.find((action) => action === 'test' || action === 'test-without-building')
  const generic = chosenDestinations(draft).find((one) => one.generic)
  if (tests !== undefined && generic !== undefined) ledger.miss('destination_generic', {token: tests, platform: generic.platform})
}

import {RchError, type Classifier, type ClassifierPolicy, type Decision, type EffectiveProfile} from '@rch/contract'
import type {Action} from '@rch/contract/kinds/xcodebuild'
import type {AcceptedStep} from './gate-request.ts'

/**
 * The steps of a profile's `verify`, or of one action. Each goes through the same gate as a typed command; one rejected step
 * refuses the whole run before anything is staged.
 */
export function acceptActions(
  classifier: Classifier,
  actions: readonly {readonly action: Exclude<Action, 'clean'>; readonly profile: EffectiveProfile}[],
  policy: ClassifierPolicy,
): readonly AcceptedStep[] {
  return actions.flatMap(({action, profile}) => stepsOf(classifier.fromProfile(action, profile, policy), {text: null, argv: null}))
}

/** The steps of an accepted decision; a refusal is thrown with the classifier's own words. */
export function stepsOf(decision: Decision, original: AcceptedStep['original']): readonly AcceptedStep[] {
  if (decision.verdict !== 'accept') throw refusal(decision)
  return decision.steps.map((step) => ({decision, step, freshWorkspace: decision.fresh_workspace, original}))
}

/** A decision that is no acceptance, as an error. */
export function refusal(decision: Decision): RchError {
  const [code] = decision.codes
  if (code === undefined)
    return new RchError('usage_error', decision.reason ?? 'This is no xcodebuild command, and nothing else runs on a worker.', {
      data: {verdict: decision.verdict, tokens: decision.tokens},
      hint: 'Write the command itself behind --, as in `rch xcode run -- xcodebuild build -scheme App`.',
    })
  return new RchError(code, decision.reason ?? undefined, {
    data: {verdict: decision.verdict, codes: decision.codes, tokens: decision.tokens},
    ...(decision.hint === null ? {} : {hint: decision.hint}),
  })
}

/** A profile with what one `verify` step overrides. */
export function stepProfile(profile: EffectiveProfile, step: EffectiveProfile['verify'][number]): EffectiveProfile {
  return {
    ...profile,
    action: step.action,
    scheme: step.scheme ?? profile.scheme,
    configuration: step.configuration ?? profile.configuration,
    destinations: step.destinations ?? profile.destinations,
    xcode_test: {...profile.xcode_test, ...step.xcode_test},
    xcode_run: {...profile.xcode_run, ...step.xcode_run},
  }
}

import {join} from 'node:path'
import {RchError, type Classifier} from '@rch/contract'
import {readDocument} from '@rch/contract/documents'
import type {EffectiveConfig} from '../../domain/config/index.ts'
import {readIfThere} from '../../infra/files.ts'
import {policyOf} from '../explain/decide.ts'
import {needRecord, notebookDocument} from '../find-record.ts'
import type {Lane} from '../lane.ts'
import {acceptActions, stepsOf} from './accept-steps.ts'
import type {AcceptedStep} from './gate-request.ts'

export interface PastRun {
  readonly run_id: string
  readonly profile: string
  readonly steps: readonly {
    readonly action: 'build' | 'test' | 'build-for-testing' | 'test-without-building'
    readonly argv: readonly string[] | null
  }[]
}

/** What a past run was asked to do, from its plan and the requests that were composed. */
export function pastRun(lane: Lane, id: string): PastRun {
  const record = needRecord(lane, id)
  const plan = record.type === 'run' ? notebookDocument(record.directory, 'run_plan') : null
  if (plan === null)
    throw new RchError('run_not_found', `${id} has no plan on this host.`, {
      data: {id},
      hint: 'Run `rch xcode runs` for the runs of this repository.',
    })
  return {
    run_id: plan.run_id,
    profile: plan.profile,
    steps: plan.steps.map(({index, action}) => {
      if (action === 'clean') throw new RchError('usage_error', 'A run that cleaned cannot be tried again.', {data: {id}})
      const bytes = readIfThere(join(record.directory, 'steps', `${index}-${action}`, 'job_request.json'))
      return {
        action,
        argv: bytes === undefined ? null : readDocument('job_request', bytes, {maxBytes: 64 * 1024 * 1024}).invocation.original_argv,
      }
    }),
  }
}

/** The same steps, judged anew under today's configuration: a typed command as typed, a profile's action as the profile says now. */
export function stepsAgain(lane: Lane, classifier: Classifier, config: EffectiveConfig, past: PastRun): readonly AcceptedStep[] {
  const policy = policyOf(lane, config)
  const [typed] = past.steps.flatMap(({argv}) => (argv === null ? [] : [argv]))
  if (typed !== undefined)
    return stepsOf(classifier.classify({form: 'argv', argv: typed, cwd: lane.repository.root}, config.profile, policy), {
      text: null,
      argv: typed,
    })
  return acceptActions(
    classifier,
    past.steps.map(({action}) => ({action, profile: config.profile})),
    policy,
  )
}

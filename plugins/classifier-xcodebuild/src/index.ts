import type {Classifier, Decision} from '@rch/contract'
import {classify} from './classify.ts'
import {fit, nearest} from './fit.ts'
import {profileWords, resolvedArgv} from './profile-words.ts'

/**
 * The classifier of xcodebuild command lines.
 * @param settings `[providers.xcodebuild]` of the host's config.toml; there is nothing to set
 */
export function createXcodebuildClassifier(_settings?: unknown): Classifier {
  return {
    id: 'xcodebuild',
    triggers: ['xcodebuild'],
    classify,
    fromProfile: (action, profile, policy): Decision =>
      classify({form: 'argv', argv: profileWords(action, profile), cwd: policy.repo_root}, profile, policy),
    resolvedArgv,
    fit,
    nearest,
  }
}

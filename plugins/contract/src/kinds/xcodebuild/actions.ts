import type {ClassifierErrorCode} from '../../errors/rows/classifier.ts'
import type {Action} from './model.ts'

/** Every action word of Xcode 15 to 27: a step of ours, or the code that refuses it. */
export const ACTION_WORDS: ReadonlyMap<string, {readonly action: Action} | {readonly code: ClassifierErrorCode}> = new Map<
  string,
  {readonly action: Action} | {readonly code: ClassifierErrorCode}
>([
  ['build', {action: 'build'}],
  ['test', {action: 'test'}],
  ['build-for-testing', {action: 'build-for-testing'}],
  ['test-without-building', {action: 'test-without-building'}],
  ['clean', {action: 'clean'}],
  ['archive', {code: 'action_refused'}],
  ['install', {code: 'action_refused'}],
  ['installsrc', {code: 'action_refused'}],
  ['installhdrs', {code: 'action_refused'}],
  ['analyze', {code: 'action_refused'}],
  ['docbuild', {code: 'action_refused'}],
])

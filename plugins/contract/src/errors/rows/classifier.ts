import type {ErrorRow} from '../kinds.ts'

/** Why a command line is not taken over: one code per construct of the shell and per policy row of the option table. Exit 10. */
export const CLASSIFIER_ERRORS = {
  mutating_disallowed: {
    kind: 'CLASSIFIER_REJECTED',
    message: 'clean on its own would discard what other runs build on.',
    hint: 'Run `rch xcode gc --slots`, or put clean in front of another action.',
    since: '0.1.0',
  },
  shell_state_changed: {
    kind: 'CLASSIFIER_REJECTED',
    message: 'What stands before xcodebuild may change how it runs: {token}',
    hint: 'Run xcodebuild in a command of its own.',
    since: '0.1.0',
  },
} as const satisfies Record<string, ErrorRow>

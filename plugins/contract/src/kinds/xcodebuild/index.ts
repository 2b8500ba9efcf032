export {
  ACTIONS,
  type Action,
  type Container,
  type DestinationRequest,
  type ResolvedDestination,
  type RunOptions,
  type TestSelection,
  type XcodebuildModel,
} from './model.ts'
export {NO_RUN_OPTIONS} from './no-run-options.ts'
export {ACTION_WORDS} from './actions.ts'
export {OPTIONS, type OptionPolicy, type OptionRow, type OptionValue} from './options.ts'
export {ALLOWED_SETTINGS, isNeverSetting, isNeverVariable, NEVER_PATTERNS, NEVER_SETTINGS, PLACE_PATTERNS} from './settings.ts'
export {CLASSIFIER_ERRORS, type ClassifierErrorCode} from '../../errors/rows/classifier.ts'
export {rewriteCommand} from './rewrite-command.ts'
export {signingSettings} from './signing-settings.ts'
export {pinnedDestination} from './destination-words.ts'

export {artifactRow, OUTSIDE_MANIFEST, SEALED_FILES, type ArtifactRow} from './documents/files.ts'
export {
  DOCUMENT_NAMES,
  DOCUMENT_TABLE,
  isDocumentName,
  SCHEMA_MAJOR,
  schemaId,
  type DocumentName,
  type DocumentRow,
  type DocumentScope,
  type Sensitivity,
} from './documents/table.ts'
export {EXIT_CODES, WIRE_CODES, type ErrorRow, type FailureKind, type WireCode} from './errors/kinds.ts'
export {allErrors, isRchError, RchError, toRchError, type RchErrorOptions} from './errors/rch-error.ts'
export {ERRORS, isErrorCode, type ErrorCode} from './errors/registry.ts'
export {
  canTransition,
  isFinal,
  JOB_STATES,
  RUN_STATES,
  STEP_STATES,
  transition,
  TRANSITIONS,
  type JobState,
  type Machine,
  type RunState,
  type StateOf,
  type StepState,
} from './states.ts'
export {CONTRACT_SHA256, CONTRACT_VERSION, LANE_VERSION, PROTOCOL, PROVIDER_CONTRACT} from './versions.ts'
export type * from './config.ts'
export type * from './providers.ts'

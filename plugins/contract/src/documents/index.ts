export {capabilitiesBody, probeAnswer} from './capabilities.ts'
export {effectiveConfig} from './config.ts'
export {ENTRANCES} from './decision.ts'
export {event, EVENT_SCHEMA_VERSION, HARNESS_EVENTS, queuedLine, runEvent} from './events.ts'
export {bareStageReceipt} from './execution.ts'
export {inputs, jobKeyInputs} from './inputs.ts'
export {publishedSchemas, type JsonSchema} from './json-schema.ts'
export {openSchema} from './open.ts'
export {
  checkEvent,
  checkRequestPayload,
  checkResponsePayload,
  checkRunEvent,
  type JobEvent,
  type RunEvent,
  type VerbRequestPayload,
  type VerbResponsePayload,
} from './payloads.ts'
export {checkDocument, documentHead, firstProblem, keepDocument, readDocument, writeDocument} from './read-write.ts'
export {SCHEMAS, type DeepReadonly, type Document} from './schemas.ts'
export {VERB_PAYLOADS} from './verbs.ts'
export type {DocumentName, DocumentRow} from './table.ts'
export type * from './types.ts'

import {z} from 'zod'
import {actionName, count, errorCode, errorItem, flag, names, posture, sha256Hex, text} from './fields.ts'
import {stepScope} from './header.ts'

/** Where a command came in. */
export const ENTRANCES = [
  'run',
  'build',
  'test',
  'verify',
  'plan',
  'explain',
  'intercept',
  'hook',
  'shim',
  'mcp',
  'resume',
  'retry',
] as const

/** One word of a command and what became of it. */
export const token = z.strictObject({
  text,
  start: count,
  end: count,
  role: z.enum(['kept', 'constrained', 'modelled', 'dropped', 'presentation', 'refused', 'query', 'wrapper', 'context']),
  key: text.nullable(),
  code: errorCode.nullable(),
  note: text.nullable(),
})

const droppedWord = z.strictObject({option: text, value: text.nullable(), note: text})

/** The gate's verdict; in a refusal without ids, in a sealed set with those of its job. */
export const decision = stepScope('decision', {
  entrance: z.enum(ENTRANCES),
  verdict: z.enum(['accept', 'reject', 'query', 'pass']),
  error_code: errorCode.nullable(),
  errors: z.array(errorItem),
  codes: z.array(errorCode),
  tokens: z.array(token),
  reason: text.nullable(),
  hint: text.nullable(),
  job_kind: text.nullable(),
  profile: text.nullable(),
  posture,
  worker: text.exactOptional(),
  /** What was held fast when the decision was made; `null` where nothing was known yet. */
  pinned: z.strictObject({host_key: flag.nullable(), harness: flag.nullable(), destination: flag.nullable()}),
  classifier_policy_sha256: sha256Hex.exactOptional(),
})

/** The command as it was typed and as it was understood. */
export const invocation = stepScope('invocation', {
  original: text.nullable(),
  original_argv: names.nullable(),
  sanitized_argv: names.nullable(),
  accepted_action: actionName.nullable(),
  rejected_flags: names,
  dropped: z.array(droppedWord),
  classifier_policy_sha256: sha256Hex,
})

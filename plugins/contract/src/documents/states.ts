import {z} from 'zod'
import {JOB_STATES, RUN_STATES} from '../states.ts'
import {count, flag, identifier, seconds, text, timestamp} from './fields.ts'
import {jobScope, runScope} from './header.ts'

/** Replaced atomically at every change; `seq` counts them from 1. */
const common = {
  seq: count,
  updated_at: timestamp,
  cancel_requested: flag.exactOptional(),
  queued_at: timestamp.exactOptional(),
  started_at: timestamp.exactOptional(),
  queue_wait_seconds: seconds.exactOptional(),
  reason: text.exactOptional(),
}

export const jobState = jobScope('job_state', {
  state: z.enum(JOB_STATES),
  previous: z.enum(JOB_STATES).nullable(),
  ...common,
})

export const runState = runScope('run_state', {
  state: z.enum(RUN_STATES),
  previous: z.enum(RUN_STATES).nullable(),
  ...common,
  current_step: count.exactOptional(),
  resumed_at: timestamp.exactOptional(),
  /** Every lease that replaced one which had expired. */
  lease_renewed: z.array(z.strictObject({lease_id: identifier, at: timestamp})).exactOptional(),
})

import type {VerbHandler} from '../context.ts'
import {collectGarbage} from '../gc.ts'
import {readPayload} from './payload.ts'

/** Deletes what is old and not in use, or says what it would. */
export const gc: VerbHandler = async (context, request) => {
  const {what, dry_run} = await readPayload('gc', request)
  return {payload: await collectGarbage(context, what, dry_run)}
}

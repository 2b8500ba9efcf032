import type {VerbHandler} from '../context.ts'
import {probeWorker} from '../toolchain/probe-worker.ts'

/** What this worker is, has and can do. */
export const probe: VerbHandler = async (context) => ({payload: await probeWorker(context, {fresh: false})})

import {holdLease} from './hold-lease.ts'
import type {StepFacts} from './step-context.ts'

/** Sees to it that the run holds a lease that lives: its own, or another one on the same worker. Throws `worker_busy`. */
export async function holdAgain({held, way, candidate, notebook, request, onProgress, signal}: StepFacts): Promise<void> {
  held.current = await holdLease(held.current, {
    connection: way.current,
    protocolVersion: candidate.fit.protocolVersion,
    notebook,
    profile: request.profile,
    worker: candidate.worker.name,
    onProgress,
    signal,
  })
}

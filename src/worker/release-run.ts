import {rm} from 'node:fs/promises'
import type {WorkerContext} from './context.ts'
import {releaseUploads} from './run-uploads.ts'
import {releaseSlots} from './state/slots.ts'

/** Frees what a lease held: its run's uploads, warm slots for the next run, isolated ones from the disk. */
export async function releaseRun(context: WorkerContext, leaseId: string): Promise<void> {
  releaseUploads(context, leaseId)
  for (const path of releaseSlots(context.db, leaseId)) await rm(path, {recursive: true, force: true})
}

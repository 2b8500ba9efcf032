import {rm} from 'node:fs/promises'
import type {WorkerContext} from '../context.ts'
import {releaseSlots} from './slots.ts'

/** Frees what a lease held: warm slots for the next run, isolated ones from the disk. */
export async function releaseRun(context: Pick<WorkerContext, 'db'>, leaseId: string): Promise<void> {
  for (const path of releaseSlots(context.db, leaseId)) await rm(path, {recursive: true, force: true})
}

import {lstatSync} from 'node:fs'
import {readPlan, type Plan} from './plan.ts'
import type {Upload} from './upload-directory.ts'

/** The plan read last: the chunks of one upload come one after the other, and a large plan is not read for each. */
export class LastPlan {
  /** Its directory never changes, but another upload may come to have its name. */
  #known: {readonly directory: string; readonly ino: number; readonly plan: Plan} | null = null

  /** The plan of an upload, or `null` while its manifest is not complete. */
  of(upload: Upload): Plan | null {
    const ino = lstatSync(upload.plan, {throwIfNoEntry: false})?.ino
    if (ino === undefined) return null
    if (this.#known?.directory === upload.plan && this.#known.ino === ino) return this.#known.plan
    const plan = readPlan(upload.plan)
    if (plan !== null) this.#known = {directory: upload.plan, ino, plan}
    return plan
  }
}

import {readdirSync, rmSync, statSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import * as z from 'zod'
import {IDENTIFIER, RUN_ID} from '@rch/contract/identity'
import {makeDirectory, readIfThere, writeFileAtomic} from '../infra/files.ts'
import {isAlive, processIdentity} from '../infra/process-identity.ts'

/** A lease that a run of this host took, and the process that drives the run. */
export interface NotedLease {
  readonly lease_id: string
  readonly fence: number
  readonly worker: string
  readonly run_id: string
}

/** Every lease has expired long before. */
const FORGOTTEN_MS = 24 * 3600 * 1000

const NOTE = z.strictObject({
  worker: z.string().min(1),
  run_id: z.string().regex(RUN_ID),
  lease_id: z.string().regex(IDENTIFIER),
  fence: z.int().nonnegative(),
  hostname: z.string(),
  process: z.strictObject({pid: z.int().positive(), started: z.string(), boot: z.string()}),
})

/**
 * The leases that runs of this host hold now, a small file for each: what a process that was killed never gave back, the next run can.
 * Only ever a help: what cannot be written or read here is as if it were not there, since leases expire by themselves.
 */
export class LeaseBook {
  readonly #directory: string

  /** @param stateDir of this host, `Places.state`. */
  constructor(stateDir: string) {
    this.#directory = join(stateDir, 'leases')
  }

  /** To be called at once: what is not noted yet when this process is killed stays until it expires. */
  note({worker, run_id, lease_id, fence}: NotedLease): void {
    try {
      const own = processIdentity(process.pid)
      if (own === null) return
      const note: z.infer<typeof NOTE> = {worker, run_id, lease_id, fence, hostname: hostname(), process: own}
      makeDirectory(this.#directory)
      writeFileAtomic(this.#file(lease_id), `${JSON.stringify(note)}\n`)
    } catch {
      // It expires by itself.
    }
  }

  forget(leaseId: string): void {
    removeQuietly(this.#file(leaseId))
  }

  /** Leases on a worker whose process is no more; they are forgotten with that. Another machine's, on a shared home, are left alone. */
  takeLeft(worker: string): readonly NotedLease[] {
    return namesIn(this.#directory).flatMap((name) => {
      const file = join(this.#directory, name)
      const note = noteIn(file)
      if (note === null || note.worker !== worker || note.hostname !== hostname() || isAlive(note.process)) return []
      removeQuietly(file)
      return [{worker, run_id: note.run_id, lease_id: note.lease_id, fence: note.fence}]
    })
  }

  #file(leaseId: string): string {
    return join(this.#directory, `${leaseId}.json`)
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}

/** `null` for what is gone, unreadable or too old to matter; the last two are removed. */
function noteIn(file: string): z.infer<typeof NOTE> | null {
  try {
    const bytes = readIfThere(file)
    if (bytes === undefined) return null
    const note = NOTE.safeParse(JSON.parse(bytes.toString('utf8')))
    if (note.success && Date.now() - statSync(file).mtimeMs < FORGOTTEN_MS) return note.data
  } catch {
    // Not even JSON.
  }
  removeQuietly(file)
  return null
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, {force: true})
  } catch {
    // It stays, and is looked at again.
  }
}

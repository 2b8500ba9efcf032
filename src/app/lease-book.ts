import {readdirSync, rmSync, statSync} from 'node:fs'
import {hostname} from 'node:os'
import {join} from 'node:path'
import * as z from 'zod'
import {IDENTIFIER, RUN_ID} from '@rch/contract/identity'
import {isErrno, makeDirectory, readIfThere, writeFileAtomic} from '../infra/files.ts'
import {isAlive, processIdentity} from '../infra/process-identity.ts'

/** A lease that a run of this host took, and the process that drives the run. */
export interface NotedLease {
  readonly lease_id: string
  readonly fence: number
  readonly worker: string
  readonly run_id: string
}

/** One attempt of a run: it holds one lease at a time. */
interface Attempt {
  readonly runId: string
  readonly attempt: number
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

  note({runId, attempt}: Attempt, worker: string, {lease_id, fence}: Pick<NotedLease, 'lease_id' | 'fence'>): void {
    try {
      const own = processIdentity(process.pid)
      if (own === null) return
      const note: z.infer<typeof NOTE> = {worker, run_id: runId, lease_id, fence, hostname: hostname(), process: own}
      makeDirectory(this.#directory)
      writeFileAtomic(this.#file(runId, attempt), `${JSON.stringify(note)}\n`)
    } catch {
      // It expires by itself.
    }
  }

  forget({runId, attempt}: Attempt): void {
    rmSync(this.#file(runId, attempt), {force: true})
  }

  /** Leases on a worker whose process is no more; they are forgotten with that. Another machine's, on a shared home, are left alone. */
  takeLeft(worker: string): readonly NotedLease[] {
    return namesIn(this.#directory).flatMap((name) => {
      const file = join(this.#directory, name)
      const note = noteIn(file)
      if (note === null || note.worker !== worker || note.hostname !== hostname() || isAlive(note.process)) return []
      rmSync(file, {force: true})
      return [{worker, run_id: note.run_id, lease_id: note.lease_id, fence: note.fence}]
    })
  }

  #file(runId: string, attempt: number): string {
    return join(this.#directory, `${runId}.${attempt}.json`)
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** `null` for what is gone, damaged or too old to matter; the last two are removed. */
function noteIn(file: string): z.infer<typeof NOTE> | null {
  const bytes = readIfThere(file)
  if (bytes === undefined) return null
  const age = Date.now() - (statSync(file, {throwIfNoEntry: false})?.mtimeMs ?? 0)
  try {
    const note = NOTE.safeParse(JSON.parse(bytes.toString('utf8')))
    if (note.success && age < FORGOTTEN_MS) return note.data
  } catch {
    // Not even JSON.
  }
  rmSync(file, {force: true})
  return null
}

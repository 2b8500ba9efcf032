import {RchError} from '@rch/contract'
import {transaction, type Database} from './database.ts'

export interface JobRow {
  readonly job_id: string
  readonly owner: string
  readonly host_id: string
  readonly run_id: string
  readonly attempt: number
  readonly job_key: string
  readonly lease_id: string
  readonly fence: number
  readonly submitted_at: number
  readonly state: string
  readonly seq: number
  readonly cancel_requested: boolean
  readonly followed_at: number
  /** Set by the seal; terminal means sealed. */
  readonly job_index_sha256: string | null
}

export type NewJob = Pick<JobRow, 'job_id' | 'owner' | 'host_id' | 'run_id' | 'attempt' | 'job_key' | 'lease_id' | 'fence'>

/**
 * Enters an accepted job and consumes its nonce, or answers the job that has this id already: same key, same job, whatever
 * nonce or lease say; another key is `job_id_reused`. A nonce seen before is `job_request_replayed`.
 */
export function enterJob(
  db: Database,
  job: NewJob,
  nonce: {readonly value: string; readonly expires_at: number},
  now: number,
): 'entered' | 'known' {
  return transaction(db, () => {
    const known = findJob(db, job.job_id)
    if (known !== undefined) {
      if (known.owner !== job.owner || known.job_key !== job.job_key)
        throw new RchError('job_id_reused', undefined, {data: {job_id: job.job_id}})
      return 'known'
    }
    db.prepare('DELETE FROM nonces WHERE expires_at < ?').run(now)
    if (db.prepare('SELECT 1 FROM nonces WHERE nonce = ?').get(nonce.value) !== undefined) throw new RchError('job_request_replayed')
    db.prepare('INSERT INTO nonces (nonce, expires_at) VALUES (?, ?)').run(nonce.value, nonce.expires_at)
    db.prepare(
      `INSERT INTO jobs (job_id, owner, host_id, run_id, attempt, job_key, lease_id, fence, submitted_at, state, seq, followed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'staged', 1, ?)`,
    ).run(job.job_id, job.owner, job.host_id, job.run_id, job.attempt, job.job_key, job.lease_id, job.fence, now, now)
    return 'entered'
  })
}

export function findJob(db: Database, jobId: string): JobRow | undefined {
  const row = db.prepare('SELECT * FROM jobs WHERE job_id = ?').get(jobId)
  return row === undefined ? undefined : jobOf(row)
}

/** The caller's own job; anybody else's does not exist for it. */
export function ownJob(db: Database, owner: string, jobId: string): JobRow {
  const job = findJob(db, jobId)
  if (job === undefined || job.owner !== owner) throw new RchError('job_not_found', undefined, {data: {id: jobId}})
  return job
}

/** The caller's jobs of a run, newest attempt first. */
export function jobsOfRun(db: Database, owner: string, hostId: string, runId: string): readonly JobRow[] {
  return db
    .prepare('SELECT * FROM jobs WHERE owner = ? AND host_id = ? AND run_id = ? ORDER BY attempt DESC, submitted_at')
    .all(owner, hostId, runId)
    .map((row) => jobOf(row))
}

export function unsealedJobs(db: Database, owner: string | null): readonly JobRow[] {
  const sql = 'SELECT * FROM jobs WHERE job_index_sha256 IS NULL'
  const rows =
    owner === null ? db.prepare(`${sql} ORDER BY submitted_at`).all() : db.prepare(`${sql} AND owner = ? ORDER BY submitted_at`).all(owner)
  return rows.map((row) => jobOf(row))
}

/** The jobs that were submitted under a lease, oldest first. */
export function jobsOfLease(db: Database, leaseId: string): readonly JobRow[] {
  return db
    .prepare('SELECT * FROM jobs WHERE lease_id = ? ORDER BY submitted_at')
    .all(leaseId)
    .map((row) => jobOf(row))
}

export function recordState(db: Database, jobId: string, state: string, seq: number): void {
  db.prepare('UPDATE jobs SET state = ?, seq = ? WHERE job_id = ?').run(state, seq, jobId)
}

export function recordSeal(db: Database, jobId: string, state: string, seq: number, jobIndexSha256: string): void {
  db.prepare('UPDATE jobs SET state = ?, seq = ?, job_index_sha256 = ? WHERE job_id = ?').run(state, seq, jobIndexSha256, jobId)
}

export function requestCancel(db: Database, jobId: string): void {
  db.prepare('UPDATE jobs SET cancel_requested = 1 WHERE job_id = ?').run(jobId)
}

/** Somebody looks at the job: it is not abandoned. */
export function noteFollower(db: Database, jobId: string, now: number): void {
  db.prepare('UPDATE jobs SET followed_at = ? WHERE job_id = ?').run(now, jobId)
}

/** Takes a job whose supervisor is gone for recovery; `false` when another process has it. */
export function claimRecovery(db: Database, jobId: string, pid: number, isAlive: (pid: number) => boolean): boolean {
  return transaction(db, () => {
    const row = db.prepare('SELECT recovering_pid, job_index_sha256 FROM jobs WHERE job_id = ?').get(jobId)
    if (row === undefined || row['job_index_sha256'] !== null) return false
    const other = row['recovering_pid']
    if (typeof other === 'number' && other !== pid && isAlive(other)) return false
    db.prepare('UPDATE jobs SET recovering_pid = ? WHERE job_id = ?').run(pid, jobId)
    return true
  })
}

function jobOf(row: Readonly<Record<string, unknown>>): JobRow {
  return {
    job_id: String(row['job_id']),
    owner: String(row['owner']),
    host_id: String(row['host_id']),
    run_id: String(row['run_id']),
    attempt: Number(row['attempt']),
    job_key: String(row['job_key']),
    lease_id: String(row['lease_id']),
    fence: Number(row['fence']),
    submitted_at: Number(row['submitted_at']),
    state: String(row['state']),
    seq: Number(row['seq']),
    cancel_requested: Number(row['cancel_requested']) === 1,
    followed_at: Number(row['followed_at']),
    job_index_sha256: typeof row['job_index_sha256'] === 'string' ? row['job_index_sha256'] : null,
  }
}

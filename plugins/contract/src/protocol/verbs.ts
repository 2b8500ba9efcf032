/** Who may call: the forced command of the key says which. */
export const ROLES = ['run', 'stage', 'fetch'] as const
export type Role = (typeof ROLES)[number]

export const STREAM_FORMATS = ['manifest', 'digests', 'bitmap', 'blobs', 'tar', 'log'] as const
export type StreamFormat = (typeof STREAM_FORMATS)[number]

/** One verb of the harness. */
export interface VerbRow {
  readonly summary: string
  /** The keys that may call it. */
  readonly keys: readonly Role[]
  /** Formats of bytes that may follow the request. */
  readonly streamIn: readonly StreamFormat[]
  /** Formats of bytes that may follow the response. */
  readonly streamOut: readonly StreamFormat[]
  /** When event lines come before the response: never, always, or only with `payload.follow`. */
  readonly events: 'never' | 'always' | 'follow'
  /** When stderr is the job's log, byte for byte: never, always, or only with `payload.follow`. */
  readonly log: 'never' | 'always' | 'follow'
  readonly since: '0.1.0' | 'planned'
}

const RUN = ['run'] as const
const RUN_STAGE = ['run', 'stage'] as const
const RUN_FETCH = ['run', 'fetch'] as const

/** Every verb there is; the harness's dispatch, the transports and the documentation read this table. */
export const VERBS = {
  probe: row('Says what the worker is and has.', RUN, {}),
  reserve: row('Takes a lease, or waits for one.', RUN_STAGE, {events: 'always'}),
  renew: row('Keeps a lease alive.', RUN_STAGE, {}),
  release: row('Gives a lease back.', RUN, {}),
  has_source: row('Says whether a bundle is known by its digest.', RUN_STAGE, {since: 'planned'}),
  upload_source: row('Takes a bundle, chunk by chunk.', RUN_STAGE, {streamIn: ['tar'], since: 'planned'}),
  missing_blobs: row('Says which contents of a manifest are missing.', RUN_STAGE, {streamIn: ['manifest'], streamOut: ['bitmap']}),
  upload_blobs: row('Takes contents, chunk by chunk.', RUN_STAGE, {streamIn: ['blobs']}),
  submit: row('Starts a job, detached.', RUN, {}),
  run: row('Starts a job and follows it.', RUN, {events: 'always', log: 'always'}),
  tail: row('Events and log of a job from a cursor on.', RUN_FETCH, {events: 'follow', log: 'follow'}),
  status: row('The state of a job, a run or the worker.', RUN_FETCH, {}),
  cancel: row('Ends a job.', RUN, {}),
  fetch: row('The sealed set, listed contents, or a range of a file.', RUN_FETCH, {
    streamIn: ['digests'],
    streamOut: ['blobs', 'log'],
  }),
  cache_query: row('How warm the worker is for a job.', RUN, {since: 'planned'}),
  prewarm: row('Boots simulators and resolves packages ahead of a job.', RUN, {since: 'planned'}),
  gc: row('Deletes what is old and not in use.', RUN, {}),
  session: row('Carries many requests on one channel.', ['run', 'stage', 'fetch'], {}),
} as const satisfies Record<string, VerbRow>

export type Verb = keyof typeof VERBS

/** Narrows outside text to a verb. */
export function isVerb(value: unknown): value is Verb {
  return typeof value === 'string' && Object.hasOwn(VERBS, value)
}

/** Narrows outside text (`--forced=<role>:<owner>`) to a role. */
export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value)
}

/** The row of a verb, typed as the table's shape rather than its literal. */
export function verbRow(verb: Verb): VerbRow {
  return VERBS[verb]
}

/** Whether a call answers with events and log for as long as the job lives: `run`, and `tail` with `follow: true`. */
export function isFollowing(verb: Verb, payload: Readonly<Record<string, unknown>>): boolean {
  const {log} = verbRow(verb)
  return log === 'always' || (log === 'follow' && payload['follow'] === true)
}

function row(summary: string, keys: readonly Role[], differs: Partial<VerbRow>): VerbRow {
  return {summary, keys, streamIn: [], streamOut: [], events: 'never', log: 'never', since: '0.1.0', ...differs}
}

import {appendFileSync, lstatSync, mkdirSync, readdirSync, readlinkSync, symlinkSync, truncateSync, unlinkSync} from 'node:fs'
import {join, relative} from 'node:path'
import {documentHead, writeDocument, type Document, type DocumentName, type RunEvent} from '@rch/contract/documents'
import {DOCUMENT_TABLE} from '@rch/contract/documents/table'
import {transition, type RunState} from '@rch/contract/states'
import {isErrno, makeDirectory, readIfThere, writeFileAtomic} from '../../infra/files.ts'
import type {RepositoryPlaces} from '../../infra/places.ts'

type Header = 'schema_id' | 'schema_version' | 'kind' | 'lane_version' | 'created_at' | 'run_id' | 'attempt' | 'host_id'
type Body<N extends DocumentName> = Omit<Document<N>, Header>
type EventBody = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, 'timestamp' | 'sequence' | 'run_id' | 'attempt' | 'host_id'>
    : never
  : never

/** The host's record of one attempt of a run. Written as it happens, so that whoever comes later knows how far it got. */
export class Notebook {
  readonly directory: string
  readonly runId: string
  readonly attempt: number
  readonly hostId: string
  #state: RunState | null = null
  #seq = 0
  #events = 0
  readonly #stateFields: {-readonly [K in keyof Body<'run_state'>]?: Body<'run_state'>[K]} = {}

  private constructor(directory: string, runId: string, attempt: number, hostId: string) {
    this.directory = directory
    this.runId = runId
    this.attempt = attempt
    this.hostId = hostId
  }

  /** The next attempt of a run: whoever makes its directory has it. */
  static create(repo: RepositoryPlaces, runId: string, hostId: string): Notebook {
    makeDirectory(repo.run(runId))
    for (let attempt = lastAttempt(repo, runId) + 1; ; attempt++) {
      const directory = repo.attempt(runId, attempt)
      try {
        mkdirSync(directory, {mode: 0o700})
        const notebook = new Notebook(directory, runId, attempt, hostId)
        notebook.become('created')
        return notebook
      } catch (error) {
        if (!isErrno(error, 'EEXIST')) throw error
      }
    }
  }

  /** An attempt that was begun before, to go on with. */
  static reopen(directory: string, state: Document<'run_state'>): Notebook {
    const notebook = new Notebook(directory, state.run_id, state.attempt, state.host_id)
    notebook.#state = state.state
    notebook.#seq = state.seq
    const {cancel_requested, queued_at, started_at, queue_wait_seconds, current_step, lease_renewed} = state
    Object.assign(notebook.#stateFields, given({cancel_requested, queued_at, started_at, queue_wait_seconds, current_step, lease_renewed}))
    notebook.#events = wholeLines(join(directory, 'run_events.ndjson'))
    return notebook
  }

  get state(): RunState | null {
    return this.#state
  }

  put<N extends DocumentName>(name: N, body: Body<N>, file: string = DOCUMENT_TABLE[name].file): void {
    writeFileAtomic(join(this.directory, file), writeDocument(name, this.compose(name, body)))
  }

  compose<N extends DocumentName>(name: N, body: Body<N>): Document<N> {
    // The head and the ids are what Body leaves out; the writer checks the whole against the closed schema.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the writer checks it
    return {...documentHead(name), run_id: this.runId, attempt: this.attempt, host_id: this.hostId, ...body} as Document<N>
  }

  /** Moves the run's state; `fields` stay in later versions of the document. */
  become(state: RunState, fields: Partial<Body<'run_state'>> = {}): void {
    const previous = this.#state
    if (previous !== null && previous !== state) transition('run', previous, state)
    this.#state = state
    this.#seq += 1
    Object.assign(this.#stateFields, fields)
    this.put('run_state', {...this.#stateFields, state, previous, seq: this.#seq, updated_at: new Date().toISOString()})
  }

  /** Notes that another lease replaced one which had expired. */
  leaseRenewed(leaseId: string): void {
    const {lease_renewed = []} = this.#stateFields
    this.become('running', {lease_renewed: [...lease_renewed, {lease_id: leaseId, at: new Date().toISOString()}]})
  }

  /** Appends one event of the host's own. */
  say(event: EventBody): void {
    this.#events += 1
    const {type, ...fields} = event
    const line = {
      type,
      timestamp: new Date().toISOString(),
      sequence: this.#events,
      run_id: this.runId,
      attempt: this.attempt,
      host_id: this.hostId,
      ...fields,
    }
    appendFileSync(join(this.directory, 'run_events.ndjson'), `${JSON.stringify(line)}\n`, {mode: 0o600})
  }

  /** The folder of one step, made when first asked for. */
  step(index: number, action: string): string {
    const folder = join(this.directory, 'steps', `${index}-${action}`)
    makeDirectory(folder)
    return folder
  }

  /** Points a step at its sealed set, instead of that of a job which came before. */
  linkJob(index: number, action: string, jobDirectory: string): void {
    const folder = this.step(index, action)
    const link = join(folder, 'job')
    const target = relative(folder, jobDirectory)
    if (lstatSync(link, {throwIfNoEntry: false})?.isSymbolicLink() === true) {
      if (readlinkSync(link) === target) return
      unlinkSync(link)
    }
    try {
      symlinkSync(target, link)
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
    }
  }
}

/** Only what is there: a key with nothing in it is no key. */
function given<T extends object>(fields: T): Partial<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a subset of the same object
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** How many events a notebook holds; half a line, which only a power cut leaves, is cut off. */
function wholeLines(file: string): number {
  const bytes = readIfThere(file)
  if (bytes === undefined) return 0
  const end = bytes.lastIndexOf(10) + 1
  if (end !== bytes.length) truncateSync(file, end)
  return bytes.subarray(0, end).toString().split('\n').length - 1
}

function lastAttempt(repo: RepositoryPlaces, runId: string): number {
  const numbers = readdirSync(repo.run(runId)).map((name) => Number(/^attempt-(\d+)$/.exec(name)?.[1] ?? 0))
  return Math.max(0, ...numbers)
}

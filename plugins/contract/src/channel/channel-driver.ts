import {once} from 'node:events'
import {AnswerReader, type Answer} from '../protocol/answer-reader.ts'
import type {VerbCall} from '../providers.ts'
import type {ChannelEnd, ChannelSource, HarnessChannel} from './channel.ts'
import type {PreparedCall} from './prepare-call.ts'
import {TailBuffer} from './tail-buffer.ts'
import {endedWithoutAnswer, unanswered} from './unanswered.ts'

/** Written in slices, so that a slow line counts as progress. */
const SLICE_BYTES = 256 * 1024
/** How many calls may be on their way behind the one whose answer is due: enough for each part of the way to be busy with one. */
const MAX_BEHIND = 3
/** How long the last log bytes may take after the answer. */
const LOG_GRACE_MS = 5000

interface Pending {
  readonly call: VerbCall
  readonly reader: AnswerReader
  readonly settle: (outcome: {readonly answer: Answer} | {readonly error: unknown}) => void
  readonly progress: () => void
  /** It is the one whose answer is due. */
  readonly begin: () => void
}

/**
 * One open channel and the calls made on it: one at a time, or with some more on their way behind the first, so that the harness has
 * their bytes when it comes to them. Every failure leaves it dead; a dead channel takes no call.
 */
export class ChannelDriver {
  readonly #channel: HarnessChannel
  readonly #source: ChannelSource
  readonly #stderr = new TailBuffer()
  #onLog: VerbCall['onLog'] | null = null
  /** What came of the log while its reader had not taken its last bytes yet: at most what a pipe holds, since no more is read. */
  readonly #untaken: Uint8Array[] = []
  #held = false
  #logTaken = (): void => {}
  #logGrace: NodeJS.Timeout | null = null
  #pending: Pending | null = null
  /** Written, or to be written, while another one's answer is due; in order. */
  readonly #behind: Pending[] = []
  #claimed = false
  #answered = 0
  #answeredAt = 0
  #dead = false

  constructor(channel: HarnessChannel, source: ChannelSource) {
    this.#channel = channel
    this.#source = source
    channel.stdout.on('data', (chunk: Uint8Array) => this.#onOutput(chunk))
    channel.stderr.on('data', (chunk: Uint8Array) => this.#onStderr(chunk))
    // A broken pipe is told by the end of the channel; without listeners it would end the whole process.
    for (const stream of [channel.stdin, channel.stdout, channel.stderr]) stream.on('error', () => {})
    void channel.ended.then((end) => this.#onEnd(end))
  }

  get alive(): boolean {
    return !this.#dead
  }

  get busy(): boolean {
    return this.#pending !== null
  }

  /** Whether anything was ever answered here. */
  get proven(): boolean {
    return this.#answered > 0
  }

  /** Nobody asked anything here for so many milliseconds. */
  idleMs(): number {
    return this.#claimed || this.#answered === 0 ? 0 : performance.now() - this.#answeredAt
  }

  /** Reserves the channel for one call; false when it is taken or dead. */
  claim(): boolean {
    if (this.#dead || this.#claimed) return false
    this.#claimed = true
    return true
  }

  /** Whether a call may be asked behind the one that waits for its answer: both must be of a kind that may. */
  takesBehind(call: VerbCall): boolean {
    return !this.#dead && this.proven && this.#behind.length < MAX_BEHIND && call.inLine === true && this.#pending?.call.inLine === true
  }

  /** A call whose verb answers once, on a channel that may carry more. @throws RchError when there is no answer. */
  async ask(prepared: PreparedCall, stallMs: number, signal?: AbortSignal): Promise<Answer> {
    const answer = await this.#exchange(prepared, stallMs, signal)
    this.#claimed = this.#pending !== null
    return answer
  }

  /** The only call of a channel: the input ends with it. With `following`, stderr is the log, and all of it has come. */
  async askOnly(prepared: PreparedCall, following: boolean, stallMs: number, signal?: AbortSignal): Promise<Answer> {
    if (following) this.#onLog = prepared.call.onLog ?? (() => {})
    const answered = this.#exchange(prepared, stallMs, signal)
    void this.#written.then(() => this.#channel.stdin.end())
    const answer = await answered
    if (following) await this.#logEnd(signal)
    return answer
  }

  /** Ends the input and waits shortly for the harness to go; then makes it go. */
  async close(graceMs: number): Promise<void> {
    this.#dead = true
    this.#channel.stdin.end()
    const timer = setTimeout(() => this.#channel.destroy(), graceMs)
    await this.#channel.ended
    clearTimeout(timer)
  }

  destroy(): void {
    this.#dead = true
    this.#channel.destroy()
  }

  #written: Promise<void> = Promise.resolve()

  #exchange({call, requestId, frames}: PreparedCall, stallMs: number, signal: AbortSignal | undefined): Promise<Answer> {
    const {promise, resolve, reject} = Promise.withResolvers<Answer>()
    let stall: NodeJS.Timeout | null = null
    const onStall = (): void => {
      if (this.#held) stall?.refresh()
      else pending.settle({error: this.#noAnswer(call, `no byte moved for ${stallMs / 1000} s`)})
    }
    let rest: Uint8Array | null = null
    const onAbort = (): void => pending.settle({error: this.#noAnswer(call, 'the call was given up', signal?.reason)})
    const pending: Pending = {
      call,
      reader: new AnswerReader({
        requestId,
        first: this.#answered === 0,
        onRest: (bytes) => {
          if (this.#behind.length > 0) rest = bytes
          return rest !== null
        },
        unhashed: call.checksContents === true,
        ...(call.onEvent === undefined ? {} : {onEvent: call.onEvent}),
      }),
      progress: () => stall?.refresh(),
      begin: () => (stall = setTimeout(onStall, stallMs)),
      settle: (outcome) => {
        if (!this.#awaits(pending)) return
        if (this.#pending === pending) this.#pending = null
        else this.#behind.splice(this.#behind.indexOf(pending), 1)
        if (stall !== null) clearTimeout(stall)
        signal?.removeEventListener('abort', onAbort)
        if ('answer' in outcome) {
          this.#answered += 1
          this.#answeredAt = performance.now()
          resolve(outcome.answer)
          this.#goOn(rest)
        } else {
          this.destroy()
          reject(outcome.error)
          const other = this.#pending ?? this.#behind[0]
          other?.settle({error: this.#noAnswer(other.call, 'another call on its channel failed', outcome.error)})
        }
      },
    }
    if (this.#pending === null) {
      this.#pending = pending
      pending.begin()
    } else this.#behind.push(pending)
    signal?.addEventListener('abort', onAbort, {once: true})
    if (signal?.aborted === true) onAbort()
    this.#written = this.#written.then(() => this.#write(frames, pending))
    return promise
  }

  /** The call behind is the one whose answer is due now; `rest` is what came of it. */
  #goOn(rest: Uint8Array | null): void {
    this.#pending = this.#behind.shift() ?? null
    this.#pending?.begin()
    if (rest !== null) this.#onOutput(rest)
  }

  #awaits(pending: Pending): boolean {
    return this.#pending === pending || this.#behind.includes(pending)
  }

  async #write(frames: readonly Uint8Array[], pending: Pending): Promise<void> {
    const {stdin, ended} = this.#channel
    for (const frame of frames) {
      for (let at = 0; at < frame.length; at += SLICE_BYTES) {
        if (this.#dead || stdin.destroyed || !this.#awaits(pending)) return
        // The harness may refuse and go without reading the rest: then the end of the channel ends the wait.
        if (!stdin.write(frame.subarray(at, at + SLICE_BYTES))) await Promise.race([once(stdin, 'drain').catch(() => {}), ended])
        pending.progress()
      }
    }
  }

  #onOutput(chunk: Uint8Array): void {
    const pending = this.#pending
    if (pending === null) {
      // Between two calls nobody may speak: the next call takes another channel.
      if (this.#onLog === null) this.destroy()
      return
    }
    pending.progress()
    try {
      const answer = pending.reader.push(chunk)
      if (answer !== null) pending.settle({answer})
    } catch (error) {
      pending.settle({error})
    }
  }

  #onStderr(chunk: Uint8Array): void {
    this.#pending?.progress()
    this.#logGrace?.refresh()
    if (this.#onLog == null) {
      this.#stderr.push(chunk)
      return
    }
    this.#untaken.push(chunk)
    if (!this.#held) this.#handOver()
  }

  #handOver(): void {
    for (let chunk = this.#untaken.shift(); chunk !== undefined; chunk = this.#untaken.shift()) {
      try {
        const taken = this.#onLog?.(chunk)
        if (taken instanceof Promise) return this.#holdBack(taken)
      } catch (error) {
        this.#logFailed(error)
      }
    }
    this.#logTaken()
  }

  /** Nothing more of the log is read until its reader has taken this; that silence is not the worker's. */
  #holdBack(taken: Promise<void>): void {
    const {stderr} = this.#channel
    this.#held = true
    stderr.pause()
    void taken
      .catch((error: unknown) => this.#logFailed(error))
      .finally(() => {
        this.#held = false
        this.#pending?.progress()
        this.#logGrace?.refresh()
        stderr.resume()
        this.#handOver()
      })
  }

  #logFailed(error: unknown): void {
    this.#onLog = () => {}
    this.#pending?.settle({error})
  }

  #onEnd(end: ChannelEnd): void {
    this.#dead = true
    const pending = this.#pending
    if (pending === null) return
    const facts = {worker: this.#source.worker, verb: pending.call.verb, sent: true}
    const known = this.#source.explain?.(end, this.#stderr.text(), facts.verb) ?? null
    pending.settle({error: known ?? endedWithoutAnswer(end, pending.reader.received, this.#stderr.shown(), facts)})
  }

  #noAnswer({verb}: VerbCall, problem: string, cause?: unknown): unknown {
    return unanswered(problem, {worker: this.#source.worker, verb, sent: true, cause})
  }

  async #logEnd(signal: AbortSignal | undefined): Promise<void> {
    const {stderr, ended} = this.#channel
    const {promise, resolve} = Promise.withResolvers<void>()
    const grace = setTimeout(() => (this.#held ? grace.refresh() : resolve()), LOG_GRACE_MS)
    this.#logGrace = grace
    signal?.addEventListener('abort', () => resolve(), {once: true})
    const over = {closed: stderr.readableEnded || stderr.destroyed}
    const settle = (): void => {
      // A grandchild may hold the pipe open: then the end of the harness is the end of the log, once what came is taken.
      if (over.closed && !this.#held && this.#untaken.length === 0 && (stderr.readableLength === 0 || stderr.destroyed)) resolve()
    }
    const close = (): void => {
      over.closed = true
      settle()
    }
    this.#logTaken = settle
    for (const event of ['end', 'close']) stderr.once(event, close)
    void ended.then(close)
    settle()
    await promise
    this.#logTaken = () => {}
    this.#logGrace = null
    clearTimeout(grace)
  }
}

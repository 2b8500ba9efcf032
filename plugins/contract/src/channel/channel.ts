import type {Readable, Writable} from 'node:stream'

/** A harness that was started for one verb: bytes in, bytes out. */
export interface HarnessChannel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles once, when nothing more will come; never rejects. */
  readonly ended: Promise<ChannelEnd>
  /** Ends it at once, whatever it does. */
  destroy(): void
}

/** How a channel ended. None of it is ever a verb's outcome; it only explains why there was no answer. */
export interface ChannelEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** What the connection below said, when it broke. */
  readonly problem: string | null
}

/** A way to start the harness for one verb. */
export interface ChannelSource {
  /** The worker's name, for messages. */
  readonly worker: string
  /** Rejects with an RchError when the harness cannot be reached, in bounded time. A caller that gave up destroys what comes late. */
  open(verb: string): Promise<HarnessChannel>
  /** Ends the channels that look open though their connection is gone; asked before an open one is used again. */
  weed?(): Promise<void>
  /** A better error for a channel that ended without an answer, when the transport can tell more; else `null`. */
  explain?(end: ChannelEnd, stderr: string, verb: string): Error | null
  close(): Promise<void>
}

import type {Connection} from '@rch/contract'
import type {StagedSource, StageProgress} from './staged-source.ts'

/** What is staged, and to whom. */
export interface StageCasOptions {
  /** To the worker; takes several calls at once and renews what broke. */
  readonly connection: Pick<Connection, 'call' | 'roundTripMs'>
  readonly protocolVersion: number
  /** Goes with every request beside the stream: `{lease_id}`. */
  readonly payload?: Readonly<Record<string, unknown>>
  readonly uploadId: string
  readonly snapshot: StagedSource
  /** A manifest that this worker has seen and that may be alike: then only the difference is sent, if the worker can take it. */
  readonly baseManifest?: Uint8Array
  /** From the worker's `probe`. */
  readonly limits: {readonly max_upload_bytes: number; readonly max_blob_bytes: number; readonly max_entries: number}
  /** From the worker's `probe`; what is not named is not used. */
  readonly features?: readonly string[]
  readonly onProgress?: (progress: StageProgress) => void
  readonly signal?: AbortSignal
  /** The pause before the first resumption, doubled before each further one; 100 when absent. */
  readonly resumeDelayMs?: number
}

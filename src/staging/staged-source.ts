import type {SourceEntry, SourceFile} from '@rch/contract/source'

/** A snapshot as a stager needs it. */
export interface StagedSource {
  readonly entries: readonly SourceEntry[]
  readonly sourceTreeHash: string
  /** The exact bytes of `source_manifest.json`. */
  readonly manifestBytes: Uint8Array
  /** The absolute path that holds an entry's content. */
  locate(entry: SourceFile): string
}

export interface StageProgress {
  readonly phase: 'manifest' | 'blobs'
  /** Plain bytes that the worker has acknowledged, of all that it lacks. */
  readonly bytesDone: number
  readonly bytesTotal: number
  readonly filesTotal: number
  /** Plain bytes per second lately; 0 while nothing is known. */
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
}

/** For `staging.json`. */
export interface StageStatistics {
  readonly files_total: number
  readonly bytes_total: number
  /** Contents that the worker lacked. */
  readonly files_sent: number
  readonly bytes_missing: number
  /** As sent, manifest included. */
  readonly bytes_sent: number
  readonly manifest_form: 'full' | 'delta'
  readonly resumes: number
  /** Until the worker had said what it lacks. */
  readonly query_seconds: number
  /** From then to the receipt. */
  readonly upload_seconds: number
}

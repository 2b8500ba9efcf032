/** What a worker's operator decides, defaults filled in, paths absolute. */
export interface WorkerConfig {
  /** Where it was read from; `null` when only defaults hold. */
  readonly file: string | null
  readonly name: string
  readonly roots: {readonly stage_root: string; readonly jobs_root: string; readonly cache_root: string}
  readonly limits: {
    readonly max_upload_bytes: number
    readonly max_blob_bytes: number
    readonly max_entries: number
    readonly max_artifact_bytes: number
    readonly max_log_bytes: number
    readonly min_disk_free_bytes: number
  }
  readonly queue: {readonly max_concurrent_jobs: number; readonly max_priority: number}
  readonly toolchain: {
    readonly kind: 'real' | 'mock'
    /** Where a mock toolchain was installed; a real one is looked for in the usual places and here. */
    readonly paths: readonly string[]
  }
  readonly trust: {readonly require_signed_requests: boolean; readonly trusted_keys: readonly string[]}
  readonly identity: {readonly attestation_key: string | null}
  readonly gc: {readonly max_age_days: number; readonly max_bytes: number}
  readonly providers: Readonly<Record<string, unknown>>
}

/** The classes of failure, and the process exit code that each one ends with. */
export const EXIT_CODES = {
  USAGE: 2,
  CLASSIFIER_REJECTED: 10,
  SSH: 20,
  TRANSFER: 30,
  EXECUTOR: 40,
  XCODEBUILD: 50,
  MCP: 60,
  ARTIFACTS: 70,
  CANCELLED: 80,
  WORKER_BUSY: 90,
  WORKER_INCOMPATIBLE: 91,
  BUNDLER: 92,
  ATTESTATION: 93,
  INTERNAL: 99,
} as const

export type FailureKind = keyof typeof EXIT_CODES

/** The codes that travel on the wire; `REFUSED` carries the specific code beside it. */
export const WIRE_CODES = [
  'INVALID_REQUEST',
  'UNSUPPORTED_PROTOCOL',
  'FEATURE_MISSING',
  'BUSY',
  'LEASE_EXPIRED',
  'SOURCE_MISSING',
  'ARTIFACTS_GONE',
  'PAYLOAD_TOO_LARGE',
  'JOB_KEY_MISMATCH',
  'FORBIDDEN_COMMAND',
  'REFUSED',
  'INTERNAL',
] as const

export type WireCode = (typeof WIRE_CODES)[number]

/** One row of the error registry. */
export interface ErrorRow {
  readonly kind: FailureKind
  /** What the harness sends; `REFUSED` unless the code has a wire code of its own. */
  readonly wire?: WireCode
  readonly severity?: 'warning'
  /** Trying the same thing again later may work. */
  readonly retryable?: true
  /** What happened; `{name}` stands for a value of the error's `data`. */
  readonly message: string
  /** The next thing to do, one imperative sentence. */
  readonly hint: string
  /** The release that first produces it; `planned` while nothing does. */
  readonly since: '0.1.0' | 'planned'
}

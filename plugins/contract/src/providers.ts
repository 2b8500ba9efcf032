/** What a plugin provides: descriptors announced by hooks, and the four interfaces behind them. */
import type {EffectiveProfile, WorkerEntry} from './config.ts'
import type {ErrorCode} from './errors/registry.ts'
import type {Interpreter} from './events/payloads.ts'
import type {Action, ResolvedDestination, XcodebuildModel} from './kinds/xcodebuild/model.ts'

export type ProviderKind = 'classifier' | 'backend' | 'transport' | 'store'

export interface Descriptor<K extends ProviderKind = ProviderKind> {
  readonly contract: number
  readonly kind: K
  readonly id: string
  readonly summary: string
  /** The driver's factory; called once, with the provider's own settings table. */
  readonly load: () => Promise<(settings: unknown) => ProviderOf[K] | Promise<ProviderOf[K]>>
}

export interface ProviderOf {
  classifier: Classifier
  backend: Backend
  transport: Transport
  store: Store
}

/** The closed map of our oclif hooks. */
export interface RchHooks {
  'rch:classifier': {options: {readonly contract: number}; return: readonly Descriptor<'classifier'>[]}
  'rch:backend': {options: {readonly contract: number}; return: readonly Descriptor<'backend'>[]}
  'rch:transport': {options: {readonly contract: number}; return: readonly Descriptor<'transport'>[]}
  'rch:store': {options: {readonly contract: number}; return: readonly Descriptor<'store'>[]}
}
export type RchHook<E extends keyof RchHooks> = (options: RchHooks[E]['options']) => Promise<RchHooks[E]['return']>

// --- classifier ---------------------------------------------------------------------------------------------------

/** A shell string as an agent or script typed it, or words that a shell has already split. */
export type CommandInput = ({readonly form: 'shell'; readonly text: string} | {readonly form: 'argv'; readonly argv: readonly string[]}) & {
  /** Absolute, real path. */
  readonly cwd: string
  /** Another path of the policy's `repo_root`, as the shell names it: it leads to the very same directory. */
  readonly root_alias?: string | null
}

/** What the gate may assume about the machine and the host's wishes; `cwd` of the input lies in or under `repo_root`. */
export interface ClassifierPolicy {
  /** Absolute, real path. */
  readonly repo_root: string
  readonly posture: 'trusted' | 'untrusted'
  /** Whether a local Xcode exists, so that queries can be left to it. */
  readonly local_xcode: boolean
  /** Names that may stand as assignments before the command. */
  readonly env_allow: readonly string[]
  readonly allow_settings: readonly string[]
  readonly drop_owned_paths: boolean
  readonly allow_mutating: boolean
  readonly developer_dir: string | null
}

export interface Token {
  readonly text: string
  /** Where it stands in the shell string, or its index in argv. */
  readonly start: number
  readonly end: number
  readonly role: 'kept' | 'constrained' | 'modelled' | 'dropped' | 'presentation' | 'refused' | 'query' | 'wrapper' | 'context'
  /** The profile key that constrains or models it. */
  readonly key: string | null
  readonly code: ErrorCode | null
  readonly note: string | null
}

export interface DecisionStep {
  readonly action: Action
  readonly model: XcodebuildModel
  /** The canonical words, `xcodebuild` first, without output paths. */
  readonly sanitized_argv: readonly string[]
}

export interface Decision {
  readonly verdict: 'accept' | 'reject' | 'query' | 'pass'
  /** First code first; empty iff accepted or passed. */
  readonly codes: readonly ErrorCode[]
  readonly tokens: readonly Token[]
  readonly steps: readonly DecisionStep[]
  readonly fresh_workspace: boolean
  /** Where the command's own words stand in the shell string, from its first assignment or wrapper on; `null` for words already split. */
  readonly command: {readonly start: number; readonly end: number} | null
  /** The part of the shell string to replace (UTF-16 offsets), when it is accepted only in place. */
  readonly splice: {readonly start: number; readonly end: number} | null
  readonly dropped: readonly {readonly option: string; readonly value: string | null; readonly note: string}[]
  readonly presentation: {readonly quiet: boolean; readonly verbose: boolean}
  /** The path the caller wants the result bundle delivered to, relative to the repository root. */
  readonly result_bundle_path: string | null
  /** Allow-listed assignments in front of the command. */
  readonly env: Readonly<Record<string, string>>
  /** One line; on `pass` only when the trigger word occurs without being run. */
  readonly reason: string | null
  readonly hint: string | null
}

export interface Classifier {
  readonly id: string
  /** Words whose presence makes it worth asking, for entries that must be fast. */
  readonly triggers: readonly string[]
  /** Pure and deterministic; never throws. */
  classify(input: CommandInput, profile: EffectiveProfile, policy: ClassifierPolicy): Decision
  /** The step that a profile's own action means; the same judgement as for a typed command. */
  fromProfile(action: Exclude<Action, 'clean'>, profile: EffectiveProfile, policy: ClassifierPolicy): Decision
  /** The command's words for one step after selection: concrete platform, name, OS, never `id=`. This is what is hashed. */
  resolvedArgv(step: DecisionStep, destinations: readonly ResolvedDestination[]): readonly string[]
  /** The profile that makes this command acceptable, as TOML; `null` when no profile could. */
  fit(input: CommandInput, policy: ClassifierPolicy): {readonly toml: string; readonly profile: Partial<EffectiveProfile>} | null
  /** The profile nearest to a command that none fits: judged under it, what is left to refuse is what no profile could allow. */
  nearest?(input: CommandInput, policy: ClassifierPolicy): Partial<EffectiveProfile>
}

// --- backend ------------------------------------------------------------------------------------------------------

export interface ToolchainInfo {
  readonly kind: 'real' | 'mock'
  readonly xcode_version: string
  readonly xcode_build: string
  readonly developer_dir: string
  readonly macos_version: string
  readonly macos_build: string
  readonly arch: string
}

/** What a backend is told about the job; paths and destinations are concrete. */
export interface BackendJob {
  readonly job_id: string
  readonly action: Action
  readonly model: XcodebuildModel
  readonly resolved_argv: readonly string[]
  readonly destinations: readonly (ResolvedDestination & {readonly udid: string | null})[]
  readonly toolchain: ToolchainInfo
  readonly code_signing_allowed: boolean
  readonly simulator_signing: 'none' | 'adhoc'
  /** The whole environment of the backend's processes; nothing else may reach them. */
  readonly env: Readonly<Record<string, string>>
  readonly posture: 'trusted' | 'untrusted'
}

export interface BackendPaths {
  /** The materialised source. */
  readonly source: string
  readonly derived_data: string
  readonly result_bundle: string
  /** Shared Swift package checkouts, when SPM caching is on. */
  readonly cloned_packages: string | null
  /** Private scratch of the job. */
  readonly work: string
  /** The backend's own folder on this worker, kept between jobs and shared by those that run at the same time. */
  readonly state: string
}

export interface Invocation {
  /** Absolute program first. */
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** What a tool is asked that takes a request instead of xcodebuild's words, as it is recorded. */
  readonly request?: Readonly<Record<string, unknown>>
}

export interface BackendIo {
  /** Every byte of output, in the order it was read. */
  output(bytes: Uint8Array, stream: 'stdout' | 'stderr'): void
  /**
   * Called once the process runs, so that the supervisor can end its whole tree. `waits`: it does nothing but wait for processes that
   * it starts; when the job is stopped these are asked to end first, so that it can hand on their last words.
   */
  started(process: {readonly pid: number; readonly waits?: boolean}): void
}

/** How one process ended. It ended well with exit status 0, or without one when `succeeded` says so. */
export interface BackendExit {
  /** xcodebuild's own exit status; `null` when the backend does not learn it. */
  readonly exit_code: number | null
  readonly term_signal: string | null
  /** Whether xcodebuild ended well, told by a backend that does not learn its exit status; the log says why it did not. */
  readonly succeeded?: boolean
  /** What the backend itself concluded, when the log cannot tell: the tool between us and xcodebuild failed. */
  readonly conclusion: {readonly code: ErrorCode; readonly message: string} | null
}

export interface Backend {
  readonly id: string
  detect(
    toolchain: ToolchainInfo,
    env: Readonly<Record<string, string>>,
  ): Promise<{readonly available: boolean; readonly version: string | null; readonly reasons: readonly string[]}>
  /**
   * Pure: the processes that will run, in order; the first that does not end well is the last. Throws `backend_unavailable` with
   * `reasons` in its data when it cannot express the job, which another backend may.
   */
  plan(job: BackendJob, paths: BackendPaths): readonly Invocation[]
  execute(invocation: Invocation, io: BackendIo, signal: AbortSignal): Promise<BackendExit>
  /** `sourceRoot` is where the job ran; files inside it are told relative to it. */
  interpreter(options: {readonly sourceRoot: string}): Interpreter
}

// --- transport ----------------------------------------------------------------------------------------------------

export interface RequestStream {
  readonly format: 'manifest' | 'digests' | 'bitmap' | 'blobs' | 'tar' | 'log'
  readonly compression: 'none' | 'zstd'
  readonly content_length: number
  /** Of the bytes as sent. Only a chunk of `upload_blobs` may be without it, for a worker that says `upload_unhashed`. */
  readonly content_sha256?: string
  readonly upload_id?: string
  readonly offset?: number
  readonly last?: boolean
}

export interface WireError {
  readonly code: string
  readonly error_code: string
  readonly message: string
  readonly retryable: boolean
  readonly hint: string
  readonly data: Readonly<Record<string, unknown>>
}

/** One verb's answer once its line was read; `body` is there when the payload announced a stream, complete and checked. */
export interface VerbResponse {
  readonly payload: Readonly<Record<string, unknown>>
  readonly body: Uint8Array | null
}

export interface VerbCall {
  readonly verb: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly body?: Uint8Array
  /** Protocol version to speak; 0 for `probe`. */
  readonly protocolVersion: number
  /** Event lines that come before the response, parsed strictly, in order. */
  readonly onEvent?: (event: Readonly<Record<string, unknown>>, line: string) => void
  /** Raw log bytes (the verb's stderr). A promise holds the log back until it settles: a slow reader makes nothing pile up. */
  readonly onLog?: (bytes: Uint8Array) => void | Promise<void>
  /**
   * It may be sent behind an earlier such call that is not answered yet: then both come to one process, in order. Where that cannot
   * be, it is a call like any other.
   */
  readonly inLine?: boolean
  /** About how many bytes the calls of one transfer move together, this one among them: for much, a transport may have another way. */
  readonly transferBytes?: number
  /** About how many bytes calls behind this one will move: a transport that has another way for much may open it meanwhile. */
  readonly soonBytes?: number
  /** The caller holds digests of all that the answer's bytes are to hold, and checks them: they are not hashed as a whole as well. */
  readonly checksContents?: boolean
}

export interface PeerIdentity {
  readonly host_key_fingerprint: string | null
  readonly verified: 'pinned' | 'ca' | 'first_use' | 'local'
}

/** A way to one worker. Calls may run at the same time; each is one request and one checked answer, or an error. */
export interface Connection {
  readonly peer: PeerIdentity
  /** A round trip in milliseconds as last seen, for deciding how many connections bulk needs. */
  roundTripMs(): number
  /**
   * Rejects with an RchError: the worker's own (from the wire) or the transport's (`worker_unreachable`, `protocol_error`, …).
   * A closed channel or an exit status is never an answer.
   */
  call(request: VerbCall, signal?: AbortSignal): Promise<VerbResponse>
  close(): Promise<void>
}

export interface TransportOptions {
  readonly role: 'run' | 'stage' | 'fetch'
  readonly connectTimeoutMs: number
  readonly interactive: boolean
  readonly requirePinnedHostKey: boolean
  /** Where first-use host keys are kept. */
  readonly stateDir: string
  /** Tells the user something worth a line (a first key, a retry). */
  readonly notice: (message: string) => void
}

export interface Transport {
  readonly id: string
  open(worker: WorkerEntry, options: TransportOptions, signal?: AbortSignal): Promise<Connection>
}

// --- store --------------------------------------------------------------------------------------------------------

export interface Store {
  readonly id: string
  has(digests: readonly string[]): Promise<readonly boolean[]>
  put(digest: string, content: AsyncIterable<Uint8Array>): Promise<{readonly uri: string}>
  /** Verified while it is read: the last chunk comes only when the digest is right. */
  get(digest: string): AsyncIterable<Uint8Array>
}

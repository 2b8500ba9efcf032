import {statfsSync} from 'node:fs'
import {cpus, freemem, loadavg, totalmem} from 'node:os'
import {CONTRACT_VERSION, LANE_VERSION, PROTOCOL} from '@rch/contract'
import type {Capabilities} from '@rch/contract/documents'
import {capabilitiesSha256} from '@rch/contract/identity'
import {VERBS} from '@rch/contract/protocol'
import {contractDigest} from '../../infra/contract-digest.ts'
import {makeDirectory, readIfThere, writeFileAtomic} from '../../infra/files.ts'
import type {WorkerContext} from '../context.ts'
import {SERVED_FEATURES} from '../features.ts'
import {harnessSha256} from '../harness-identity.ts'
import {workerIdentity} from '../identity.ts'
import {loadBackend, registeredBackends} from '../providers.ts'
import {liveLeases} from '../state/leases.ts'
import {findXcodes, listSimulators, osInfo} from './inventory.ts'
import {firstLaunchState} from './first-launch.ts'
import {appleTools, toolEnv} from './tools.ts'

/** Apple's tools are asked again when their last answer is older than this. */
const FRESH_MS = 30_000

type Toolchain = Pick<
  Capabilities,
  'os' | 'toolchain' | 'xcodes' | 'active_developer_dir' | 'runtimes' | 'device_types' | 'devices' | 'backends'
> & {
  readonly problems: readonly string[]
  readonly launch: Capabilities['health']['xcodes']
}

/** What this worker is, has and can do. What Apple's tools say is remembered for half a minute unless `fresh`. */
export async function probeWorker(context: WorkerContext, {fresh}: {readonly fresh: boolean}): Promise<Capabilities> {
  const {config} = context
  for (const root of Object.values(config.roots)) makeDirectory(root)
  const {problems, launch, ...toolchain} = await toolchainOf(context, fresh)
  const {held, waiting} = liveLeases(context.db, Date.now())
  const disk = statfsSync(config.roots.cache_root)
  const reasons = [...problems]
  const free = disk.bavail * disk.bsize
  if (free < config.limits.min_disk_free_bytes) reasons.push(`only ${free} bytes are free`)
  const body = {
    protocol_min: PROTOCOL.min,
    protocol_max: PROTOCOL.max,
    contract_versions: [{contract_version: CONTRACT_VERSION, contract_sha256: contractDigest()}],
    features: [...SERVED_FEATURES].toSorted(),
    verbs: Object.entries(VERBS)
      .filter(([, row]) => row.since !== 'planned')
      .map(([name]) => name)
      .toSorted(),
    harness_version: LANE_VERSION,
    harness_sha256: harnessSha256(`${config.roots.jobs_root}/harness-digest`),
    harness_codesign: 'not_checked',
    limits: {
      max_upload_bytes: config.limits.max_upload_bytes,
      max_blob_bytes: config.limits.max_blob_bytes,
      max_artifact_bytes: config.limits.max_artifact_bytes,
      max_log_bytes: config.limits.max_log_bytes,
      max_entries: config.limits.max_entries,
    },
    roots: config.roots,
    ...toolchain,
    identity: workerIdentity(context),
  } as const
  return {
    ...body,
    tooling: {node: process.versions.node, zstd: process.versions['zstd'] ?? null},
    capacity: {max_concurrent_jobs: config.queue.max_concurrent_jobs, running: held, queued: waiting},
    load: {one_minute: loadavg()[0] ?? 0, cpu_count: cpus().length, memory_bytes: totalmem(), memory_free_bytes: freemem()},
    health: {
      status: reasons.length === 0 ? 'ok' : 'degraded',
      reasons,
      disk_free_bytes: free,
      disk_total_bytes: disk.blocks * disk.bsize,
      gui_session: null,
      xcodes: launch,
      filesystem: {case_sensitive: null, clones: null, nanosecond_times: null},
    },
    plugins: [],
    now: new Date().toISOString(),
    capabilities_sha256: capabilitiesSha256(body),
  }
}

interface Remembered {
  /** When Apple's tools were asked, in milliseconds since the epoch. */
  readonly at: number
  readonly value: Toolchain
}

/** What Apple's tools said last, however long ago; null when nothing readable is remembered. */
export function lastToolchain(context: Pick<WorkerContext, 'layout'>): Remembered | null {
  const bytes = readIfThere(context.layout.probeCache)
  if (bytes === undefined) return null
  try {
    const remembered: Remembered = JSON.parse(bytes.toString())
    return remembered
  } catch {
    // The file is ours and only a shortcut: what cannot be read is asked again.
    return null
  }
}

async function toolchainOf(context: WorkerContext, fresh: boolean): Promise<Toolchain> {
  const known = fresh ? null : lastToolchain(context)
  if (known !== null && Date.now() - known.at < FRESH_MS && known.at <= Date.now()) return known.value
  const value = await askToolchain(context)
  writeFileAtomic(context.layout.probeCache, JSON.stringify({at: Date.now(), value} satisfies Remembered))
  return value
}

async function askToolchain(context: WorkerContext): Promise<Toolchain> {
  const tools = appleTools(context.config)
  const problems: string[] = []
  const attempt = async <T>(what: string, work: () => Promise<T>, otherwise: T): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
      return otherwise
    }
  }
  const [xcodes, os] = await Promise.all([
    attempt('looking for Xcode', () => findXcodes(tools), []),
    attempt('sw_vers', () => osInfo(tools), {version: '0', build: '0', arch: 'unknown'}),
  ])
  const first = xcodes.find((xcode) => xcode.active) ?? xcodes[0]
  const none = {runtimes: [], device_types: [], devices: []}
  const [simulators, launch] = await Promise.all([
    first === undefined ? none : attempt('simctl', () => listSimulators(tools, first.developer_dir), none),
    Promise.all(xcodes.map((xcode) => firstLaunchState(tools, xcode.developer_dir))),
  ])
  const backends: Capabilities['backends'][number][] = []
  for (const {id} of registeredBackends()) backends.push(await detectBackend(context, id, first?.developer_dir ?? null, {tools, os, first}))
  return {
    problems,
    launch,
    os: {name: tools.kind === 'real' ? 'macOS' : 'mock', ...os},
    toolchain: {kind: tools.kind},
    xcodes: xcodes.map(({version, build, path, developer_dir}) => ({version, build, path, developer_dir})),
    active_developer_dir: xcodes.find((xcode) => xcode.active)?.developer_dir ?? null,
    ...simulators,
    backends,
  }
}

async function detectBackend(
  context: WorkerContext,
  id: string,
  developerDir: string | null,
  seen: {
    readonly tools: ReturnType<typeof appleTools>
    readonly os: {readonly version: string; readonly build: string; readonly arch: string}
    readonly first: {readonly version: string; readonly build: string} | undefined
  },
): Promise<Capabilities['backends'][number]> {
  if (developerDir === null || seen.first === undefined) return {id, available: false, version: null, reasons: ['no Xcode']}
  try {
    const backend = await loadBackend(id, context.config)
    const toolchain = {
      kind: seen.tools.kind,
      xcode_version: seen.first.version,
      xcode_build: seen.first.build,
      developer_dir: developerDir,
      macos_version: seen.os.version,
      macos_build: seen.os.build,
      arch: seen.os.arch,
    }
    const {available, version, reasons} = await backend.detect(toolchain, toolEnv(seen.tools, developerDir))
    return {id, available, version, reasons: [...reasons]}
  } catch (error) {
    return {id, available: false, version: null, reasons: [error instanceof Error ? error.message : String(error)]}
  }
}

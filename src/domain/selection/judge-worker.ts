import {
  isRchError,
  type Decision,
  type EffectiveProfile,
  type ErrorCode,
  type ToolchainInfo,
  type WorkerEntry,
  CONTRACT_VERSION,
  LANE_VERSION,
  PROTOCOL,
} from '@rch/contract'
import type {Capabilities} from '@rch/contract/documents'
import type {Feature} from '@rch/contract/protocol'
import type {ResolvedDestination} from '@rch/contract/kinds/xcodebuild'
import {chooseXcode} from './choose-xcode.ts'
import {resolveDestination} from './resolve-destination.ts'
import {compareVersions} from './version.ts'

/** What a job needs of a worker. */
export interface WorkerNeeds {
  readonly profile: EffectiveProfile
  readonly steps: Decision['steps']
  readonly features: readonly Feature[]
  readonly contractSha256: string
}

/** A worker that can take the job, with what the job will run on there. */
export interface WorkerFit {
  readonly toolchain: ToolchainInfo
  /** Per step, in its order. */
  readonly destinations: readonly (readonly ResolvedDestination[])[]
  readonly protocolVersion: number
}

export type Judgement =
  | {readonly eligible: true; readonly fit: WorkerFit; readonly notes: readonly string[]}
  | {
      readonly eligible: false
      readonly excludedBy: readonly ErrorCode[]
      readonly reasons: readonly string[]
      /** What the first code's hint speaks of. */
      readonly data: Readonly<Record<string, unknown>>
    }

/** Whether a worker can take a job, from what it says of itself. Every reason against it is named, not the first alone. */
export function judgeWorker(worker: WorkerEntry, capabilities: Capabilities, needs: WorkerNeeds): Judgement {
  const {profile} = needs
  const against: {code: ErrorCode; reason: string}[] = []
  const notes: string[] = []
  const exclude = (code: ErrorCode, reason: string): void => void against.push({code, reason})

  const protocolVersion = Math.min(PROTOCOL.max, capabilities.protocol_max)
  if (protocolVersion < Math.max(PROTOCOL.min, capabilities.protocol_min)) {
    exclude(
      'protocol_version_unsupported',
      `it speaks protocol ${capabilities.protocol_min} to ${capabilities.protocol_max}, this host ${PROTOCOL.min} to ${PROTOCOL.max}`,
    )
  }
  const contract = capabilities.contract_versions.find((served) => served.contract_version === CONTRACT_VERSION)
  if (contract === undefined)
    exclude(
      'contract_version_unsupported',
      `it serves contract ${capabilities.contract_versions.map((served) => served.contract_version).join(', ')}, not ${CONTRACT_VERSION}`,
    )
  else if (contract.contract_sha256 !== needs.contractSha256 && capabilities.harness_version === LANE_VERSION)
    exclude(
      'contract_digest_mismatch',
      `it is release ${LANE_VERSION} like this host, and its contract ${CONTRACT_VERSION} is another (${contract.contract_sha256.slice(0, 12)})`,
    )
  else if (contract.contract_sha256 !== needs.contractSha256)
    notes.push(`its contract ${CONTRACT_VERSION} differs from ours (${contract.contract_sha256.slice(0, 12)})`)
  const lacking = needs.features.filter((feature) => !capabilities.features.includes(feature))
  if (lacking.length > 0) exclude('required_feature_unsupported', `it lacks ${lacking.join(', ')}`)
  judgePins(worker, capabilities, profile, exclude)
  if (profile.xcode.real && capabilities.toolchain.kind === 'mock') exclude('mock_toolchain_refused', 'its Xcode is a mock')
  // Without an Xcode there is nothing for a backend to drive; that none fits is said below.
  if (capabilities.xcodes.length > 0) judgeBackend(capabilities, profile, exclude)
  judgeMachine(capabilities, profile, exclude)

  let fit: WorkerFit | null = null
  let data: Readonly<Record<string, unknown>> = {}
  try {
    const xcode = chooseXcode(capabilities.xcodes, profile.xcode)
    const launch = capabilities.health.xcodes.find((state) => state.developer_dir === xcode.developer_dir)
    if (launch?.license_accepted === false) exclude('xcode_license_not_accepted', `the licence of Xcode ${xcode.version} is not accepted`)
    else if (launch?.first_launch_done === false)
      exclude('xcode_first_launch_pending', `Xcode ${xcode.version} has first-launch work pending`)
    fit = {
      toolchain: {
        kind: capabilities.toolchain.kind,
        xcode_version: xcode.version,
        xcode_build: xcode.build,
        developer_dir: xcode.developer_dir,
        macos_version: capabilities.os.version,
        macos_build: capabilities.os.build,
        arch: capabilities.os.arch,
      },
      destinations: needs.steps.map((step) =>
        step.model.destinations.map((request) =>
          resolveDestination(request, configOf(profile, request), capabilities, profile.determinism.allow_floating_destination),
        ),
      ),
      protocolVersion,
    }
  } catch (error) {
    if (!isRchError(error)) throw error
    if (against.length === 0) data = error.data
    exclude(error.code, error.message)
  }
  return against.length === 0 && fit !== null
    ? {eligible: true, fit, notes}
    : {eligible: false, excludedBy: [...new Set(against.map(({code}) => code))], reasons: against.map(({reason}) => reason), data}
}

/** The profile's table for a destination that a command named in its words. */
function configOf(
  profile: EffectiveProfile,
  request: {readonly platform: string; readonly name: string | null; readonly os: string | null},
): EffectiveProfile['destinations'][number] | null {
  return (
    profile.destinations.find(
      (config) => config.platform === request.platform && config.name === request.name && config.os === request.os,
    ) ?? null
  )
}

function judgePins(
  worker: WorkerEntry,
  capabilities: Capabilities,
  profile: EffectiveProfile,
  exclude: (code: ErrorCode, reason: string) => void,
): void {
  const pinned = worker.expected_harness_sha256
  if (pinned !== null && pinned !== capabilities.harness_sha256)
    exclude('harness_identity_mismatch', `its harness is ${capabilities.harness_sha256}, pinned is ${pinned}`)
  if (pinned === null && profile.trust.require_harness_pins)
    exclude('harness_pin_missing', 'trust.require_harness_pins is on, and the worker has no pin')
  if (worker.expected_harness_codesign_requirement !== null && capabilities.harness_codesign === 'not_checked')
    exclude('harness_pin_unsupported', 'it cannot check a code-signing requirement')
  if (worker.expected_harness_codesign_requirement !== null && capabilities.harness_codesign === 'invalid')
    exclude('harness_identity_mismatch', 'its harness does not meet the code-signing requirement')
  if (worker.stage_root !== null && worker.stage_root !== capabilities.roots.stage_root)
    exclude('worker_roots_mismatch', `its stage_root is ${capabilities.roots.stage_root}`)
}

function judgeBackend(capabilities: Capabilities, profile: EffectiveProfile, exclude: (code: ErrorCode, reason: string) => void): void {
  const {preferred, allow_fallback} = profile.backend
  const found = capabilities.backends.find((backend) => backend.id === preferred)
  if (found?.available === true) return
  // Falling back is for a backend that is known and cannot work here; a name that the worker has never heard of is a mistake.
  if (found === undefined) {
    exclude('backend_unavailable', `it has no backend ${preferred}; it has ${capabilities.backends.map(({id}) => id).join(', ')}`)
    return
  }
  if (allow_fallback && capabilities.backends.some((backend) => backend.available)) return
  exclude('backend_unavailable', `the backend ${preferred} is not available: ${found.reasons.join('; ')}`)
}

function judgeMachine(capabilities: Capabilities, profile: EffectiveProfile, exclude: (code: ErrorCode, reason: string) => void): void {
  const {min_macos, min_disk_free_bytes, disallow_degraded} = profile.worker
  const {health, os} = capabilities
  if (min_macos !== null && compareVersions(os.version, min_macos) < 0)
    exclude('no_eligible_worker', `macOS ${os.version} is older than ${min_macos}`)
  if (min_disk_free_bytes !== null && health.disk_free_bytes < min_disk_free_bytes)
    exclude('insufficient_disk_space', `${health.disk_free_bytes} bytes are free, ${min_disk_free_bytes} are asked for`)
  if (disallow_degraded && health.status === 'degraded') exclude('worker_degraded', health.reasons.join('; '))
}

import {CONTRACT_VERSION, type DecisionStep, type EffectiveProfile, type ToolchainInfo} from '@rch/contract'
import type {Inputs, JobKeyInputs} from '@rch/contract/documents'
import {cacheNamespace, configHash, envValueSha256, jobKey, localOrigin, runId, slotKey, toolchainKey} from '@rch/contract/identity'
import type {ResolvedDestination} from '@rch/contract/kinds/xcodebuild'
import {configInputs} from '../config/index.ts'

/** One step with everything that a worker's toolchain made concrete. */
export interface PlannedStep {
  readonly index: number
  readonly step: DecisionStep
  readonly freshWorkspace: boolean
  readonly destinations: readonly ResolvedDestination[]
  readonly resolvedArgv: readonly string[]
}

export interface RunIdentity {
  readonly inputs: Inputs
  readonly config_hash: string
  readonly run_id: string
}

export interface StepIdentity {
  readonly job_key_inputs: JobKeyInputs
  readonly job_key: string
  readonly slot_key: string
  readonly cacheable: boolean
}

export type EnvFingerprints = readonly {readonly name: string; readonly value_sha256: string | null}[]

/** Fingerprints of the forwarded values that this shell sets, sorted by name; `null` where the profile wants none. */
export function envFingerprints(profile: EffectiveProfile, env: Readonly<Record<string, string | undefined>>): EnvFingerprints {
  return profile.env.allow.flatMap((name) => {
    const value = env[name]
    return value === undefined ? [] : [{name, value_sha256: profile.env.include_value_fingerprints ? envValueSha256(name, value) : null}]
  })
}

/** What a run means, and its id: the same on every host and worker with the same source, configuration and toolchain. */
export function runIdentity(
  kind: 'xcodebuild',
  profile: EffectiveProfile,
  steps: readonly PlannedStep[],
  toolchain: ToolchainInfo,
  env: EnvFingerprints,
  sourceTreeHash: string,
): RunIdentity {
  const tables = configInputs(profile)
  const {developer_dir: _, xcode_version: __, ...pinned} = toolchain
  const inputs: Inputs = {
    contract_version: CONTRACT_VERSION,
    kind,
    steps: steps.map(({index, step, freshWorkspace}) => ({index, action: step.action, model: step.model, fresh_workspace: freshWorkspace})),
    destinations: distinct(steps.flatMap(({destinations}) => destinations)),
    toolchain: pinned,
    ...tables,
    env: {...tables.env, values: env},
  }
  return {inputs, config_hash: configHash(inputs), run_id: runId(inputs, sourceTreeHash)}
}

/** What one step's outcome depends on, and the slot it works in. */
export function stepIdentity(
  kind: 'xcodebuild',
  profile: EffectiveProfile,
  planned: PlannedStep,
  toolchain: ToolchainInfo,
  env: EnvFingerprints,
  sourceTreeHash: string,
): StepIdentity {
  const {xcode_version: _, ...pinned} = toolchain
  const {model} = planned.step
  const job_key_inputs: JobKeyInputs = {
    contract_version: CONTRACT_VERSION,
    kind,
    source_tree_hash: sourceTreeHash,
    resolved_argv: [...planned.resolvedArgv],
    toolchain: pinned,
    policy: {
      code_signing_allowed: profile.safety.code_signing_allowed,
      simulator_signing: profile.safety.simulator_signing,
      network: profile.network,
      simulator: profile.simulator,
      posture: profile.trust.posture,
    },
    destinations: planned.destinations,
    env,
  }
  const {mode, submodules, lfs} = profile.source
  return {
    job_key_inputs,
    job_key: jobKey(job_key_inputs),
    slot_key: slotKey({
      container: model.container,
      sdk: model.sdk,
      build_settings: model.build_settings,
      toolchain: toolchainKey(toolchain),
      source: {mode, submodules, lfs},
    }),
    cacheable: env.every(({value_sha256}) => value_sha256 !== null) && !planned.freshWorkspace,
  }
}

/** The namespace of a profile's caches on a worker. */
export function namespaceOf(
  profile: EffectiveProfile,
  repository: {readonly origin: string | null; readonly root: string},
  hostId: string,
): string {
  const {trust_domain, namespace} = profile.cache
  return cacheNamespace({
    trust_domain,
    posture: profile.trust.posture,
    origin: repository.origin ?? localOrigin(hostId, repository.root),
    profile: profile.name,
    namespace,
  })
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

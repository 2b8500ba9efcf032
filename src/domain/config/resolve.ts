import type {EffectiveProfile} from '@rch/contract'
import {applyRules, type DecidedKeys} from './posture-rules.ts'
import {buildProfile} from './effective-profile.ts'
import {checkProfile} from './check-profile.ts'
import {chooseProfile, type ProfileChoice} from './choose-profile.ts'
import {ConfigFault, invalid, refuse, type Place, type Problem} from './config-fault.ts'
import type {Policy} from './constrain.ts'
import {decide, type Decided} from './decide.ts'
import type {Findings, Note} from './given.ts'
import {flagsLayer, type OverrideFlags} from './flags.ts'
import {readHostFile, type HostFile} from './host-file.ts'
import {PROFILE_KEYS} from './keys.ts'
import {layerOf, mergeLayers, settleExclusive, type Layer} from './layer.ts'
import {resolvePosture, type Posture} from './posture.ts'
import {profileLayer, readRepositoryFile} from './repository-file.ts'
import {rowOf} from './read-table.ts'
import type {ConfigFile} from './toml-file.ts'

/** Everything that decides about an effective profile. Reading it is somebody else's work. */
export interface ConfigRequest {
  /** `.rch/xcode.toml`; `null` = there is none. */
  readonly repository: ConfigFile | null
  /** `config.toml` of the host's user; `null` = there is none. */
  readonly host: ConfigFile | null
  readonly flags: OverrideFlags
  /** `--profile`. */
  readonly profile: string | null
  /** `RCH_PROFILE`, `RCH_POSTURE` and what CI systems set. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of the file that `GITHUB_EVENT_PATH` names; `null` when there is none or it cannot be read. */
  readonly githubEvent: string | null
  /** Normalised origin of the repository; `null` without a remote. */
  readonly origin: string | null
}

export interface EffectiveConfig {
  readonly profile: EffectiveProfile
  readonly choice: ProfileChoice
  readonly posture: Posture
  /** Every key with its value, where it came from and what it replaced; in the order of the table of keys. */
  readonly keys: DecidedKeys
  /** What the repository proposed and this host did not grant. */
  readonly notes: readonly Note[]
  readonly host: HostFile
}

export const REPOSITORY_CONFIG = '.rch/xcode.toml'

const RANKS = {host_defaults: 1, repository: 2, flags: 3, host_enforce: 5} as const

/** Layers, classes, posture, derived defaults, checks. Pure; throws `ConfigFault`. */
export function resolveConfig(request: ConfigRequest): EffectiveConfig {
  const host = readHostFile(request.host)
  const file = request.repository === null ? null : readRepositoryFile(request.repository)
  const choice = chooseProfile(file, REPOSITORY_CONFIG, request.profile, request.env['RCH_PROFILE'])
  const written = file!.profiles.get(choice.name)!

  const flags = flagsLayer(request.flags, RANKS.flags)
  const merged = mergeLayers(
    layerOf(host.defaults, 'host_defaults', RANKS.host_defaults),
    profileLayer(file!, choice.name, RANKS.repository),
    flags,
    layerOf(host.enforce, 'host_enforce', RANKS.host_enforce),
  )
  const {layer, clashes} = settleExclusive(merged)
  const problems: Problem[] = clashes.map((entries) => clashProblem(entries.map(({origin}) => origin.place)))

  const posture = resolvePosture(
    {
      enforce: wish(host.enforce.get('trust.posture')?.value),
      defaults: wish(host.defaults.get('trust.posture')?.value),
      flag: wish(flags.get('trust.posture')?.at(-1)?.value),
      variable: postureVariable(request.env['RCH_POSTURE']),
      repository: wish(merged.get('trust.posture')?.findLast(({origin}) => origin.layer === 'repository')?.value),
    },
    {env: request.env, githubEvent: request.githubEvent},
  )

  const findings: Findings = {problems, notes: []}
  const full = request.origin !== null && host.fullyTrusted.has(request.origin)
  const trust = !full ? 'default' : posture.value === 'trusted' ? 'full' : 'suspended'
  const decided = decideAll(layer, {allow: host.allow, trust}, findings)
  refuse(problems)
  const keys = applyRules(decided, posture.value, host.allow.env)
  const profile = buildProfile(choice.name, keys)
  refuse(checkProfile(profile, keys, written.place))
  return {profile, choice, posture, keys, notes: findings.notes, host}
}

function decideAll(layer: Layer, policy: Policy, findings: Findings): DecidedKeys {
  const decided = new Map<string, Decided>()
  for (const row of PROFILE_KEYS) {
    if (row.type.kind !== 'map') decided.set(row.path, decide(row, row.path, layer, policy, findings))
  }
  for (const path of layer.keys()) {
    const row = rowOf(PROFILE_KEYS, path)
    if (row?.type.kind === 'map') decided.set(path, decide(row, path, layer, policy, findings))
  }
  return decided
}

function clashProblem(places: readonly (Place | null)[]): Problem {
  const keys = places.flatMap((place) => (place === null ? [] : [String(place.path.at(-1))]))
  const names = places.map((place) =>
    place?.path.includes('destination') === true ? 'destination' : String(place?.path.at(-1) ?? 'a flag'),
  )
  return {...invalid(places[0] ?? null, `${names.join(' and ')} exclude each other`, 'Keep one of them.'), data: {keys}}
}

function wish(value: unknown): 'auto' | 'trusted' | 'untrusted' | null {
  return value === 'auto' || value === 'trusted' || value === 'untrusted' ? value : null
}

function postureVariable(value: string | undefined): 'auto' | 'trusted' | 'untrusted' | null {
  if (value === undefined || value === '') return null
  const known = wish(value)
  if (known !== null) return known
  throw new ConfigFault([
    invalid(null, `RCH_POSTURE is "${value}"; it takes auto, trusted or untrusted`, 'Correct the variable, or unset it.'),
  ])
}

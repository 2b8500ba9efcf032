import type {DestinationConfig, EffectiveProfile} from '@rch/contract'
import {invalid, type Place, type Problem} from './config-fault.ts'
import type {Decided} from './decide.ts'
import type {DecidedKeys} from './posture-rules.ts'

/** What no single key can tell: missing keys and combinations that make no sense. */
export function checkProfile(profile: EffectiveProfile, decided: DecidedKeys, profilePlace: Place | null): readonly Problem[] {
  const problems: Problem[] = []
  const placeOf = (path: string): Place | null => nearestPlace(decided, path) ?? profilePlace
  const containers = [profile.workspace, profile.project, profile.package].filter((path) => path !== null)
  if (containers.length === 0) {
    problems.push(
      invalid(
        profilePlace,
        `the profile "${profile.name}" names no workspace, project or package`,
        'Add exactly one of them; `rch xcode init` shows what this repository has.',
      ),
    )
  }
  if (profile.workspace !== null && !profile.workspace.endsWith('.xcworkspace')) {
    problems.push(invalid(placeOf('workspace'), `workspace = "${profile.workspace}" does not end in .xcworkspace`))
  }
  if (profile.project !== null && !profile.project.endsWith('.xcodeproj')) {
    problems.push(invalid(placeOf('project'), `project = "${profile.project}" does not end in .xcodeproj`))
  }
  if (typeof profile.scheme !== 'string') {
    problems.push(invalid(profilePlace, `the profile "${profile.name}" names no scheme`, 'Add scheme = "…".'))
  }
  if (profile.destinations.length === 0) {
    problems.push(
      invalid(profilePlace, `the profile "${profile.name}" names no destination`, 'Add a [destination] table with platform = "…".'),
    )
  }
  for (const destination of profile.destinations) {
    problems.push(...destinationProblems(destination, profile, profile.action, placeOf('destination')))
  }
  for (const [index, step] of profile.verify.entries()) {
    const place = placeOf('verify')
    const here = place === null ? null : {file: place.file, path: [...place.path, index]}
    if (typeof step.action !== 'string') problems.push(invalid(here, 'a verify step names no action'))
    for (const destination of step.destinations ?? []) problems.push(...destinationProblems(destination, profile, step.action, here))
    const inherited = step.destinations === null && isTest(step.action) && !isTest(profile.action)
    if (inherited && profile.destinations.some(({generic}) => generic)) problems.push(invalid(here, `destination: ${GENERIC_TEST}`))
  }
  if (profile.artifacts.store === 'object_store' && profile.artifacts.object_store['encryption'] === null) {
    problems.push({
      code: 'object_store_encryption_required',
      place: placeOf('artifacts.store'),
      problem: 'artifacts.store is "object_store" and artifacts.object_store.encryption is not named',
    })
  }
  if (
    profile.trust.posture === 'untrusted' &&
    profile.artifacts.store === 'object_store' &&
    profile.artifacts.object_store['encryption'] === 'none'
  ) {
    problems.push({
      code: 'object_store_encryption_required',
      place: placeOf('artifacts.object_store.encryption'),
      problem: 'the source is untrusted, and artifacts.object_store.encryption is "none"',
    })
  }
  return dedupe(problems)
}

const GENERIC_TEST = 'tests need a concrete destination, and this one is generic'

function isTest(action: string): boolean {
  return action === 'test' || action === 'test-without-building'
}

function destinationProblems(
  destination: DestinationConfig,
  profile: EffectiveProfile,
  action: string,
  place: Place | null,
): readonly Problem[] {
  if (typeof destination.platform !== 'string') return [invalid(place, 'a destination names no platform', 'Add platform = "…" to it.')]
  const named = ['name', 'os', 'device_type_id', 'runtime_id', 'udid'].filter((key) =>
    Object.entries(destination).some(([other, value]) => other === key && value !== null),
  )
  const isDevice = /^(iOS|tvOS|watchOS|visionOS)$/.test(destination.platform)
  const problems: string[] = []
  const coded: Problem[] = []
  if (destination.generic && named.length > 0) problems.push(`a generic destination takes no ${named.join(', ')}`)
  if (destination.generic && isTest(action)) problems.push(GENERIC_TEST)
  if (isDevice && !destination.generic)
    problems.push(
      `${destination.platform} devices can only be built for, with generic = true; tests run on "${destination.platform} Simulator"`,
    )
  if (destination.os === 'latest' && !profile.determinism.allow_floating_destination) {
    coded.push({
      code: 'floating_destination_disallowed',
      place,
      problem: 'destination: os = "latest" needs determinism.allow_floating_destination = true',
    })
  }
  if (destination.require_core_ids && (destination.device_type_id === null || destination.runtime_id === null)) {
    coded.push({code: 'core_ids_required', place, problem: 'destination: require_core_ids needs device_type_id and runtime_id'})
  }
  if (destination.provisioning === 'ephemeral' && !destination.platform.endsWith(' Simulator')) {
    problems.push(`only a simulator can be ephemeral, not ${destination.platform}`)
  }
  return [...problems.map((problem) => invalid(place, `destination: ${problem}`)), ...coded]
}

function nearestPlace(decided: DecidedKeys, path: string): Place | null {
  const exact = decided.get(path)
  if (exact?.origin.place) return exact.origin.place
  const under = [...decided].find(([key, value]) => (key.startsWith(`${path}.`) || key.startsWith(`${path}s`)) && hasPlace(value))
  return under?.[1].origin.place ?? null
}

function hasPlace({origin}: Decided): boolean {
  return origin.place !== null
}

function dedupe(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return problems.filter(({problem, place}) => {
    const key = JSON.stringify([problem, place])
    return !seen.has(key) && seen.add(key)
  })
}

import {isRchError, type ClassifierPolicy, type Classifier, type CommandInput, type Decision} from '@rch/contract'
import {classifierPolicy, leastConfig, type EffectiveConfig, type OverrideFlags} from '../../domain/config/index.ts'
import {DEFAULT_KIND} from '../../domain/default-kind.ts'
import {repositoryAlias} from '../../infra/repository-alias.ts'
import {hasLocalXcode, profileOf, type Lane} from '../lane.ts'
import {withMeantWord} from './meant-word.ts'

/** What the gate says of a command, and under which configuration it said so. */
export interface Judged {
  readonly decision: Decision
  readonly policy: ClassifierPolicy
  readonly config: EffectiveConfig
  readonly classifier: Classifier
}

/** Where a command that was typed here stands. */
export function typedHere({cwd, env, repository}: Pick<Lane, 'cwd' | 'env' | 'repository'>): Pick<CommandInput, 'cwd' | 'root_alias'> {
  return {cwd, root_alias: repositoryAlias(repository.root, cwd, env)}
}

/** The one way in for every entrance: reads the profile, asks the classifier. Throws what reading the configuration throws. */
export async function judgeCommand(lane: Lane, input: CommandInput, flags: OverrideFlags, profile: string | null): Promise<Judged> {
  return judgeUnder(lane, input, await profileOf(lane, flags, profile))
}

/**
 * The same for entrances that only tell: a repository without a profile is judged under one that allows nothing, so that a query,
 * another tool's command or a refusal that no profile could lift is still told as what it is.
 */
export async function tellOfCommand(
  lane: Lane,
  input: CommandInput,
  flags: OverrideFlags,
  profile: string | null,
): Promise<Judged & {readonly profileMissing: boolean}> {
  const {config, missing} = await profileOrNothing(lane, flags, profile)
  const judged = await judgeUnder(lane, input, config)
  return {...judged, decision: missing ? namingNoScheme(judged.decision) : judged.decision, profileMissing: missing}
}

/** The effective profile, or one that allows nothing where the repository has none. */
export async function profileOrNothing(
  lane: Lane,
  flags: OverrideFlags,
  profile: string | null,
): Promise<{readonly config: EffectiveConfig; readonly missing: boolean}> {
  try {
    return {config: await profileOf(lane, flags, profile), missing: false}
  } catch (error) {
    if (!isRchError(error) || error.code !== 'profile_required' || lane.files.repository !== null) throw error
    return {config: nothing(lane), missing: true}
  }
}

/** A command under the profile that fits it best. `toml` is that profile; without it, what the decision refuses no profile could allow. */
export interface Fitted {
  readonly toml: string | null
  readonly decision: Decision
}

/**
 * Decides about commands, each under the profile that fits it. The repository's own profile plays no part: what is printed has to
 * decide the same when it is all there is.
 */
export async function fitter(lane: Lane): Promise<(input: CommandInput) => Fitted> {
  const {provider: classifier} = await lane.providers.load('classifier', DEFAULT_KIND)
  const config = nothing(lane)
  const policy = policyOf(lane, config)
  return (input) => {
    const fitted = classifier.fit(input, policy)
    const profile = {...config.profile, ...(fitted?.profile ?? classifier.nearest?.(input, policy))}
    const decision = classifier.classify(input, profile, {...policy, drop_owned_paths: profile.classifier.drop_owned_paths})
    return {toml: fitted?.toml ?? null, decision: namingNoScheme(decision)}
  }
}

/** The hint names the profile's scheme, and here there is none. */
function namingNoScheme(decision: Decision): Decision {
  return decision.codes[0] === 'scheme_missing' ? {...decision, hint: 'Add -scheme and the name of one.'} : decision
}

/** Without any profile. */
function nothing(lane: Lane): EffectiveConfig {
  const {host, githubEvent} = lane.files
  return leastConfig({host, githubEvent, env: lane.env, origin: lane.repository.origin})
}

export function policyOf(lane: Pick<Lane, 'repository'>, config: Pick<EffectiveConfig, 'profile'>): ClassifierPolicy {
  return classifierPolicy(config.profile, {repoRoot: lane.repository.root, localXcode: hasLocalXcode()})
}

async function judgeUnder(lane: Lane, input: CommandInput, config: EffectiveConfig): Promise<Judged> {
  const {provider: classifier} = await lane.providers.load('classifier', DEFAULT_KIND)
  const policy = policyOf(lane, config)
  return {decision: withMeantWord(classifier.classify(input, config.profile, policy)), policy, config, classifier}
}

import type {ClassifierPolicy, EffectiveProfile} from '@rch/contract'

/** What the classifier may assume, from the effective profile and what is known about this machine. */
export function classifierPolicy(
  profile: EffectiveProfile,
  machine: {readonly repoRoot: string; readonly localXcode: boolean},
): ClassifierPolicy {
  return {
    repo_root: machine.repoRoot,
    local_xcode: machine.localXcode,
    posture: profile.trust.posture,
    env_allow: profile.env.allow,
    allow_settings: profile.classifier.allow_settings,
    drop_owned_paths: profile.classifier.drop_owned_paths,
    allow_mutating: profile.safety.allow_mutating,
    developer_dir: profile.xcode.path,
  }
}

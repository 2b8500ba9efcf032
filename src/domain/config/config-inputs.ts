import type {EffectiveProfile} from '@rch/contract'

/** The policy tables of `inputs`: what of the effective configuration counts for the identity of a run, besides its steps. */
export type ConfigInputs = Pick<
  EffectiveProfile,
  'backend' | 'safety' | 'determinism' | 'cache' | 'redaction' | 'network' | 'simulator'
> & {
  readonly posture: 'trusted' | 'untrusted'
  /** Without `values`, which only the shell that starts the run knows. */
  readonly env: EffectiveProfile['env']
  readonly source: Omit<EffectiveProfile['source'], 'stager' | 'verify_after_stage' | 'verify_after_run' | 'max_bytes' | 'max_file_bytes'>
}

/** Set-like arrays are already in their written form in an effective profile. */
export function configInputs(profile: EffectiveProfile): ConfigInputs {
  const {backend, safety, determinism, cache, env, redaction, network, simulator} = profile
  const {mode, require_clean, include_untracked, include, excludes, symlinks, hardlinks, submodules, lfs, read_only} = profile.source
  const source = {mode, require_clean, include_untracked, include, excludes, symlinks, hardlinks, submodules, lfs, read_only}
  return {posture: profile.trust.posture, backend, safety, determinism, cache, env, redaction, network, simulator, source}
}

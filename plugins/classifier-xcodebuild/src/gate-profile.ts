import type {EffectiveProfile} from '@rch/contract'

/** The keys of a profile that the gate reads. */
export type GateProfile = Pick<
  EffectiveProfile,
  | 'workspace'
  | 'project'
  | 'package'
  | 'scheme'
  | 'schemes'
  | 'configuration'
  | 'configurations'
  | 'sdk'
  | 'destinations'
  | 'xcode_test'
  | 'xcode_run'
  | 'build_settings'
>

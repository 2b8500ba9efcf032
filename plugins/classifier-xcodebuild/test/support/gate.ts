import type {ClassifierPolicy, DestinationConfig} from '@rch/contract'
import {NO_RUN_OPTIONS} from '@rch/contract/kinds/xcodebuild'
import type {GateProfile} from '../../src/gate-profile.ts'

/** A destination with the defaults of a profile. */
export function destination(named: Partial<DestinationConfig> & Pick<DestinationConfig, 'platform'>): DestinationConfig {
  return {
    generic: false,
    name: null,
    os: null,
    arch: null,
    variant: null,
    device_type_id: null,
    runtime_id: null,
    udid: null,
    require_core_ids: false,
    on_multiple: 'error',
    selector: 'highest_udid',
    provisioning: 'existing',
    ...named,
  }
}

export const PROFILE: GateProfile = {
  workspace: 'App.xcworkspace',
  project: null,
  package: null,
  scheme: 'App',
  schemes: ['App', 'My App'],
  configuration: 'Debug',
  configurations: ['Debug', 'Release'],
  sdk: 'iphonesimulator',
  destinations: [destination({platform: 'iOS Simulator', name: 'iPhone 16', os: '18.2'})],
  xcode_test: {
    test_plan: 'All',
    only_testing: [],
    skip_testing: [],
    only_test_configuration: [],
    skip_test_configuration: [],
    test_language: null,
    test_region: null,
  },
  xcode_run: NO_RUN_OPTIONS,
  build_settings: {},
}

export const POLICY: ClassifierPolicy = {
  repo_root: '/repo',
  posture: 'trusted',
  local_xcode: false,
  env_allow: ['CI'],
  allow_settings: [],
  drop_owned_paths: false,
  allow_mutating: false,
  developer_dir: null,
}

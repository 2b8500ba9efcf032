import {
  NO_RUN_OPTIONS,
  type DestinationRequest,
  type ResolvedDestination,
  type RunOptions,
  type XcodebuildModel,
} from '@rch/contract/kinds/xcodebuild'

// What the sample run builds and where.

const RUN_OPTIONS: RunOptions = {
  ...NO_RUN_OPTIONS,
  enable_code_coverage: true,
  maximum_parallel_testing_workers: 2,
  collect_test_diagnostics: 'on-failure',
}

export const REQUESTED: DestinationRequest = {
  platform: 'iOS Simulator',
  generic: false,
  name: 'iPhone 16',
  os: '18.2',
  arch: null,
  variant: null,
}

export const RESOLVED: ResolvedDestination = {
  platform: 'iOS Simulator',
  generic: false,
  variant: null,
  arch: 'arm64',
  name: 'iPhone 16',
  os_version: '18.2',
  provisioning: 'existing',
  sim_runtime_identifier: 'com.apple.CoreSimulator.SimRuntime.iOS-18-2',
  sim_runtime_build: '22C150',
  device_type_identifier: 'com.apple.CoreSimulator.SimDeviceType.iPhone-16',
}

export const MODEL: XcodebuildModel = {
  container: {type: 'project', path: 'App.xcodeproj'},
  scheme: 'App',
  configuration: 'Debug',
  sdk: 'iphonesimulator',
  test_plan: null,
  destinations: [REQUESTED],
  test: {
    only_testing: ['AppTests/CartTests'],
    skip_testing: [],
    only_test_configuration: [],
    skip_test_configuration: [],
    test_language: null,
    test_region: null,
  },
  run: RUN_OPTIONS,
  build_settings: {ONLY_ACTIVE_ARCH: 'YES'},
}

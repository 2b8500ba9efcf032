import type {EffectiveProfile} from '@rch/contract'
import type {RunOptions} from '@rch/contract/kinds/xcodebuild'

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

/** No run option given. */
export const NO_RUN_OPTIONS: RunOptions = {
  enable_code_coverage: null,
  parallel_testing_enabled: null,
  parallel_testing_worker_count: null,
  maximum_parallel_testing_workers: null,
  maximum_concurrent_test_simulator_destinations: null,
  maximum_concurrent_test_device_destinations: null,
  parallelize_tests_among_destinations: null,
  disable_concurrent_destination_testing: null,
  retry_tests_on_failure: null,
  test_iterations: null,
  run_tests_until_failure: null,
  test_repetition_relaunch_enabled: null,
  test_timeouts_enabled: null,
  default_test_execution_time_allowance: null,
  maximum_test_execution_time_allowance: null,
  enable_performance_tests_diagnostics: null,
  skip_unavailable_actions: null,
  skip_macro_validation: null,
  skip_package_plugin_validation: null,
  skip_package_updates: null,
  disable_automatic_package_resolution: null,
  only_use_package_versions_from_resolved_file: null,
  destination_timeout: null,
  hide_shell_script_environment: null,
  show_build_timing_summary: null,
  collect_test_diagnostics: null,
}

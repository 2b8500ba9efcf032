/**
 * What an accepted xcodebuild command means, as data. Everything that runs remotely is rebuilt from this and the effective
 * configuration; no word of the original command line survives on its own. Every key is always present.
 */
export const ACTIONS = ['build', 'test', 'build-for-testing', 'test-without-building'] as const
export type Action = (typeof ACTIONS)[number] | 'clean'

export interface Container {
  readonly type: 'workspace' | 'project' | 'package'
  /** Relative to the repository root, `/`-separated; for a package its directory (`.` is the root). */
  readonly path: string
}

/** A destination as a profile or a command names it; `null` = not named. */
export interface DestinationRequest {
  readonly platform: string
  readonly generic: boolean
  readonly name: string | null
  readonly os: string | null
  readonly arch: string | null
  readonly variant: string | null
}

export interface TestSelection {
  readonly only_testing: readonly string[]
  readonly skip_testing: readonly string[]
  readonly only_test_configuration: readonly string[]
  readonly skip_test_configuration: readonly string[]
  readonly test_language: string | null
  readonly test_region: string | null
}

/** One key per modelled option; `null` = not given, Xcode's default holds. */
export interface RunOptions {
  readonly enable_code_coverage: boolean | null
  readonly parallel_testing_enabled: boolean | null
  readonly parallel_testing_worker_count: number | null
  readonly maximum_parallel_testing_workers: number | null
  readonly maximum_concurrent_test_simulator_destinations: number | null
  readonly maximum_concurrent_test_device_destinations: number | null
  readonly parallelize_tests_among_destinations: boolean | null
  readonly disable_concurrent_destination_testing: boolean | null
  readonly retry_tests_on_failure: boolean | null
  readonly test_iterations: number | null
  readonly run_tests_until_failure: boolean | null
  readonly test_repetition_relaunch_enabled: boolean | null
  readonly test_timeouts_enabled: boolean | null
  readonly default_test_execution_time_allowance: number | null
  readonly maximum_test_execution_time_allowance: number | null
  readonly enable_performance_tests_diagnostics: boolean | null
  readonly skip_unavailable_actions: boolean | null
  readonly skip_macro_validation: boolean | null
  readonly skip_package_plugin_validation: boolean | null
  readonly skip_package_updates: boolean | null
  readonly disable_automatic_package_resolution: boolean | null
  readonly only_use_package_versions_from_resolved_file: boolean | null
  readonly destination_timeout: number | null
  readonly hide_shell_script_environment: boolean | null
  readonly show_build_timing_summary: boolean | null
  readonly collect_test_diagnostics: 'on-failure' | 'never' | null
}

export interface XcodebuildModel {
  readonly container: Container
  readonly scheme: string
  readonly configuration: string | null
  readonly sdk: string | null
  readonly test_plan: string | null
  /** As the profile names them, in its order. */
  readonly destinations: readonly DestinationRequest[]
  readonly test: TestSelection
  readonly run: RunOptions
  /** Allow-listed settings only, keys sorted. */
  readonly build_settings: Readonly<Record<string, string>>
}

/** A destination after selection: concrete, without a UDID. */
export interface ResolvedDestination {
  readonly platform: string
  readonly generic: boolean
  readonly variant: string | null
  readonly arch: string | null
  readonly name: string | null
  readonly os_version: string | null
  readonly provisioning: 'existing' | 'ephemeral'
  readonly sim_runtime_identifier: string | null
  readonly sim_runtime_build: string | null
  readonly device_type_identifier: string | null
}

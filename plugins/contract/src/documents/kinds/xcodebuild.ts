import {z} from 'zod'
import {actionName, count, flag, nameSet, text} from '../fields.ts'

/** What the kind `xcodebuild` fills in wherever a job speaks of its model, toolchain or destinations. */

const testSelection = z.strictObject({
  only_testing: nameSet,
  skip_testing: nameSet,
  only_test_configuration: nameSet,
  skip_test_configuration: nameSet,
  test_language: text.nullable(),
  test_region: text.nullable(),
})

const maybeFlag = flag.nullable()
const maybeCount = count.nullable()

const runOptions = z.strictObject({
  enable_code_coverage: maybeFlag,
  parallel_testing_enabled: maybeFlag,
  parallel_testing_worker_count: maybeCount,
  maximum_parallel_testing_workers: maybeCount,
  maximum_concurrent_test_simulator_destinations: maybeCount,
  maximum_concurrent_test_device_destinations: maybeCount,
  parallelize_tests_among_destinations: maybeFlag,
  disable_concurrent_destination_testing: maybeFlag,
  retry_tests_on_failure: maybeFlag,
  test_iterations: maybeCount,
  run_tests_until_failure: maybeFlag,
  test_repetition_relaunch_enabled: maybeFlag,
  test_timeouts_enabled: maybeFlag,
  default_test_execution_time_allowance: maybeCount,
  maximum_test_execution_time_allowance: maybeCount,
  enable_performance_tests_diagnostics: maybeFlag,
  skip_unavailable_actions: maybeFlag,
  skip_macro_validation: maybeFlag,
  skip_package_plugin_validation: maybeFlag,
  skip_package_updates: maybeFlag,
  disable_automatic_package_resolution: maybeFlag,
  only_use_package_versions_from_resolved_file: maybeFlag,
  destination_timeout: maybeCount,
  hide_shell_script_environment: maybeFlag,
  show_build_timing_summary: maybeFlag,
  collect_test_diagnostics: z.enum(['on-failure', 'never']).nullable(),
})

export const destinationRequest = z.strictObject({
  platform: text,
  generic: flag,
  name: text.nullable(),
  os: text.nullable(),
  arch: text.nullable(),
  variant: text.nullable(),
})

export const xcodebuildModel = z.strictObject({
  container: z.strictObject({type: z.enum(['workspace', 'project', 'package']), path: text}),
  scheme: text,
  configuration: text.nullable(),
  sdk: text.nullable(),
  test_plan: text.nullable(),
  destinations: z.array(destinationRequest),
  test: testSelection,
  run: runOptions,
  build_settings: z.record(text, text),
})

export const resolvedDestination = z.strictObject({
  platform: text,
  generic: flag,
  variant: text.nullable(),
  arch: text.nullable(),
  name: text.nullable(),
  os_version: text.nullable(),
  provisioning: z.enum(['existing', 'ephemeral']),
  sim_runtime_identifier: text.nullable(),
  sim_runtime_build: text.nullable(),
  device_type_identifier: text.nullable(),
})

/** What the worker found and used. */
export const toolchainInfo = z.strictObject({
  kind: z.enum(['real', 'mock']),
  xcode_version: text,
  xcode_build: text,
  developer_dir: text,
  macos_version: text,
  macos_build: text,
  arch: text,
})

/** The part that a job's key holds. */
export const jobKeyToolchain = toolchainInfo.omit({xcode_version: true})

/** The part that a run's identity holds: the place of Xcode on the disk does not matter to it. */
export const inputsToolchain = jobKeyToolchain.omit({developer_dir: true})

/** The shapes that a job of this kind is validated with. Another kind brings its own four. */
export const xcodebuildKind = {
  id: 'xcodebuild',
  action: actionName,
  model: xcodebuildModel,
  destination: resolvedDestination,
  inputsToolchain,
  jobKeyToolchain,
} as const

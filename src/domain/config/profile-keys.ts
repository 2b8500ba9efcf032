import {
  atMost,
  bytes,
  DAY_SECONDS,
  flag,
  GB,
  HOST,
  integer,
  KB,
  listOf,
  MB,
  oneOf,
  row,
  setOf,
  string,
  TB,
  table,
  text,
  tighten,
  type Access,
  type KeyRow,
} from './key-row.ts'

const ACTION = oneOf('build', 'test', 'build-for-testing', 'test-without-building')
const HASHED = {hashed: true} as const
const SECONDS = integer(1, DAY_SECONDS)
const PATIENCE = integer(0, 7 * DAY_SECONDS)
const MAX_BYTES = 64 * TB

/** What one destination may say; `[destination]` holds one, `[[destinations]]` several. */
export const DESTINATION_KEYS: readonly KeyRow[] = [
  row(
    'platform',
    oneOf('macOS', 'iOS', 'iOS Simulator', 'tvOS', 'tvOS Simulator', 'watchOS', 'watchOS Simulator', 'visionOS', 'visionOS Simulator'),
    null,
    'Platform. Required.',
    HASHED,
  ),
  row('generic', flag, false, 'Any device of the platform: build actions only, and the only form for device platforms.', HASHED),
  row('name', string('name'), null, 'Device name, `iPhone 16`.', HASHED),
  row('os', string('version'), null, 'OS version, `18.2`; `latest` only with `determinism.allow_floating_destination`.', HASHED),
  row('arch', oneOf('arm64', 'x86_64'), null, 'Architecture.', HASHED),
  row('variant', string('name'), null, '`Mac Catalyst`, for macOS.', HASHED),
  row('device_type_id', string('identifier'), null, 'CoreSimulator device type identifier; goes before `name`.'),
  row('runtime_id', string('identifier'), null, 'CoreSimulator runtime identifier; goes before `os`.'),
  row('udid', string('identifier'), null, 'One particular simulator of one particular worker.'),
  row('require_core_ids', flag, false, 'Refuse unless `device_type_id` and `runtime_id` name the simulator.'),
  row('on_multiple', oneOf('error', 'select'), 'error', 'What to do when several devices match.'),
  row('selector', oneOf('highest_udid', 'lowest_udid'), 'highest_udid', 'Which one `on_multiple = "select"` takes.'),
  row('provisioning', oneOf('existing', 'ephemeral'), 'existing', '`ephemeral` creates a simulator for the job and deletes it.', HASHED),
]

const XCODE_TEST: readonly KeyRow[] = table('xcode_test', HASHED, [
  row('test_plan', string('name'), null, 'Test plan (`-testPlan`).'),
  row('only_testing', setOf('name'), [], 'Run only these tests, `Target/Class/method`.'),
  row('skip_testing', setOf('name'), [], 'Leave these tests out.'),
  row('only_test_configuration', setOf('name'), [], 'Run only these configurations of the test plan.'),
  row('skip_test_configuration', setOf('name'), [], 'Leave these configurations of the test plan out.'),
  row('test_language', string('identifier'), null, 'Language the tests run in, `de`.'),
  row('test_region', string('identifier'), null, 'Region the tests run in, `DE`.'),
])

const COUNT = integer(1, 10_000)

const XCODE_RUN: readonly KeyRow[] = table('xcode_run', HASHED, [
  row('enable_code_coverage', flag, null, '`-enableCodeCoverage`'),
  row('parallel_testing_enabled', flag, null, '`-parallel-testing-enabled`'),
  row('parallel_testing_worker_count', COUNT, null, '`-parallel-testing-worker-count`'),
  row('maximum_parallel_testing_workers', COUNT, null, '`-maximum-parallel-testing-workers`'),
  row('maximum_concurrent_test_simulator_destinations', COUNT, null, '`-maximum-concurrent-test-simulator-destinations`'),
  row('maximum_concurrent_test_device_destinations', COUNT, null, '`-maximum-concurrent-test-device-destinations`'),
  row('parallelize_tests_among_destinations', flag, null, '`-parallelize-tests-among-destinations`'),
  row('disable_concurrent_destination_testing', flag, null, '`-disable-concurrent-destination-testing`'),
  row('retry_tests_on_failure', flag, null, '`-retry-tests-on-failure`'),
  row('test_iterations', COUNT, null, '`-test-iterations`'),
  row('run_tests_until_failure', flag, null, '`-run-tests-until-failure`'),
  row('test_repetition_relaunch_enabled', flag, null, '`-test-repetition-relaunch-enabled`'),
  row('test_timeouts_enabled', flag, null, '`-test-timeouts-enabled`'),
  row('default_test_execution_time_allowance', SECONDS, null, '`-default-test-execution-time-allowance`, seconds'),
  row('maximum_test_execution_time_allowance', SECONDS, null, '`-maximum-test-execution-time-allowance`, seconds'),
  row('enable_performance_tests_diagnostics', flag, null, '`-enablePerformanceTestsDiagnostics`'),
  row('skip_unavailable_actions', flag, null, '`-skipUnavailableActions`'),
  row('skip_macro_validation', flag, null, '`-skipMacroValidation`'),
  row('skip_package_plugin_validation', flag, null, '`-skipPackagePluginValidation`'),
  row('skip_package_updates', flag, null, '`-skipPackageUpdates`'),
  row('disable_automatic_package_resolution', flag, null, '`-disableAutomaticPackageResolution`'),
  row('only_use_package_versions_from_resolved_file', flag, null, '`-onlyUsePackageVersionsFromResolvedFile`'),
  row('destination_timeout', SECONDS, null, '`-destination-timeout`, seconds'),
  row('hide_shell_script_environment', flag, null, '`-hideShellScriptEnvironment`'),
  row('show_build_timing_summary', flag, null, '`-showBuildTimingSummary`'),
  row('collect_test_diagnostics', oneOf('on-failure', 'never'), null, '`-collect-test-diagnostics`'),
])

const DESTINATIONS: readonly KeyRow[] = [
  ...table('destination', {}, DESTINATION_KEYS),
  row('destinations', {kind: 'tables', rows: DESTINATION_KEYS}, [], 'Several destinations: tests run on each.', HASHED),
]

/** What a `[[verify]]` table may override; a plain action name stands for `{action = …}`. */
export const VERIFY_KEYS: readonly KeyRow[] = [
  row('action', ACTION, null, 'Action of the step. Required.'),
  row('scheme', string('name'), null, "Scheme of the step; otherwise the profile's."),
  row('configuration', string('name'), null, "Configuration of the step; otherwise the profile's."),
  ...DESTINATIONS,
  ...XCODE_TEST,
  ...XCODE_RUN,
]

const STRICT_WHEN_ON: Access = tighten(false, true, false)
const OFF_UNLESS_HOST: Access = tighten(false, false, true)

/** Every key of a profile; `[defaults]` and `[enforce]` of the host hold the same. */
export const PROFILE_KEYS: readonly KeyRow[] = [
  row('action', ACTION, 'test', 'The action where a command names none.', HASHED),
  row('workspace', string('path_inside'), null, 'The `.xcworkspace`. Exactly one of `workspace`, `project`, `package`.', {
    ...HASHED,
    aliases: ['workspace.path'],
  }),
  row('project', string('path_inside'), null, 'The `.xcodeproj`.', HASHED),
  row('package', string('path_inside'), null, 'The directory of a `Package.swift`, `.` for the root.', HASHED),
  row('scheme', string('name'), null, 'Scheme. Required.', HASHED),
  row('schemes', listOf('name'), [], 'Further schemes that a command may name.'),
  row('configuration', string('name'), null, "Build configuration; otherwise the scheme's.", HASHED),
  row('configurations', listOf('name'), [], 'Further configurations that a command may name.'),
  row('sdk', string('identifier'), null, 'SDK, `iphonesimulator`.', HASHED),
  row('timeout_seconds', SECONDS, 1800, 'Longest time a step may run.'),
  row('idle_timeout_seconds', SECONDS, 300, 'Longest time a step may run without a sign of life.'),
  row('artifact_profile', oneOf('minimal', 'rich'), 'minimal', '`rich` adds SARIF, annotations, coverage, attachments and build timing.'),
  row('continue_on_failure', flag, false, 'Whether later steps run after one failed.'),
  row('verify', {kind: 'tables', rows: VERIFY_KEYS, names: 'action'}, [], 'Steps of `rch xcode verify`, in order.'),
  row('request_signing_key', string('user_path'), null, 'Ed25519 key that signs job requests.', {access: HOST}),
  ...DESTINATIONS,
  ...table('xcode', {}, [
    row('path', string('absolute_path'), null, "Xcode's place on the worker."),
    row('require_version', string('version_range'), null, 'Version, `16.2`, or a range, `>=16 <17`.'),
    row('require_build', string('identifier'), null, 'Exact build, `16C5032a`.'),
    row('real', flag, true, 'Refuse a worker that drives a mock Xcode.'),
  ]),
  ...XCODE_TEST,
  ...XCODE_RUN,
  row(
    'build_settings',
    {kind: 'map', keys: 'setting_name', format: 'text'},
    [],
    'Settings for every command, from the allow-list.',
    HASHED,
  ),
  ...table('worker', {}, [
    row('require_tags', setOf('name'), ['macos', 'xcode'], 'Tags a worker must have.'),
    row('selection', oneOf('deterministic', 'least_busy', 'warm_cache', 'adaptive', 'random'), 'deterministic', 'How a worker is chosen.'),
    row('min_macos', string('version'), null, 'Oldest macOS.'),
    row('min_disk_free_bytes', bytes(1, MAX_BYTES), null, 'Least free space.'),
    row('disallow_degraded', flag, false, 'Leave out workers that report themselves as degraded.'),
    row('probe_ttl_seconds', integer(0, DAY_SECONDS), 300, 'How long a probe is good for.'),
    row('connect_timeout_seconds', integer(1, 600), 10, 'Patience while connecting.'),
    row('max_queue_seconds', PATIENCE, 1800, 'Patience in the queue.'),
    row('queue_priority', integer(-10, 10), 0, 'Higher goes first; the worker caps it.'),
    row('abandon_after_seconds', PATIENCE, 900, 'A job that nobody follows for this long is cancelled; 0 leaves it to its timeouts.'),
  ]),
  row('workspace_mode.mode', oneOf('warm', 'isolated'), null, '`warm` keeps the workspace for the next run. Default by posture.', {
    aliases: ['workspace.mode'],
  }),
  ...table('cache', HASHED, [
    row(
      'derived_data',
      oneOf('off', 'per_job', 'shared'),
      'per_job',
      "DerivedData: always empty, the workspace's own, or cloned from the last good one.",
    ),
    row('spm', oneOf('off', 'shared'), 'shared', 'Swift package checkouts.'),
    row('result', oneOf('off', 'read', 'read_write'), 'off', 'Whole results, by job key.', {
      access: tighten('read_write', 'off', 'read', 'read_write'),
    }),
    row('compilation', oneOf('off', 'local'), 'off', "Xcode's compilation cache."),
    row('mode', oneOf('off', 'read_only', 'read_write'), null, 'Caps the others. Default by posture.', {
      access: tighten('read_write', 'off', 'read_only', 'read_write'),
    }),
    row('trust_domain', oneOf('shared', 'per_repo', 'per_profile', 'per_repo_and_posture'), 'per_repo', 'Who shares caches.', {
      access: tighten('per_repo', 'per_repo_and_posture', 'per_profile', 'per_repo', 'shared'),
    }),
    row('namespace', string('namespace'), null, 'Name of the caches in place of the derived one.', {access: HOST}),
    row('promote_on_failure', flag, false, 'Also keep what a failed job left.', {access: tighten(true, false, true)}),
    row('allow_untrusted_reads', flag, false, 'Untrusted jobs may read the trusted caches of the same repository.', {
      access: OFF_UNLESS_HOST,
    }),
  ]),
  ...table('classifier', {}, [
    row('drop_owned_paths', flag, false, 'Accept and drop output paths of a command that lie inside the repository.'),
    row('allow_settings', setOf('granted_setting'), [], 'Further build settings that a command may give.', {
      access: {class: 'asked', list: 'settings'},
    }),
  ]),
  ...table('backend', HASHED, [
    row('preferred', {kind: 'string', format: 'identifier', aliases: {mcp: 'xcodebuildmcp'}}, 'xcodebuildmcp', 'What drives Xcode.', {
      access: {class: 'asked', list: 'backends'},
    }),
    row('allow_fallback', flag, true, 'Take another one when the preferred is missing.'),
  ]),
  ...table('env', HASHED, [
    row('allow', setOf('env_name'), [], 'Variables that reach the build.', {access: {class: 'asked', list: 'env'}}),
    row('strict', flag, false, 'An allowed name that is not set refuses the run.'),
    row('include_value_fingerprints', flag, true, 'Values count for the identity of a run, by digest.'),
  ]),
  ...table('safety', HASHED, [
    row('allow_mutating', flag, false, '`clean` alone discards the warm workspaces of the profile.', {access: OFF_UNLESS_HOST}),
    row('code_signing_allowed', flag, false, 'Builds may sign.', {access: OFF_UNLESS_HOST}),
    row('simulator_signing', oneOf('none', 'adhoc'), 'none', 'Ad-hoc signature for simulator builds.', {
      access: tighten('adhoc', 'none', 'adhoc'),
    }),
  ]),
  row('determinism.allow_floating_destination', flag, false, 'Allows `os = "latest"`.', HASHED),
  ...table('source', HASHED, [
    row('mode', oneOf('vcs', 'working_tree'), 'vcs', "Version control's list of files, or everything."),
    row('require_clean', flag, false, 'Refuse uncommitted changes.'),
    row('include_untracked', flag, true, 'Take untracked files that are not ignored.'),
    row('include', setOf('pattern'), [], 'Take ignored files that match.'),
    row('excludes', setOf('pattern'), [], 'Leave out files that match, gitignore syntax.'),
    row('symlinks', oneOf('forbid', 'allow_safe'), 'allow_safe', 'Symbolic links that stay inside.', {
      access: tighten('allow_safe', 'forbid', 'allow_safe'),
    }),
    row('hardlinks', oneOf('forbid', 'allow'), 'allow', 'Hard links; each name becomes a file of its own.', {
      access: tighten('allow', 'forbid', 'allow'),
    }),
    row('submodules', oneOf('forbid', 'include'), 'include', 'Git submodules.'),
    row('lfs', oneOf('require', 'pointers'), 'require', 'Whether Git LFS content must be there.'),
    row('read_only', flag, false, 'The build cannot write to the source.'),
  ]),
  row('source.max_bytes', bytes(1, MAX_BYTES), 4 * GB, 'Largest source.', {access: atMost(64 * GB), aliases: ['bundle.max_bytes']}),
  ...table('source', {}, [
    row('max_file_bytes', bytes(1, MAX_BYTES), GB, 'Largest file.', {access: atMost(16 * GB)}),
    row('verify_after_stage', flag, false, 'Hash the whole source again on the worker.'),
    row('verify_after_run', flag, false, 'Hash it again after the job.'),
    row('stager', oneOf('cas', 'bundle', 'rsync'), 'cas', 'How the source travels.'),
  ]),
  ...table('artifacts', {}, [
    row('store', oneOf('host', 'worker', 'object_store'), 'host', 'Where large artifacts live.'),
    row('xcresult_format', oneOf('directory', 'tar.zst'), 'directory', 'Form of the result bundle.'),
    row('compression', oneOf('none', 'zstd'), 'none', 'Compression of large artifacts.'),
  ]),
  ...table('artifacts.object_store', {access: HOST}, [
    row('provider', string('identifier'), null, 'Store provider, `s3`.'),
    row('endpoint', text, null, 'Endpoint URL.'),
    row('bucket', text, null, 'Bucket.'),
    row('prefix', text, null, 'Key prefix.'),
    row('region', text, null, 'Region.'),
    row('encryption', oneOf('server_side', 'client_side', 'none'), null, 'Encryption at rest; must be named.', {
      access: tighten('server_side', 'client_side', 'server_side', 'none'),
    }),
    row('kms_key_id', text, null, 'Key for server-side encryption.'),
  ]),
  ...table('limits', {}, [
    row('max_workspace_bytes', bytes(1, MAX_BYTES), 100 * GB, 'Disk a job may fill.', {access: atMost(TB)}),
    row('max_artifact_bytes', bytes(1, MAX_BYTES), 20 * GB, 'Artifacts of a job.', {access: atMost(200 * GB)}),
    row('max_log_bytes', bytes(1, MAX_BYTES), 200 * MB, 'Stored log; the rest is cut.', {access: atMost(4 * GB)}),
    row('max_events_bytes', bytes(1, MAX_BYTES), 50 * MB, 'Stored events.', {access: atMost(GB)}),
    row('max_event_line_bytes', bytes(KB, 64 * MB), MB, 'One event line.', {access: atMost(8 * MB)}),
    row('max_cpu_seconds', integer(1, 365 * DAY_SECONDS), null, 'CPU time of a job.', {access: atMost(null)}),
    row('max_memory_bytes', bytes(MB, MAX_BYTES), null, 'Memory of a job.', {access: atMost(null)}),
  ]),
  ...table('simulator', HASHED, [
    row('strategy', oneOf('shared_prebooted', 'per_job'), 'shared_prebooted', 'Booted simulators kept for many jobs, or one per job.'),
    row('erase_on_start', flag, false, 'Erase before the job.'),
    row('shutdown_on_end', flag, false, 'Shut down after the job.'),
    row('device_set', oneOf('shared', 'per_job'), 'shared', 'Device set.'),
    row('boot_timeout_seconds', integer(1, 3600), 300, 'Patience while booting.'),
  ]),
  ...table('trust', {}, [
    row('posture', oneOf('auto', 'trusted', 'untrusted'), 'auto', 'Whether the source is trusted; `auto` asks the CI variables.', {
      access: tighten('auto', 'untrusted', 'auto', 'trusted'),
      hashed: true,
    }),
    row('require_pinned_host_key', flag, false, 'Only workers whose host key is pinned.', {access: STRICT_WHEN_ON}),
    row('require_harness_pins', flag, false, 'Only workers whose harness is pinned.', {access: STRICT_WHEN_ON}),
    row('require_stable_capabilities_sha256', flag, false, 'Probe again before the job starts.', {access: STRICT_WHEN_ON}),
    row('require_signed_job_requests', flag, false, 'Sign every request.', {access: STRICT_WHEN_ON}),
    row('require_attestation_signature', flag, false, 'Refuse unsigned attestations.', {access: STRICT_WHEN_ON}),
  ]),
  row('integrity.event_hash_chain', flag, false, 'Chain the events by hash.', {access: STRICT_WHEN_ON}),
  ...table('redaction', HASHED, [
    row('enabled', flag, true, 'Remove secrets from logs and reports.', {access: tighten(true, true, false)}),
    row('patterns', setOf('pattern'), [], 'Further patterns to remove, line by line, in the syntax of RE2.', {
      access: {class: 'tighten', order: {by: 'restricts'}, bound: []},
    }),
  ]),
  ...table('network', HASHED, [
    row('mode', oneOf('allow_all', 'deny_all', 'allowlist'), 'allow_all', 'Network of a job.', {
      access: tighten('allow_all', 'deny_all', 'allowlist', 'allow_all'),
    }),
    row('allow', setOf('name'), [], 'Hosts, for `allowlist`.', {access: {class: 'tighten', order: {by: 'permits'}, bound: null}}),
  ]),
  ...table('retry', {}, [
    row('max_attempts', integer(1, 10), 1, 'Attempts; above 3 only by the host.', {access: {class: 'host', above: 3}}),
    row('retry_on', setOf('error_code'), [], 'Infrastructure errors worth another attempt.'),
    row('backoff_seconds', integer(0, 3600), 5, 'Pause before it.'),
  ]),
  ...table('provenance', {}, [
    row('enabled', flag, false, "Sign the run with the host's key."),
    row('key_path', string('user_path'), null, 'Ed25519 key.', {access: HOST}),
  ]),
  ...table('reports', {}, [
    row('junit', flag, true, 'JUnit XML.'),
    row('test_summary', flag, true, 'Test summary.'),
    row('sarif', flag, null, 'SARIF. Default by `artifact_profile`.'),
    row('annotations', flag, null, 'Annotations. Default by `artifact_profile`.'),
    row('html', flag, false, 'One HTML page.'),
  ]),
  ...table('repro', {}, [
    row('enabled', flag, null, 'Keep what is needed to repeat the job; by default for failed ones.'),
    row('include_source_bundle', flag, false, 'With the source.'),
  ]),
]

import type {ClassifierErrorCode} from '../../errors/rows/classifier.ts'

/**
 * What the gate does with an option: `constrained` must equal the profile's value or its allow-list; `modelled` becomes a field
 * of the model; `owned` is the worker's own business; `presentation` only changes what is printed here; `query` asks Xcode
 * something; `refused` never passes.
 */
export type OptionPolicy = 'constrained' | 'modelled' | 'owned' | 'presentation' | 'query' | 'refused'

/** The form of an option's value; `null` in a row = a switch without one. */
export type OptionValue = 'bool' | 'count' | 'seconds' | 'choice' | 'text' | 'identifier' | 'path' | 'locale' | 'destination'

export interface OptionRow {
  readonly value: OptionValue | null
  readonly policy: OptionPolicy
  /** The profile key that constrains or models it. */
  readonly key?: string
  /** Why it is refused. */
  readonly code?: ClassifierErrorCode
  readonly repeatable?: true
  /** Also written `-name:value`, in one word. */
  readonly colon?: true
  readonly choices?: readonly string[]
  /** Has a meaning only where tests run, so a plain build does not carry it. */
  readonly testing?: true
  /** The first Xcode that has it; absent = 15 or earlier. */
  readonly since?: number
  /** The first Xcode that no longer has it. */
  readonly removed?: number
  readonly metavar?: string
}

const text = (key: string): OptionRow => ({value: 'text', policy: 'constrained', key})
const container = (key: string): OptionRow => ({value: 'path', policy: 'constrained', key})
const testSwitch = (key: string): OptionRow => ({value: null, policy: 'modelled', key: `xcode_run.${key}`, testing: true})
const testBool = (key: string): OptionRow => ({value: 'bool', policy: 'modelled', key: `xcode_run.${key}`, testing: true})
const testCount = (key: string): OptionRow => ({value: 'count', policy: 'modelled', key: `xcode_run.${key}`, testing: true})
const testSeconds = (key: string): OptionRow => ({value: 'seconds', policy: 'modelled', key: `xcode_run.${key}`, testing: true})
const buildSwitch = (key: string): OptionRow => ({value: null, policy: 'modelled', key: `xcode_run.${key}`})
const selection = (key: string): OptionRow => ({
  value: 'identifier',
  policy: 'modelled',
  key: `xcode_test.${key}`,
  repeatable: true,
  colon: true,
  testing: true,
})
const testConfiguration = (key: string): OptionRow => ({
  value: 'identifier',
  policy: 'modelled',
  key: `xcode_test.${key}`,
  repeatable: true,
  testing: true,
})
const locale = (key: string): OptionRow => ({value: 'locale', policy: 'modelled', key: `xcode_test.${key}`, testing: true})
const ownedPath: OptionRow = {value: 'path', policy: 'owned', code: 'option_owned_path'}
const query: OptionRow = {value: null, policy: 'query'}
const queryOf = (metavar: string): OptionRow => ({value: 'text', policy: 'query', metavar})

function refused(code: ClassifierErrorCode, more: Partial<OptionRow> = {}): OptionRow {
  return {value: null, policy: 'refused', code, ...more}
}
function refusedValue(code: ClassifierErrorCode, metavar: string, more: Partial<OptionRow> = {}): OptionRow {
  return {value: 'text', policy: 'refused', code, metavar, ...more}
}

/** Every option of Xcode 15 to 27. What is not here does not exist for the gate. */
export const OPTIONS: ReadonlyMap<string, OptionRow> = new Map<string, OptionRow>([
  ['-workspace', container('workspace')],
  ['-project', container('project')],
  ['-scheme', text('scheme')],
  ['-configuration', text('configuration')],
  ['-sdk', text('sdk')],
  ['-testPlan', {...text('xcode_test.test_plan'), testing: true}],
  ['-destination', {value: 'destination', policy: 'constrained', key: 'destination', repeatable: true, metavar: 'KEY=VALUE,…'}],

  ['-only-testing', selection('only_testing')],
  ['-skip-testing', selection('skip_testing')],
  ['-only-test-configuration', testConfiguration('only_test_configuration')],
  ['-skip-test-configuration', testConfiguration('skip_test_configuration')],
  ['-testLanguage', locale('test_language')],
  ['-testRegion', locale('test_region')],
  ['-enableCodeCoverage', testBool('enable_code_coverage')],
  ['-parallel-testing-enabled', testBool('parallel_testing_enabled')],
  ['-parallel-testing-worker-count', testCount('parallel_testing_worker_count')],
  ['-maximum-parallel-testing-workers', testCount('maximum_parallel_testing_workers')],
  ['-maximum-concurrent-test-simulator-destinations', testCount('maximum_concurrent_test_simulator_destinations')],
  ['-maximum-concurrent-test-device-destinations', testCount('maximum_concurrent_test_device_destinations')],
  ['-parallelize-tests-among-destinations', testSwitch('parallelize_tests_among_destinations')],
  ['-disable-concurrent-destination-testing', testSwitch('disable_concurrent_destination_testing')],
  ['-retry-tests-on-failure', testSwitch('retry_tests_on_failure')],
  ['-test-iterations', testCount('test_iterations')],
  ['-run-tests-until-failure', testSwitch('run_tests_until_failure')],
  ['-test-repetition-relaunch-enabled', testBool('test_repetition_relaunch_enabled')],
  ['-test-timeouts-enabled', testBool('test_timeouts_enabled')],
  ['-default-test-execution-time-allowance', testSeconds('default_test_execution_time_allowance')],
  ['-maximum-test-execution-time-allowance', testSeconds('maximum_test_execution_time_allowance')],
  ['-enablePerformanceTestsDiagnostics', testBool('enable_performance_tests_diagnostics')],
  [
    '-collect-test-diagnostics',
    {
      value: 'choice',
      choices: ['on-failure', 'never'],
      policy: 'modelled',
      key: 'xcode_run.collect_test_diagnostics',
      testing: true,
    },
  ],
  ['-skipUnavailableActions', buildSwitch('skip_unavailable_actions')],
  ['-skipMacroValidation', buildSwitch('skip_macro_validation')],
  ['-skipPackagePluginValidation', buildSwitch('skip_package_plugin_validation')],
  ['-skipPackageUpdates', buildSwitch('skip_package_updates')],
  ['-disableAutomaticPackageResolution', buildSwitch('disable_automatic_package_resolution')],
  ['-onlyUsePackageVersionsFromResolvedFile', buildSwitch('only_use_package_versions_from_resolved_file')],
  ['-destination-timeout', {value: 'seconds', policy: 'modelled', key: 'xcode_run.destination_timeout'}],
  ['-hideShellScriptEnvironment', buildSwitch('hide_shell_script_environment')],
  ['-showBuildTimingSummary', buildSwitch('show_build_timing_summary')],

  ['-resultBundlePath', ownedPath],
  ['-resultStreamPath', ownedPath],
  ['-derivedDataPath', ownedPath],
  ['-clonedSourcePackagesDirPath', ownedPath],
  ['-packageCachePath', ownedPath],
  ['-testProductsPath', ownedPath],
  ['-test-enumeration-output-path', ownedPath],
  ['-codesizeProfileOutputDir', {...ownedPath, since: 27}],
  ['-jobs', {value: 'count', policy: 'owned', code: 'option_owned'}],
  ['-parallelizeTargets', {value: null, policy: 'owned', code: 'option_owned'}],
  ['-resultBundleVersion', {value: 'count', policy: 'owned', code: 'option_owned'}],

  ['-quiet', {value: null, policy: 'presentation'}],
  ['-verbose', {value: null, policy: 'presentation'}],

  ['-target', refusedValue('target_refused', 'NAME', {repeatable: true})],
  ['-alltargets', refused('target_refused')],
  ['-arch', refusedValue('arch_refused', 'ARCH', {repeatable: true})],
  ['-xctestrun', refusedValue('xctestrun_refused', 'PATH')],
  ['-xcconfig', refusedValue('xcconfig_refused', 'PATH')],
  ['-toolchain', refusedValue('toolchain_refused', 'NAME')],
  ['-archivePath', refusedValue('archive_refused', 'PATH')],
  ['-allowProvisioningUpdates', refused('signing_refused')],
  ['-allowProvisioningDeviceRegistration', refused('signing_refused')],
  ['-authenticationKeyPath', refusedValue('signing_refused', 'PATH')],
  ['-authenticationKeyID', refusedValue('signing_refused', 'ID')],
  ['-authenticationKeyIssuerID', refusedValue('signing_refused', 'ID')],
  ['-dry-run', refused('dry_run_refused', {removed: 26})],
  ['-n', refused('dry_run_refused', {removed: 26})],
  ['-json', refused('json_refused')],
  ['-packageFingerprintPolicy', refusedValue('package_policy_refused', 'warn|strict')],
  ['-packageSigningEntityPolicy', refusedValue('package_policy_refused', 'warn|strict')],
  ['-packageAuthorizationProvider', refusedValue('package_policy_refused', 'keychain|netrc')],
  ['-defaultPackageRegistryURL', refusedValue('package_policy_refused', 'URL')],
  [
    '-packageDependencySCMToRegistryTransformation',
    refusedValue('package_policy_refused', 'none|useRegistryIdentity|useRegistryIdentityAndSources'),
  ],
  ['-skipPackageSignatureValidation', refused('package_policy_refused')],
  ['-disablePackageRepositoryCache', refused('package_policy_refused')],
  ['-scmProvider', refusedValue('package_policy_refused', 'system|xcode')],
  ['-usePackageSupportBuiltinSCM', refused('package_policy_refused')],
  ['-resolvePackageDependencies', refused('resolve_packages_refused')],
  ['-prepareDeviceSupport', refused('device_support_refused', {since: 16})],
  ['-platform', refusedValue('device_support_refused', 'PLATFORM', {since: 16})],
  ['-osVersion', refusedValue('device_support_refused', 'VERSION', {since: 16})],
  ['-modelCode', refusedValue('device_support_refused', 'CODE', {since: 16})],
  ['-architecture', refusedValue('device_support_refused', 'ARCH', {since: 16})],
  ['-enableAddressSanitizer', refusedValue('sanitizer_refused', 'YES|NO')],
  ['-enableThreadSanitizer', refusedValue('sanitizer_refused', 'YES|NO')],
  ['-enableUndefinedBehaviorSanitizer', refusedValue('sanitizer_refused', 'YES|NO')],
  ['-enableCodesizeProfile', refusedValue('codesize_refused', 'YES|NO', {since: 27})],
  ['-create-xcframework', refused('xcframework_refused')],
  ['-framework', refusedValue('xcframework_refused', 'PATH', {repeatable: true})],
  ['-library', refusedValue('xcframework_refused', 'PATH', {repeatable: true})],
  ['-headers', refusedValue('xcframework_refused', 'PATH', {repeatable: true})],
  ['-debug-symbols', refusedValue('xcframework_refused', 'PATH', {repeatable: true})],
  ['-archive', refusedValue('xcframework_refused', 'PATH', {repeatable: true})],
  ['-output', refusedValue('xcframework_refused', 'PATH')],
  ['-allow-internal-distribution', refused('xcframework_refused')],
  ['-license', refused('first_launch_refused')],
  ['-runFirstLaunch', refused('first_launch_refused')],
  ['-checkForNewerComponents', refused('first_launch_refused', {since: 16})],
  ['-downloadAllPlatforms', refused('components_refused')],
  ['-downloadPlatform', refusedValue('components_refused', 'NAME')],
  ['-downloadComponent', refusedValue('components_refused', 'NAME', {since: 26})],
  ['-buildVersion', refusedValue('components_refused', 'VERSION')],
  ['-architectureVariant', refusedValue('components_refused', 'universal|arm64', {since: 26})],
  ['-importPlatform', refusedValue('components_refused', 'PATH')],
  ['-importComponent', refusedValue('components_refused', 'NAME', {since: 26})],
  ['-importPath', refusedValue('components_refused', 'PATH', {since: 26})],
  ['-deleteComponent', refusedValue('components_refused', 'NAME', {since: 26})],
  ['-exportArchive', refused('export_refused')],
  ['-exportNotarizedApp', refused('export_refused')],
  ['-exportPath', refusedValue('export_refused', 'PATH')],
  ['-exportOptionsPlist', refusedValue('export_refused', 'PATH')],
  ['-exportLocalizations', refused('localization_refused')],
  ['-importLocalizations', refused('localization_refused')],
  ['-localizationPath', refusedValue('localization_refused', 'PATH')],
  ['-exportLanguage', refusedValue('localization_refused', 'LANGUAGE', {repeatable: true})],
  ['-defaultLanguage', refusedValue('localization_refused', 'LANGUAGE')],
  ['-includeScreenshots', refused('localization_refused')],
  ['-mergeImport', refused('localization_refused')],

  ['-version', query],
  ['-list', query],
  ['-showsdks', query],
  ['-showdestinations', query],
  ['-showBuildSettings', query],
  ['-showBuildSettingsForIndex', query],
  ['-showTestPlans', query],
  ['-showComponent', {...queryOf('NAME'), since: 26}],
  ['-find-executable', queryOf('NAME')],
  ['-find-library', queryOf('NAME')],
  ['-checkFirstLaunchStatus', query],
  ['-enumerate-tests', query],
  ['-test-enumeration-style', queryOf('flat|hierarchical')],
  ['-test-enumeration-format', queryOf('text|json')],
  ['-usage', query],
  ['-help', query],
])

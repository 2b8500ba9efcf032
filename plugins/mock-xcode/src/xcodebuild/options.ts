/** Options whose next word is their value. */
export const valueOptions: ReadonlySet<string> = new Set(
  (
    '-platform -osVersion -modelCode -architecture -downloadPlatform -importPlatform -downloadComponent -importComponent -deleteComponent -showComponent ' +
    '-project -target -workspace -scheme -configuration -xcconfig -arch -sdk -toolchain -destination -destination-timeout -jobs ' +
    '-maximum-concurrent-test-device-destinations -maximum-concurrent-test-simulator-destinations -parallel-testing-enabled ' +
    '-parallel-testing-worker-count -maximum-parallel-testing-workers -find-executable -find-library -enableAddressSanitizer ' +
    '-enableThreadSanitizer -enableUndefinedBehaviorSanitizer -resultBundlePath -resultStreamPath -resultBundleVersion ' +
    '-clonedSourcePackagesDirPath -derivedDataPath -archivePath -exportOptionsPlist -enableCodeCoverage -exportPath -importPath ' +
    '-localizationPath -exportLanguage -defaultLanguage -xctestrun -testProductsPath -enablePerformanceTestsDiagnostics -testPlan ' +
    '-only-testing -skip-testing -test-timeouts-enabled -default-test-execution-time-allowance -maximum-test-execution-time-allowance ' +
    '-test-iterations -test-repetition-relaunch-enabled -only-test-configuration -skip-test-configuration -collect-test-diagnostics ' +
    '-testLanguage -testRegion -test-enumeration-style -test-enumeration-format -test-enumeration-output-path -packageCachePath ' +
    '-packageAuthorizationProvider -defaultPackageRegistryURL -packageDependencySCMToRegistryTransformation -packageFingerprintPolicy ' +
    '-packageSigningEntityPolicy -authenticationKeyPath -authenticationKeyID -authenticationKeyIssuerID -scmProvider -buildVersion ' +
    '-architectureVariant -framework -library -headers -output -debug-symbols -archive'
  ).split(' '),
)

export const switchOptions: ReadonlySet<string> = new Set(
  (
    '-verbose -alltargets -parallelizeTargets -quiet -hideShellScriptEnvironment -skipUnavailableActions -retry-tests-on-failure ' +
    '-run-tests-until-failure -enumerate-tests -disableAutomaticPackageResolution -onlyUsePackageVersionsFromResolvedFile ' +
    '-skipPackageUpdates -disablePackageRepositoryCache -skipPackagePluginValidation -skipMacroValidation ' +
    '-skipPackageSignatureValidation -json -allowProvisioningUpdates -allowProvisioningDeviceRegistration -showBuildTimingSummary ' +
    '-mergeImport -includeScreenshots -allow-internal-distribution -checkForNewerComponents -parallelize-tests-among-destinations ' +
    '-disable-concurrent-destination-testing -usage -help -license -checkFirstLaunchStatus -runFirstLaunch -downloadAllPlatforms ' +
    '-prepareDeviceSupport -showsdks -showdestinations -showTestPlans -showBuildSettings -showBuildSettingsForIndex -list -version ' +
    '-exportArchive -exportNotarizedApp -exportLocalizations -importLocalizations -resolvePackageDependencies -create-xcframework'
  ).split(' '),
)

/** May be given more than once; of the others a second one is refused. */
export const repeatableOptions: ReadonlySet<string> = new Set(
  '-target -arch -destination -exportLanguage -only-testing -skip-testing -only-test-configuration -skip-test-configuration -framework -library -headers -debug-symbols -archive'.split(
    ' ',
  ),
)

export const actionWords = [
  'build',
  'build-for-testing',
  'analyze',
  'archive',
  'test',
  'test-without-building',
  'docbuild',
  'installsrc',
  'install',
  'installhdrs',
  'clean',
] as const
export type Action = (typeof actionWords)[number]

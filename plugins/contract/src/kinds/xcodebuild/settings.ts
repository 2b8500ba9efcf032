/** Build settings on the command line: deny by default. Values are exact, or follow a pattern. */
export const ALLOWED_SETTINGS: Readonly<Record<string, {readonly values: RegExp; readonly expected: string}>> = {
  CODE_SIGNING_ALLOWED: {values: /^NO$/, expected: 'NO'},
  CODE_SIGNING_REQUIRED: {values: /^NO$/, expected: 'NO'},
  CODE_SIGN_IDENTITY: {values: /^-?$/, expected: '"" or -'},
  ONLY_ACTIVE_ARCH: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  ARCHS: {values: /^[a-z0-9_]+(?: [a-z0-9_]+)*$/, expected: 'architecture names'},
  COMPILER_INDEX_STORE_ENABLE: {values: /^NO$/, expected: 'NO'},
  ENABLE_TESTABILITY: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  GCC_TREAT_WARNINGS_AS_ERRORS: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  SWIFT_TREAT_WARNINGS_AS_ERRORS: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  SWIFT_STRICT_CONCURRENCY: {values: /^(?:minimal|targeted|complete)$/, expected: 'minimal, targeted or complete'},
  DEBUG_INFORMATION_FORMAT: {values: /^dwarf(?:-with-dsym)?$/, expected: 'dwarf or dwarf-with-dsym'},
  // Switches that CI files carry along: none names a program, a path or an identity, each takes a closed set of values.
  BUILD_LIBRARY_FOR_DISTRIBUTION: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  CLANG_ENABLE_CODE_COVERAGE: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  ENABLE_BITCODE: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  EXCLUDED_ARCHS: {values: /^(?:[a-z0-9_]+(?: [a-z0-9_]+)*)?$/, expected: 'architecture names, or nothing'},
  GCC_GENERATE_TEST_COVERAGE_FILES: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  GCC_INSTRUMENT_PROGRAM_FLOW_ARCS: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  TEST_AFTER_BUILD: {values: /^(?:YES|NO)$/, expected: 'YES or NO'},
  VALID_ARCHS: {values: /^[a-z0-9_]+(?: [a-z0-9_]+)*$/, expected: 'architecture names'},
}

/** Settings that name or feed an executable, load code, or leave the workspace: no list of anybody's can allow them. */
export const NEVER_SETTINGS: ReadonlySet<string> = new Set(
  `CC CXX LD LDPLUSPLUS CPLUSPLUS AS AR NM STRIP RANLIB LIBTOOL LIPO LEX YACC CODESIGN ALTERNATE_LINKER PRELINK_TOOL
  SWIFT_LIBRARY_PATH COMPILATION_CACHE_PLUGIN_PATH SYMROOT OBJROOT DSTROOT SRCROOT PROJECT_DIR CONFIGURATION_BUILD_DIR
  CONFIGURATION_TEMP_DIR BUILD_DIR BUILD_ROOT BUILT_PRODUCTS_DIR TARGET_BUILD_DIR TARGET_TEMP_DIR PROJECT_TEMP_DIR PROJECT_TEMP_ROOT
  DERIVED_FILE_DIR DERIVED_SOURCES_DIR DERIVED_DATA_DIR TEMP_DIR TEMP_ROOT INSTALL_DIR INSTALL_PATH INSTALL_ROOT LOCROOT CCHROOT
  CACHE_ROOT SHARED_PRECOMPS_DIR MODULE_CACHE_DIR CLANG_MODULE_CACHE_PATH INDEX_DATA_STORE_DIR COMPILATION_CACHE_CAS_PATH
  DEVELOPER_DIR SDKROOT ADDITIONAL_SDKS TOOLCHAINS TOOLCHAIN_DIR DT_TOOLCHAIN_DIR PLATFORM_DIR PATH HOME
  ENABLE_USER_SCRIPT_SANDBOXING DISABLE_TASK_SANDBOXING EXCLUDED_USER_SCRIPT_SANDBOXING_PHASE_NAMES
  GCC_PREFIX_HEADER SWIFT_OBJC_BRIDGING_HEADER MODULEMAP_FILE INFOPLIST_FILE INFOPLIST_PREFIX_HEADER INFOPLIST_OTHER_PREPROCESSOR_FLAGS
  CODE_SIGN_ENTITLEMENTS CODE_SIGN_KEYCHAIN TEST_HOST BUNDLE_LOADER XCTEST_HOST USES_XCTRUNNER DYLIB_INSTALL_NAME_BASE
  LD_RUNPATH_SEARCH_PATHS LD_MAP_FILE_PATH EXPORTED_SYMBOLS_FILE UNEXPORTED_SYMBOLS_FILE ORDER_FILE SECTORDER_FLAGS
  SWIFT_INCLUDE_PATHS SWIFT_PLUGIN_PATHS SWIFT_LOAD_BINARY_MACROS SWIFT_MACRO_PLUGINS CLANG_PLUGINS ANALYZER_PLUGINS
  XCCONFIG XCODE_XCCONFIG_FILE XCBBUILDSERVICE_PATH SWBBUILDSERVICE_PATH`
    .trim()
    .split(/\s+/),
)

/** The same for families of names, in capitals. */
export const NEVER_PATTERNS: readonly RegExp[] = [
  /_EXEC$/,
  /(?:^|_)LAUNCHER$/,
  /FLAGS(?:_|$)/,
  /_SEARCH_PATHS?$/,
  /_PLUGIN_PATHS?$/,
  /^(?:DYLD|TEST_RUNNER|SIMCTL_CHILD|GIT|SSH)_/,
  /^(?:BUILD_)?RULES?_/,
  /_TOOL$/,
]

/** Directories and files by their place: tools, dynamic libraries and products anywhere on the Mac. */
export const PLACE_PATTERNS: readonly RegExp[] = [/_(?:DIR|PATH)S?$/, /ROOT$/]

/**
 * Whether a setting may never be given, whatever its spelling: case does not matter, and neither do conditions such as `[sdk=*]`.
 * @param name the part in front of `=`, with or without conditions
 */
export function isNeverSetting(name: string): boolean {
  const base = baseOf(name)
  return isNeverVariable(base) || PLACE_PATTERNS.some((pattern) => pattern.test(base))
}

/** The same for a variable of the environment, which Xcode reads as a setting too; a place may be one of the tests' own. */
export function isNeverVariable(name: string): boolean {
  const base = baseOf(name)
  return NEVER_SETTINGS.has(base) || NEVER_PATTERNS.some((pattern) => pattern.test(base))
}

function baseOf(name: string): string {
  const bracket = name.indexOf('[')
  return (bracket === -1 ? name : name.slice(0, bracket)).trim().toUpperCase()
}

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import {POLICY, PROFILE} from './support/gate.ts'

/** Every name that can name a program, load code or leave the workspace, as the threat model lists them, with members of its families. */
const NEVER = `CC LD LDPLUSPLUS CPLUSPLUS LIBTOOL LIPO LEX YACC CODESIGN SWIFT_EXEC DOCC_EXEC CLANG_STAT_CACHE_EXEC C_COMPILER_LAUNCHER
  CLANG_CACHE_ENABLE_LAUNCHER ALTERNATE_LINKER SWIFT_LIBRARY_PATH COMPILATION_CACHE_PLUGIN_PATH OTHER_SWIFT_FLAGS OTHER_CFLAGS
  OTHER_CPLUSPLUSFLAGS OTHER_LDFLAGS OTHER_CODE_SIGN_FLAGS PRELINK_TOOL SYMROOT OBJROOT DSTROOT CONFIGURATION_BUILD_DIR DERIVED_FILE_DIR
  TEMP_DIR ENABLE_USER_SCRIPT_SANDBOXING DISABLE_TASK_SANDBOXING EXCLUDED_USER_SCRIPT_SANDBOXING_PHASE_NAMES DEVELOPER_DIR SDKROOT TOOLCHAINS
  CLANG_EXPLICIT_MODULES_LIBCLANG_PATH SWIFT_TOOLS_DIR`.split(/\s+/)
const GENEROUS = {...POLICY, allow_settings: NEVER, env_allow: NEVER, drop_owned_paths: true, allow_mutating: true}
const COMMAND = 'xcodebuild build -scheme App'

function verdict(text: string): string {
  return classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS).verdict
}

describe('settings that nothing may allow', () => {
  const spellings: readonly [string, (name: string) => string][] = [
    ['as it is', (name) => `${COMMAND} ${name}=x`],
    ['in front of the action', (name) => `xcodebuild ${name}=x build -scheme App`],
    ['in small letters', (name) => `${COMMAND} ${name.toLowerCase()}=x`],
    ['in mixed letters', (name) => `${COMMAND} ${name.slice(0, 1)}${name.slice(1).toLowerCase()}=x`],
    ['empty', (name) => `${COMMAND} ${name}=`],
    ['in single quotes', (name) => `${COMMAND} '${name}=x y'`],
    ['in double quotes', (name) => `${COMMAND} "${name}=x"`],
    ['with a quoted letter', (name) => `${COMMAND} ${name.slice(0, 1)}'${name.slice(1)}'=x`],
    ['continued on the next line', (name) => `${COMMAND} ${name.slice(0, 1)}\\\n${name.slice(1)}=x`],
    ['with a condition', (name) => `${COMMAND} '${name}[sdk=*]=x'`],
    ['with two conditions', (name) => `${COMMAND} '${name}[sdk=iphoneos*][arch=arm64]=x'`],
    ['twice', (name) => `${COMMAND} ${name}=x ${name}=y`],
    ['behind an allowed one', (name) => `${COMMAND} ONLY_ACTIVE_ARCH=YES ${name}=x`],
    ['as an assignment', (name) => `${name}=x ${COMMAND}`],
    ['through env', (name) => `env ${name}=x ${COMMAND}`],
    ['through env and xcrun', (name) => `env CI=1 ${name}=x xcrun ${COMMAND}`],
    ['as a user default', (name) => `${COMMAND} -${name}=x`],
    ['as an option', (name) => `${COMMAND} -${name} x`],
    ['behind a blank', (name) => `${COMMAND} ' ${name}=x'`],
    ['with a blank in front of the sign', (name) => `${COMMAND} '${name} =x'`],
  ]

  it.each(spellings)('are refused %s', (_, spell) => {
    expect(NEVER.filter((name) => verdict(spell(name)) !== 'reject')).toEqual([])
  })

  it('include whatever names a place, which the environment of tests may', () => {
    const names = ['ADDITIONAL_SDK_DIRS', 'SOURCE_ROOT', 'LOCSYMROOT', 'METAL_LIBRARY_OUTPUT_DIR', 'Fixtures_Path']
    const policy = {...GENEROUS, allow_settings: names, env_allow: names}
    for (const name of names) {
      const decide = (text: string): string => classify({form: 'shell', text, cwd: '/repo'}, PROFILE, policy).verdict
      expect([name, decide(`${COMMAND} ${name}=x`), decide(`${name}=x ${COMMAND}`)]).toEqual([name, 'reject', 'accept'])
    }
  })

  it('are refused for split words too', () => {
    for (const name of NEVER) {
      const argv = ['xcodebuild', 'build', '-scheme', 'App', `${name}=x`]
      expect(classify({form: 'argv', argv, cwd: '/repo'}, PROFILE, GENEROUS).codes).toEqual(['setting_never_allowed'])
    }
  })

  it('are refused when the profile brings them', () => {
    const decision = classify({form: 'argv', argv: ['xcodebuild', '-scheme', 'App', 'OTHER_LDFLAGS=-x'], cwd: '/repo'}, PROFILE, GENEROUS)
    expect(decision.codes).toEqual(['setting_never_allowed'])
  })
})

describe('other settings', () => {
  it.each([
    ['CODE_SIGNING_ALLOWED=NO', 'accept'],
    ['CODE_SIGNING_ALLOWED=YES', 'setting_value_refused'],
    ['CODE_SIGNING_REQUIRED=NO', 'accept'],
    ['CODE_SIGN_IDENTITY=', 'accept'],
    ['CODE_SIGN_IDENTITY=-', 'accept'],
    ["CODE_SIGN_IDENTITY='Apple Development'", 'setting_value_refused'],
    ["ARCHS='arm64 x86_64'", 'accept'],
    ["ARCHS='$(ARCHS_STANDARD)'", 'setting_value_refused'],
    ['DEBUG_INFORMATION_FORMAT=dwarf-with-dsym', 'accept'],
    ['SWIFT_STRICT_CONCURRENCY=complete', 'accept'],
    ['only_active_arch=YES', 'setting_refused'],
    ["'ONLY_ACTIVE_ARCH[sdk=*]=YES'", 'setting_refused'],
    ['DEVELOPMENT_TEAM=ABC', 'setting_refused'],
    ['TEST_AFTER_BUILD=YES BUILD_LIBRARY_FOR_DISTRIBUTION=YES ENABLE_BITCODE=NO', 'accept'],
    ["EXCLUDED_ARCHS= VALID_ARCHS='arm64 x86_64'", 'accept'],
    ["EXCLUDED_ARCHS='$(ARCHS)'", 'setting_value_refused'],
    ['GCC_GENERATE_TEST_COVERAGE_FILES=YES GCC_INSTRUMENT_PROGRAM_FLOW_ARCS=YES CLANG_ENABLE_CODE_COVERAGE=NO', 'accept'],
    ['ENABLE_BITCODE=/tmp/x', 'setting_value_refused'],
    ['ONLY_ACTIVE_ARCH=YES ONLY_ACTIVE_ARCH=YES', 'option_repeated'],
  ])('%s: %s', (setting, outcome) => {
    const decision = classify({form: 'shell', text: `${COMMAND} ${setting}`, cwd: '/repo'}, PROFILE, POLICY)
    expect(decision.codes[0] ?? decision.verdict).toBe(outcome)
  })

  it('pass with any plain value once they are granted', () => {
    const policy = {...POLICY, allow_settings: ['SWIFT_VERSION']}
    fc.assert(
      fc.property(fc.string({unit: 'grapheme-ascii', maxLength: 40}), (value) => {
        const argv = ['xcodebuild', '-scheme', 'App', `SWIFT_VERSION=${value}`]
        const decision = classify({form: 'argv', argv, cwd: '/repo'}, PROFILE, policy)
        expect(decision.verdict).toBe(/[$`\\]/.test(value) ? 'reject' : /[~/]|\.\./.test(value) ? decision.verdict : 'accept')
      }),
    )
  })

  it.each([
    ['App', 'accept'],
    ['a/b..c', 'accept'],
    ['URL=https://example.org/x', 'accept'],
    ['../../x', 'setting_value_refused'],
    ['a/../../x', 'setting_value_refused'],
    ['a "../x"', 'setting_value_refused'],
    ['/tmp/x', 'setting_value_refused'],
    ['a /tmp/x', 'setting_value_refused'],
    ['~/x', 'setting_value_refused'],
    ['..', 'setting_value_refused'],
  ])('stay inside the workspace even when they are granted: %s, %s', (value, outcome) => {
    const argv = ['xcodebuild', '-scheme', 'App', `PRODUCT_NAME=${value}`]
    const decision = classify({form: 'argv', argv, cwd: '/repo'}, PROFILE, {...POLICY, allow_settings: ['PRODUCT_NAME']})
    expect(decision.codes[0] ?? decision.verdict).toBe(outcome)
  })
})

import type {ClassifierPolicy, Decision} from '@rch/contract'
import {rewriteCommand} from '@rch/contract/kinds/xcodebuild'
import {describe, expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import type {GateProfile} from '../src/gate-profile.ts'
import {destination, POLICY, PROFILE} from './support/gate.ts'

function decide(text: string, policy: Partial<ClassifierPolicy> = {}, profile: Partial<GateProfile> = {}, cwd = '/repo'): Decision {
  return classify({form: 'shell', text, cwd}, {...PROFILE, ...profile}, {...POLICY, ...policy})
}

/** The verdict, `accept in place`, or all codes. */
function outcome({verdict, splice, codes}: Decision): string {
  return codes.length > 0 ? codes.join(' ') : splice === null ? verdict : `${verdict} in place`
}

describe('what is no xcodebuild command', () => {
  it.each(['ls -la', 'echo hi && git status', '', 'swift test', 'if true; then :; fi'])('passes silently: %s', (text) => {
    const decision = decide(text)
    expect([decision.verdict, decision.reason]).toEqual(['pass', null])
  })

  it.each([
    'echo xcodebuild',
    'grep -rn xcodebuild src',
    'git commit -m "Call xcodebuild test"',
    'which xcodebuild',
    'tail xcodebuild.log',
    'rm xcodebuild.log',
  ])('passes with a reason when the word is only mentioned: %s', (text) => {
    const decision = decide(text)
    expect(decision.verdict).toBe('pass')
    expect(decision.reason).not.toBeNull()
  })
})

describe('shapes of a line', () => {
  it.each([
    ['xcodebuild -scheme App', 'accept'],
    ['  xcodebuild -scheme App ;\n', 'accept'],
    ['/usr/bin/xcodebuild -scheme App', 'accept'],
    ['/usr/bin/env CI=1 /usr/bin/xcrun xcodebuild -scheme App', 'accept'],
    ['NSUnbufferedIO=YES arch -arm64 xcodebuild -scheme App', 'accept'],
    ['set -euo pipefail; xcodebuild -scheme App 2>&1 | xcbeautify --renderer github-actions', 'accept'],
    ['set -o pipefail &&\nxcodebuild -scheme App |\n xcpretty -c', 'accept'],
    ['time xcodebuild -scheme App', 'accept in place'],
    ['xcodebuild -scheme App | xcpretty -r junit', 'accept in place'],
    ['xcodebuild -scheme App | bundle exec xcpretty', 'accept in place'],
    ['xcodebuild -scheme App 2>&1', 'accept in place'],
    ['xcodebuild -scheme App > "a b.txt" 2>&1', 'accept in place'],
    ['xcodebuild -scheme App | tee xcodebuild.log | grep $X', 'accept in place'],
    ['xcodebuild -scheme App && $(rm -rf /)', 'accept in place'],
    ['pod install && xcodebuild -scheme App', 'accept in place'],
    ['cd sub && xcodebuild -scheme App -workspace ../App.xcworkspace', 'accept in place'],
    ['cd /repo && xcodebuild -scheme App', 'accept in place'],
    ['cd .. && xcodebuild -scheme App', 'path_outside_repository'],
    ['cd sub && xcodebuild -scheme App', 'container_mismatch'],
    ['cd sub || xcodebuild -scheme App', 'shell_state_changed'],
    ['export A=b; xcodebuild -scheme App', 'shell_state_changed'],
    ['A=b; xcodebuild -scheme App', 'shell_state_changed'],
    ['source env.sh && xcodebuild -scheme App', 'shell_state_changed'],
    ['set -f; xcodebuild -scheme App', 'shell_state_changed'],
    ['yes | xcodebuild -scheme App', 'shell_pipe_before'],
    ['xcodebuild -scheme App &', 'shell_background'],
    ['xcodebuild -scheme App | tee log &', 'shell_background'],
    ['(xcodebuild -scheme App)', 'shell_subshell'],
    ['{ xcodebuild -scheme App; }', 'shell_brace'],
    ['if true; then xcodebuild -scheme App; fi', 'shell_control_flow'],
    ['! xcodebuild -scheme App', 'shell_control_flow'],
    ['for s in App; do xcodebuild -scheme App; done', 'shell_control_flow'],
    ['cat <<X\nxcodebuild\nX', 'shell_heredoc'],
    ['> log xcodebuild -scheme App', 'shell_redirection_before'],
    ['xcodebuild > log -scheme App', 'shell_redirection'],
    ['xcodebuild -scheme App > log archive', 'shell_redirection'],
    ['xcodebuild -scheme App > $LOG', 'shell_expansion'],
    ['xcodebuild -scheme App > >(tee log)', 'shell_process_substitution'],
    ['xcodebuild -scheme App &&', 'shell_syntax'],
    ['xcodebuild -scheme App && xcodebuild test -scheme App', 'multiple_commands'],
    ['xcodebuild -scheme App; sh -c "xcodebuild test"', 'multiple_commands'],
    [`xcodebuild -scheme App${' '.repeat(1_048_576)}`, 'command_too_long'],
    ['sudo xcodebuild -scheme App', 'wrapper_refused'],
    ['bash -c "xcodebuild -scheme App"', 'wrapper_refused'],
    ['xcrun --sdk macosx xcodebuild -scheme App', 'wrapper_refused'],
    ['arch -x86_64 xcodebuild -scheme App', 'wrapper_refused'],
    ['env -i xcodebuild -scheme App', 'wrapper_refused'],
    ['./xcodebuild -scheme App', 'program_path_refused'],
    ['DYLD_INSERT_LIBRARIES=x xcodebuild -scheme App', 'env_assignment_refused'],
    ['env TOOLCHAINS=x xcodebuild -scheme App', 'env_assignment_refused'],
    ['DEVELOPER_DIR=/x xcodebuild -scheme App', 'env_assignment_refused'],
    ['xcodebuild -scheme "$S"', 'shell_expansion'],
    ['xcodebuild -scheme "${{ matrix.scheme }}"', 'not_literal'],
    ['xcodebuild -scheme $(S)', 'shell_command_substitution'],
    ['xcodebuild -scheme `s`', 'shell_command_substitution'],
    ['xcodebuild -scheme App*', 'shell_glob'],
    ['xcodebuild -scheme {a,b}', 'shell_brace'],
    ['xcodebuild -scheme ~', 'shell_tilde'],
    ['xcodebuild -scheme =App', 'shell_equals'],
    ['xcodebuild -scheme "App!"', 'shell_history'],
    ['xcodebuild -scheme App # test', 'shell_comment'],
    ['xcodebuild -scheme \\App', 'shell_escape'],
    ["xcodebuild -scheme 'App", 'shell_quoting'],
    ['xcodebuild -scheme App\r\n', 'control_character'],
    ['xcodebuild -scheme\u00a0App', 'control_character'],
    ['xcodebuild －scheme App', 'shell_character'],
  ])('%j: %s', (text, expected) => {
    expect(outcome(decide(text))).toBe(expected)
  })

  it.each([
    ['/A/Xcode.app', '/A/Xcode.app/Contents/Developer', 'accept'],
    ['/A/Xcode.app/Contents/Developer/', '/A/Xcode.app', 'accept'],
    ['/A/Xcode.app', '/A/Xcode-beta.app/Contents/Developer', 'env_assignment_refused'],
    ['/A/Xcode.app/Contents', '/A/Xcode.app', 'env_assignment_refused'],
    ['', '/Contents/Developer', 'env_assignment_refused'],
  ])('takes DEVELOPER_DIR=%s for the pinned %s or not: %s', (value, pinned, expected) => {
    expect(outcome(decide(`DEVELOPER_DIR=${value} xcodebuild -scheme App`, {developer_dir: pinned}))).toBe(expected)
  })

  it('takes a pinned DEVELOPER_DIR and hands on only what the profile names', () => {
    const decision = decide('DEVELOPER_DIR=/x CI=1 QUX=2 NSUnbufferedIO=YES xcodebuild -scheme App', {
      developer_dir: '/x',
      env_allow: ['QUX'],
    })
    expect([decision.verdict, decision.env]).toEqual(['accept', {QUX: '2'}])
  })
})

describe('options', () => {
  it.each([
    ['-scheme App -unknown', 'option_unknown'],
    ['-scheme App frobnicate', 'action_unknown'],
    ['-scheme', 'option_value_missing scheme_missing'],
    ['-scheme -quiet', 'value_invalid scheme_missing'],
    ['-scheme App -scheme App', 'option_repeated'],
    ['-scheme Other', 'scheme_not_allowed'],
    ['-scheme "My App"', 'accept'],
    ['-scheme App -configuration Release', 'accept'],
    ['-scheme App -configuration Other', 'configuration_not_allowed'],
    ['-scheme App -sdk macosx', 'sdk_not_allowed'],
    ['-scheme App -testPlan Other test', 'test_plan_not_allowed'],
    ['-scheme App -workspace ./App.xcworkspace/', 'accept'],
    ['-scheme App -workspace /repo/App.xcworkspace', 'accept'],
    ['-scheme App -workspace Other.xcworkspace', 'container_mismatch'],
    ['-scheme App -project App.xcodeproj', 'container_mismatch'],
    ['-scheme App -workspace ../App.xcworkspace', 'path_outside_repository'],
    ['-scheme App -workspace App.xcworkspace -project App.xcodeproj', 'option_repeated'],
    ['-scheme App -only-testing:@file test', 'value_invalid'],
    ['-scheme App -enableCodeCoverage yes test', 'value_invalid'],
    ['-scheme App -test-iterations 0 test', 'value_invalid'],
    ['-scheme App -collect-test-diagnostics never test', 'accept'],
    ['-scheme App -quiet -quiet', 'accept'],
    ['-scheme App -destination="platform=macOS"', 'user_default_refused'],
    ['-scheme App -derivedDataPath build', 'option_owned_path'],
    ['-scheme App -jobs 4', 'option_owned'],
    ['-scheme App -xcconfig a.xcconfig', 'xcconfig_refused'],
    ['-scheme App -target T archive', 'target_refused action_refused'],
    ['-scheme App clean', 'mutating_disallowed'],
    ['-scheme App build clean', 'mutating_disallowed'],
    ['-scheme Other -archivePath x', 'archive_refused scheme_not_allowed'],
  ])('%s: %s', (words, expected) => {
    expect(outcome(decide(`xcodebuild ${words}`))).toBe(expected)
  })

  it('drops what the worker owns when the profile says so, and nothing outside of the repository', () => {
    const policy = {drop_owned_paths: true}
    const decision = decide('xcodebuild -scheme App -resultBundlePath out/r.xcresult -derivedDataPath ./dd -jobs 4 test', policy)
    expect(decision.result_bundle_path).toBe('out/r.xcresult')
    expect(decision.dropped.map(({option}) => option)).toEqual(['-resultBundlePath', '-derivedDataPath', '-jobs'])
    expect(decision.steps[0]?.sanitized_argv.join(' ')).not.toMatch(/resultBundle|derivedData|jobs/)
    expect(outcome(decide('xcodebuild -scheme App -derivedDataPath /tmp/dd', policy))).toBe('path_outside_repository')
    expect(outcome(decide('xcodebuild -scheme App -derivedDataPath ../dd', policy))).toBe('path_outside_repository')
  })

  it('keeps presentation out of the model', () => {
    const decision = decide('xcodebuild -scheme App -quiet -verbose')
    expect(decision.presentation).toEqual({quiet: true, verbose: true})
    expect(decision.steps[0]?.sanitized_argv).not.toContain('-quiet')
  })

  it('makes ordered steps of actions, and a fresh workspace of a clean in front', () => {
    const decision = decide('xcodebuild clean build test -scheme App -only-testing:A/b')
    expect(decision.fresh_workspace).toBe(true)
    expect(decision.steps.map(({action}) => action)).toEqual(['build', 'test'])
    expect(decision.steps.map(({model}) => model.test.only_testing)).toEqual([[], ['A/b']])
    expect(decide('xcodebuild -scheme App').steps.map(({action}) => action)).toEqual(['build'])
  })

  it('lets a trusted host discard slots with clean alone', () => {
    expect(decide('xcodebuild clean -scheme App', {allow_mutating: true}).steps.map(({action}) => action)).toEqual(['clean'])
    expect(outcome(decide('xcodebuild clean -scheme App', {allow_mutating: true, posture: 'untrusted'}))).toBe('mutating_disallowed')
  })

  it('lets modelled options replace what the profile says, lists as a whole', () => {
    const xcode_test = {...PROFILE.xcode_test, only_testing: ['Old'], skip_testing: ['Slow']}
    const {test, run} =
      decide('xcodebuild test -scheme App -only-testing:A -only-testing B -parallel-testing-enabled NO', {}, {xcode_test}).steps[0]
        ?.model ?? {}
    expect([test?.only_testing, test?.skip_testing, run?.parallel_testing_enabled]).toEqual([['A', 'B'], ['Slow'], false])
  })
})

describe('destinations', () => {
  const destinations = [
    destination({platform: 'iOS Simulator', name: 'iPhone 16', os: '18.2'}),
    destination({platform: 'iOS Simulator', name: 'iPhone 17', os: '18.2'}),
    destination({platform: 'iOS Simulator', name: 'iPhone 17', os: '26.0'}),
    destination({platform: 'macOS', arch: 'arm64'}),
    destination({platform: 'iOS', generic: true}),
  ]

  it.each([
    ['platform=iOS Simulator,name=iPhone 16,OS=18.2', 'iPhone 16'],
    ['OS=18.2, name=iPhone 16, platform=iOS Simulator', 'iPhone 16'],
    ['name=iPhone 16', 'iPhone 16'],
    ['platform=ios simulator,name=iPhone 16', 'iPhone 16'],
    ['name=iPhone 17,OS=26.0', 'iPhone 17'],
    ['platform=OS X,arch=arm64', null],
    ['generic/platform=iOS', null],
  ])('%s is one of them', (text, name) => {
    const decision = decide(`xcodebuild -scheme App -destination '${text}'`, {}, {destinations})
    expect(decision.steps[0]?.model.destinations.map((one) => one.name)).toEqual([name])
  })

  it.each([
    ['name=iPhone 17', 'destination_not_allowed'],
    ['name=iPhone 16,OS=latest', 'destination_not_allowed'],
    ['name=iPhone 16,OS=17.0', 'destination_not_allowed'],
    ['platform=macOS', 'destination_not_allowed'],
    ['platform=iOS', 'destination_not_allowed'],
    ['platform=iOS Simulator,id=ABC', 'destination_id_refused'],
    ['id=ABC', 'destination_id_refused'],
    ['platform=Windows', 'value_invalid'],
    ['iPhone 16', 'value_invalid'],
    ['name=a,name=b', 'value_invalid'],
    ['platform=macOS,colour=red', 'value_invalid'],
    ['name=', 'value_invalid'],
    ['name=a/../b', 'value_invalid'],
  ])('%s: %s', (text, code) => {
    expect(decide(`xcodebuild -scheme App -destination '${text}'`, {}, {destinations}).codes).toEqual([code])
  })

  it('are all of the profile when none is named, and its order when several are', () => {
    expect(decide('xcodebuild -scheme App', {}, {destinations}).steps[0]?.model.destinations).toHaveLength(5)
    const named = decide(
      "xcodebuild -scheme App -destination 'platform=macOS,arch=arm64' -destination 'name=iPhone 16'",
      {},
      {destinations},
    )
    expect(named.steps[0]?.model.destinations.map(({platform}) => platform)).toEqual(['iOS Simulator', 'macOS'])
  })

  it('must be concrete where tests run', () => {
    expect(decide('xcodebuild test -scheme App', {}, {destinations}).codes).toEqual(['destination_generic'])
  })
})

describe('queries', () => {
  it.each([
    '-version',
    '-list -project A.xcodeproj -json',
    '-showsdks | grep x',
    '-showBuildSettings -target T -json',
    '-version -sdk macosx Path',
    'archive -showBuildSettings -scheme A',
    '-help',
    '-scheme A test -enumerate-tests',
  ])('are left alone: %s', (words) => {
    const decision = decide(`xcodebuild ${words}`)
    expect([decision.verdict, decision.codes]).toEqual(['query', ['xcode_query']])
    expect(decision.hint).toMatch(/rch xcode/)
  })

  it.each(['-version -exportArchive', '-list -runFirstLaunch', '-version -unknown', '-list -resolvePackageDependencies'])(
    'do not cover up for more: %s',
    (words) => {
      expect(decide(`xcodebuild ${words}`).verdict).toBe('reject')
    },
  )
})

describe('what the profile adds', () => {
  it.each([
    ['a setting that nothing allows', {build_settings: {OTHER_LDFLAGS: '-x'}}, 'setting_never_allowed'],
    ['a setting that nobody granted', {build_settings: {SWIFT_VERSION: '6'}}, 'setting_refused'],
    ['a setting with another value', {build_settings: {CODE_SIGNING_ALLOWED: 'YES'}}, 'setting_value_refused'],
    ['a test selection read from a file', {xcode_test: {...PROFILE.xcode_test, skip_testing: ['@file']}}, 'value_invalid'],
    ['a language that is an option', {xcode_test: {...PROFILE.xcode_test, test_language: '-x'}}, 'value_invalid'],
  ])('is judged like the words of the command: %s', (_, profile, code) => {
    expect(decide('xcodebuild test -scheme App', {}, profile).codes).toEqual([code])
  })

  it('is replaced by what the command says', () => {
    const profile = {build_settings: {CODE_SIGNING_ALLOWED: 'YES'}}
    expect(decide('xcodebuild test -scheme App CODE_SIGNING_ALLOWED=NO', {}, profile).verdict).toBe('accept')
  })
})

describe('tokens', () => {
  it('name what is missing behind the last word', () => {
    const text = 'xcodebuild build | xcpretty'
    expect(decide(text).tokens).toContainEqual(
      expect.objectContaining({text: '', start: 16, end: 16, role: 'refused', code: 'scheme_missing'}),
    )
  })

  it('cover every word of a line, in order, each with what it became', () => {
    const text = "set -e; CI=1 xcodebuild -scheme App -quiet -foo ARCHS='arm64' | xcpretty"
    const {tokens} = decide(text)
    expect(tokens.map((token) => [token.text, token.role])).toEqual([
      ['set -e', 'context'],
      ['CI=1', 'kept'],
      ['xcodebuild', 'kept'],
      ['-scheme', 'constrained'],
      ['App', 'constrained'],
      ['-quiet', 'presentation'],
      ['-foo', 'refused'],
      ["ARCHS='arm64'", 'modelled'],
      ['xcpretty', 'dropped'],
    ])
    expect(tokens.every(({text: part, start, end}) => text.slice(start, end) === part)).toBe(true)
  })
})

describe('words that a shell has split', () => {
  function split(argv: readonly string[]): string {
    return outcome(classify({form: 'argv', argv, cwd: '/repo'}, PROFILE, POLICY))
  }

  it('are told from a whole command in one word', () => {
    const one = classify({form: 'argv', argv: ['xcodebuild -scheme App'], cwd: '/repo'}, PROFILE, POLICY)
    const mention = classify({form: 'argv', argv: ['echo', 'xcodebuild -scheme App'], cwd: '/repo'}, PROFILE, POLICY)
    expect([one.verdict, mention.verdict]).toEqual(['pass', 'pass'])
    expect(one.reason).not.toBe(mention.reason)
  })

  it('may stand behind `time`, as in a shell string', () => {
    expect(split(['time', 'xcodebuild', '-scheme', 'App'])).toBe('accept')
    expect(split(['time', '-p', 'xcodebuild', '-scheme', 'App'])).toBe('wrapper_refused')
  })

  it.each(['a\nb', '\u001b[2J', 'a\u00a0b', '\ufeff'])('hold nothing invisible in an assignment: %j', (value) => {
    expect(split([`CI=${value}`, 'xcodebuild', '-scheme', 'App'])).toBe('control_character')
    expect(split(['env', `NSUnbufferedIO=${value}`, 'xcodebuild', '-scheme', 'App'])).toBe('control_character')
  })
})

describe("the lane's own command", () => {
  it.each([
    'rch xcode run --drop-in -- xcodebuild -scheme App | tee xcodebuild.log',
    'cd xcodebuild-demo && rch xcode run --drop-in -- xcodebuild -scheme App && exit ${PIPESTATUS[0]}',
    "rch xcode run --profile 'My profile' -- xcodebuild -scheme App",
  ])('is left alone: %s', (text) => {
    expect(decide(text).verdict).toBe('pass')
  })

  it.each([
    'rch xcode run -- xcodebuild -scheme App; xcodebuild archive -scheme App',
    "env A='rch xcode run ' xcodebuild archive ' -- xcodebuild'",
    'rch exec xcodebuild archive',
  ])('covers no other one: %s', (text) => {
    expect(decide(text).verdict).toBe('reject')
  })
})

describe('a profile without destinations', () => {
  it('allows none, so that nothing is left to Xcode to choose', () => {
    expect(outcome(decide('xcodebuild -scheme App', {}, {destinations: []}))).toBe('destination_not_allowed')
  })
})

describe('what runs instead', () => {
  it.each([
    ['xcodebuild -scheme App', 'rch xcode run -- xcodebuild -scheme App'],
    ["set -o pipefail && CI=1 xcodebuild -scheme 'My App' 2>&1 | xcbeautify", "rch xcode run -- CI=1 xcodebuild -scheme 'My App'"],
    [
      'pod install && time xcodebuild -scheme App | tee log',
      'pod install && time rch xcode run --drop-in -- xcodebuild -scheme App | tee log',
    ],
    ['xcodebuild archive', null],
    ['echo xcodebuild', null],
  ])('for %s', (text, expected) => {
    expect(rewriteCommand(text, decide(text))).toBe(expected)
  })
})

import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import type {ClassifierPolicy, CommandInput} from '@rch/contract'
import {describe, expect, it} from 'vitest'
import {classifierPolicy, loadConfig} from '../../src/domain/config/index.ts'
import {STRICT_POLICY} from '../support/sample-profile.ts'
import {sharedData} from '../support/shared-data.ts'

const classifier = createXcodebuildClassifier({})
const POLICY: ClassifierPolicy = {...STRICT_POLICY, env_allow: ['CI']}

/** The decision under the profile that `fit` printed, read by the loader as the repository's file; `null` without one. */
function decideFitted(
  input: CommandInput,
): {readonly toml: string; readonly verdict: string; readonly steps: unknown; readonly fitted: unknown} | null {
  const found = classifier.fit(input, POLICY)
  if (found === null) return null
  const repository = {path: '.rch/xcode.toml', bytes: new TextEncoder().encode(found.toml)}
  const {profile} = loadConfig({repository, host: null, flags: {}, profile: null, env: {}, githubEvent: null, origin: null})
  const policy = classifierPolicy(profile, {repoRoot: '/repo', localXcode: false})
  const decision = classifier.classify(input, profile, policy)
  const fitted = classifier.classify(input, {...profile, ...found.profile}, policy)
  return {toml: found.toml, verdict: decision.verdict, steps: decision.steps, fitted: fitted.steps}
}

const shell = (text: string, cwd = '/repo'): CommandInput => ({form: 'shell', text, cwd})

describe('the profile that fits a command', () => {
  it('loads, and makes the same decision', () => {
    const decided = decideFitted(
      shell(
        "xcodebuild test -workspace App.xcworkspace -scheme 'My \"App\"' -configuration Debug -sdk iphonesimulator -testPlan All -derivedDataPath build -destination 'platform=iOS Simulator,name=iPhone 16,OS=18.2' -destination name=iPhone\\ 17",
      ),
    )
    expect(decided?.toml).toBe(
      `workspace = "App.xcworkspace"
scheme = "My \\"App\\""
configuration = "Debug"
sdk = "iphonesimulator"

[[destinations]]
platform = "iOS Simulator"
name = "iPhone 16"
os = "18.2"

[[destinations]]
platform = "iOS Simulator"
name = "iPhone 17"

[xcode_test]
test_plan = "All"

[classifier]
drop_owned_paths = true
`,
    )
    expect(decided?.verdict).toBe('accept')
    expect(decided?.steps).toEqual(decided?.fitted)
  })

  it.each([
    ['without a container means the package or project in its directory', 'xcodebuild -scheme Lib test', 'package = "."'],
    [
      'without a destination means what its SDK builds for',
      'xcodebuild -project A.xcodeproj -scheme A -sdk iphonesimulator',
      'platform = "iOS Simulator"',
    ],
    ['without destination and SDK means the Mac', 'xcodebuild -project A.xcodeproj -scheme A test', 'platform = "macOS"'],
    ['on the Mac by name means macOS', "xcodebuild -scheme A -destination 'name=My Mac' test", 'platform = "macOS"'],
    ['on visionOS may go by its first name', "xcodebuild -scheme A -destination 'generic/platform=xrOS' build", 'platform = "visionOS"'],
    [
      'on its simulator too',
      "xcodebuild -scheme A -destination 'platform=xrOS Simulator,name=Apple Vision Pro' test",
      'platform = "visionOS Simulator"',
    ],
    ['with a generic destination builds', "xcodebuild -scheme A -destination 'generic/platform=iOS'", 'action = "build"'],
    [
      'that floats to the latest OS leaves it open',
      "xcodebuild -scheme A -destination 'platform=iOS Simulator,name=iPhone 16,OS=latest' test",
      'name = "iPhone 16"\n',
    ],
  ])('%s', (_, text, part) => {
    const decided = decideFitted(shell(text))
    expect(decided?.toml).toContain(part)
    expect(decided?.verdict).toBe('accept')
  })

  it.each([
    'xcodebuild archive -scheme A',
    'xcodebuild -scheme $A',
    'xcodebuild build',
    'xcodebuild -scheme A -destination id=1',
    "xcodebuild -scheme A -destination 'platform=iOS,name=My Phone'",
    "xcodebuild test -scheme A -destination 'generic/platform=iOS'",
    'xcodebuild -scheme A -project ../A.xcodeproj',
    'xcodebuild -scheme A OTHER_LDFLAGS=-x',
    'xcodebuild -scheme A -sdk driverkit build',
    'xcodebuild -scheme A -sdk iphoneos test',
    'xcodebuild -version',
    'echo xcodebuild',
  ])('does not exist for %s', (text) => {
    expect(classifier.fit(shell(text), POLICY)).toBeNull()
  })

  it.skipIf(sharedData === undefined)('loads and accepts for every command line of public CI files that has one', () => {
    const rows = readFileSync(join(sharedData ?? '', 'invocations.jsonl'), 'utf8')
      .trim()
      .split('\n')
    const decided = rows.map((row: string) => decideFitted(shell(String(JSON.parse(row).cmd)))).filter((one) => one !== null)
    expect(decided.length).toBeGreaterThanOrEqual(25)
    expect(decided.filter(({verdict, steps, fitted}) => verdict !== 'accept' || JSON.stringify(steps) !== JSON.stringify(fitted))).toEqual(
      [],
    )
  })
})

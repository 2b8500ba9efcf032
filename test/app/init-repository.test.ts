import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import fc from 'fast-check'
import {afterAll, describe, expect, test} from 'vitest'
import {isRchError, type ClassifierPolicy} from '@rch/contract'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import {initRepository, type InitResult} from '../../src/app/init-repository.ts'
import {classifierPolicy, loadConfig, type EffectiveConfig} from '../../src/domain/config/index.ts'
import type {FitCommand} from '../../src/domain/init/propose-profile.ts'
import {STRICT_POLICY} from '../support/sample-profile.ts'
import {sharedData} from '../support/shared-data.ts'

const scratch = mkdtempSync(join(tmpdir(), 'rch-init-'))
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

const classifier = createXcodebuildClassifier()
let count = 0

/** A repository of these files, in a directory of its own. */
function repository(files: Readonly<Record<string, string>>, name = 'app'): string {
  count += 1
  const root = join(scratch, String(count), name)
  mkdirSync(root, {recursive: true})
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), text)
  }
  return root
}

function fitIn(root: string): FitCommand {
  const policy: ClassifierPolicy = {...STRICT_POLICY, repo_root: root}
  return (command) => classifier.fit({form: 'shell', text: command, cwd: root}, policy)?.profile ?? null
}

async function init(root: string, options: {demo?: boolean; profile?: string} = {}): Promise<InitResult> {
  return initRepository({root, demo: options.demo ?? false, profile: options.profile ?? 'ci', classifierFit: fitIn(root)})
}

function loaded(result: InitResult): EffectiveConfig {
  return loadConfig({
    repository: {path: '.rch/xcode.toml', bytes: readFileSync(result.path)},
    host: null,
    flags: {},
    profile: null,
    env: {},
    githubEvent: null,
    origin: null,
  })
}

const SCHEME =
  '<Scheme><TestAction><Testables><TestableReference skipped="NO"><BuildableReference BlueprintIdentifier="T" BlueprintName="AppTests" BuildableName="AppTests.xctest" ReferencedContainer="container:App.xcodeproj"/></TestableReference></Testables></TestAction></Scheme>'

function pbxproj(sdk = 'iphoneos'): string {
  return `{objectVersion = 77; objects = {
    P = {isa = PBXProject; buildConfigurationList = L; mainGroup = G; targets = (A, T); };
    G = {isa = PBXGroup; children = (); sourceTree = "<group>"; };
    A = {isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application"; buildConfigurationList = L; buildPhases = (); dependencies = (); };
    T = {isa = PBXNativeTarget; name = AppTests; productType = "com.apple.product-type.bundle.unit-test"; buildConfigurationList = L; buildPhases = (); dependencies = (D); };
    D = {isa = PBXTargetDependency; target = A; };
    L = {isa = XCConfigurationList; buildConfigurations = (C); };
    C = {isa = XCBuildConfiguration; name = Debug; buildSettings = {SDKROOT = ${sdk}; }; };
  }; rootObject = P; }`
}

const APP = {'App.xcodeproj/project.pbxproj': pbxproj(), 'App.xcodeproj/xcshareddata/xcschemes/App.xcscheme': SCHEME}

describe.skipIf(sharedData === undefined)('well-known repositories', () => {
  test.each([
    ['alamofire', 'workspace', 'Alamofire.xcworkspace', 'Alamofire iOS', 'iOS Simulator'],
    ['kingfisher', 'workspace', 'Kingfisher.xcworkspace', 'Kingfisher', 'macOS'],
    ['netnewswire', 'project', 'NetNewsWire.xcodeproj', 'NetNewsWire', 'macOS'],
    ['xcodebuildmcp-calculator', 'workspace', 'CalculatorApp.xcworkspace', 'CalculatorApp', 'iOS Simulator'],
    ['fastlane-trainer-example', 'project', 'FastlaneTrainerExample.xcodeproj', 'FastlaneTrainerExample', 'iOS Simulator'],
    ['sdwebimage', 'workspace', 'SDWebImage.xcworkspace', 'Tests iOS', 'iOS Simulator'],
  ])('%s', async (name, type, path, scheme, platform) => {
    const root = repository({}, name)
    cpSync(join(sharedData ?? '', 'projects', name, 'files'), root, {recursive: true})
    const result = await init(root)
    expect(result.proposal).toMatchObject({container: {type, path}, scheme, action: 'test', destinations: [{platform}]})
    expect(result.findings.filter(({message}) => message.includes('cannot be read'))).toEqual([])
    expect(loaded(result).profile).toMatchObject({[type]: path, scheme, destinations: [{platform}]})
  })

  test('with its CI file the container is the one that CI builds', async () => {
    const root = repository({
      '.github/workflows/ci.yml': `jobs:
  iOS:
    strategy:
      matrix:
        include:
          - destination: "OS=18.2,name=iPhone 16 Pro"
    steps:
      - name: iOS
        run: set -o pipefail && env NSUnbufferedIO=YES xcodebuild -project "Alamofire.xcodeproj" -scheme "Alamofire iOS" -destination "platform=iOS Simulator,\${{ matrix.destination }}" -testPlan iOS clean test 2>&1 | xcbeautify --renderer github-actions
`,
    })
    cpSync(join(sharedData ?? '', 'projects/alamofire/files'), root, {recursive: true})
    const {proposal, toml, path, ...rest} = await init(root)
    expect(proposal).toMatchObject({
      container: {type: 'project', path: 'Alamofire.xcodeproj'},
      scheme: 'Alamofire iOS',
      testPlan: 'iOS',
      action: 'test',
      destinations: [{platform: 'iOS Simulator', name: 'iPhone 16 Pro', os: '18.2'}],
      from: {path: '.github/workflows/ci.yml', line: 9},
    })
    const {profile} = loaded({proposal, toml, path, ...rest})
    const policy = classifierPolicy(profile, {repoRoot: root, localXcode: false})
    const decision = classifier.classify({form: 'shell', text: proposal.from?.command ?? '', cwd: root}, profile, policy)
    expect(decision.verdict).toBe('accept')
  })
})

describe('what a repository may hold', () => {
  test('a project with an unshared scheme, and the advice to share it', async () => {
    const result = await init(repository({'App.xcodeproj/project.pbxproj': pbxproj()}))
    expect(result.proposal).toMatchObject({
      container: {type: 'project', path: 'App.xcodeproj'},
      scheme: 'App',
      action: 'test',
      destinations: [{platform: 'iOS Simulator'}],
    })
    expect(result.findings.some(({level, message}) => level === 'warning' && message.includes('not shared'))).toBe(true)
  })

  test('a Swift package alone', async () => {
    const one = await init(
      repository({
        'Package.swift':
          'let package = Package(name: "Kit", products: [.library(name: "Kit", targets: ["Kit"])], targets: [.target(name: "Kit"), .testTarget(name: "KitTests")])',
      }),
    )
    expect(one.proposal).toMatchObject({
      container: {type: 'package', path: '.'},
      scheme: 'Kit',
      action: 'test',
      destinations: [{platform: 'macOS'}],
    })
    const two = await init(
      repository({
        'Package.swift':
          'let package = Package(name: "Kit", platforms: [.iOS(.v17)], products: [.library(name: "A", targets: ["A"]), .library(name: "B", targets: ["B"])], targets: [])',
      }),
    )
    expect(two.proposal).toMatchObject({scheme: 'Kit-Package', action: 'build', destinations: [{platform: 'iOS Simulator'}]})
    expect(loaded(two).profile.package).toBe('.')
  })

  test('a monorepo: the app before its examples, packages and Pods', async () => {
    const result = await init(
      repository({
        'apps/ios/App.xcodeproj/project.pbxproj': pbxproj(),
        'apps/ios/App.xcodeproj/xcshareddata/xcschemes/App.xcscheme': SCHEME,
        'Example/App.xcodeproj/project.pbxproj': pbxproj(),
        'Example/App.xcodeproj/xcshareddata/xcschemes/App.xcscheme': SCHEME,
        'Pods/Pods.xcodeproj/project.pbxproj': pbxproj(),
        'libs/deep/down/Package.swift': 'let package = Package(name: "Kit", targets: [.testTarget(name: "T")])',
      }),
    )
    expect(result.proposal.container.path).toBe('apps/ios/App.xcodeproj')
  })

  test('manifests of generators whose projects are not there', async () => {
    const xcodegen = await init(
      repository({
        'project.yml': 'name: Gen\ntargets:\n  Gen:\n    type: application\n    platform: macOS\n  GenTests:\n    type: bundle.unit-test\n',
      }),
    )
    expect(xcodegen.proposal).toMatchObject({
      container: {type: 'project', path: 'Gen.xcodeproj'},
      scheme: 'Gen',
      action: 'test',
      destinations: [{platform: 'macOS'}],
    })
    expect(xcodegen.findings.some(({message}) => message.includes('XcodeGen'))).toBe(true)
    const tuist = await init(
      repository({'Project.swift': 'let p = Project(name: "Tu", targets: [.target(name: "Tu", destinations: .iOS, product: .app)])'}),
    )
    expect(tuist.proposal).toMatchObject({container: {type: 'workspace', path: 'Tu.xcworkspace'}, scheme: 'Tu', action: 'build'})
    expect(loaded(tuist).profile.workspace).toBe('Tu.xcworkspace')
  })

  test('Pods that are not installed', async () => {
    const files = {...APP, Podfile: 'use_frameworks!\n'}
    const warned = await init(repository(files))
    expect(warned.findings.some(({message}) => message.includes('pod install'))).toBe(true)
    const installed = await init(repository({...files, 'Pods/Pods.xcodeproj/project.pbxproj': pbxproj()}))
    expect(installed.findings.some(({message}) => message.includes('pod install'))).toBe(false)
  })

  test('a project that cannot be read is a warning while there is another', async () => {
    const result = await init(repository({...APP, 'Broken.xcodeproj/project.pbxproj': '<<<<<<< HEAD\n'}))
    expect(result.proposal.container.path).toBe('App.xcodeproj')
    expect(result.findings.some(({level, message}) => level === 'warning' && message.startsWith('Broken.xcodeproj/project.pbxproj'))).toBe(
      true,
    )
  })

  test('nothing to build', async () => {
    const error: unknown = await init(repository({'README.md': 'x'})).catch((caught: unknown) => caught)
    expect(isRchError(error) && error.code).toBe('nothing_to_build')
  })

  test.each([
    ['a project that cannot be read', {'A.xcodeproj/project.pbxproj': '<<<<<<< HEAD\n'}, 'A.xcodeproj/project.pbxproj'],
    ['a manifest whose tool was not run', {Podfile: "target 'App' do\nend\n"}, 'Podfile'],
  ])('nothing to build but %s, which is named', async (_, files, path) => {
    const error: unknown = await init(repository(files)).catch((caught: unknown) => caught)
    expect(isRchError(error) && [error.code, error.message.includes(path)]).toEqual([
      path.endsWith('.pbxproj') ? 'project_unreadable' : 'nothing_to_build',
      true,
    ])
  })
})

describe('what CI runs', () => {
  const ci = (text: string) => ({...APP, 'App.xcodeproj/xcshareddata/xcschemes/Nightly.xcscheme': SCHEME, '.github/workflows/ci.yml': text})

  test.each([
    [
      'a plain line',
      'on: push\njobs:\n  t:\n    steps:\n      - run: xcodebuild test -project App.xcodeproj -scheme Nightly -destination "platform=iOS Simulator,name=iPhone 15"\n',
    ],
    [
      'a block',
      'steps:\n  - run: |\n      set -e\n      xcodebuild -project App.xcodeproj -scheme Nightly \\\n        -destination "platform=iOS Simulator,name=iPhone 15" \\\n        test | xcpretty\n',
    ],
    [
      'a folded block',
      'steps:\n  - run: >-\n      xcodebuild\n      -project App.xcodeproj -scheme Nightly\n      -destination "platform=iOS Simulator,name=iPhone 15"\n      test\n  - run: echo done\n',
    ],
    [
      'variables of the workflow',
      'env:\n  SCHEME: Nightly\n  DEST: "platform=iOS Simulator,name=iPhone 15"\nsteps:\n  - run: xcodebuild test -project App.xcodeproj -scheme "$SCHEME" -destination "${{ env.DEST }}"\n',
    ],
    [
      'a matrix',
      'strategy:\n  matrix:\n    scheme: [Nightly, Other]\n    device:\n      - iPhone 15\n      - iPad Air\nsteps:\n  - run: xcodebuild test -project App.xcodeproj -scheme ${{ matrix.scheme }} -destination "platform=iOS Simulator,name=${{ matrix.device }}"\n',
    ],
    [
      'a quoted line',
      `steps:\n  - run: 'xcodebuild test -project App.xcodeproj -scheme Nightly -destination "platform=iOS Simulator,name=iPhone 15"'\n`,
    ],
  ])('%s', async (_, text) => {
    const result = await init(repository(ci(text)))
    expect(result.proposal).toMatchObject({
      container: {type: 'project', path: 'App.xcodeproj'},
      scheme: 'Nightly',
      action: 'test',
      destinations: [{platform: 'iOS Simulator', name: 'iPhone 15'}],
    })
    expect(result.toml).toContain('# Fits .github/workflows/ci.yml:')
  })

  test('a Makefile, an output path of its own, no container named', async () => {
    const result = await init(
      repository({
        ...APP,
        Makefile: 'DEST = platform=macOS\ntest:\n\t@xcodebuild -scheme App -derivedDataPath build -destination "$(DEST)" test\n',
      }),
    )
    expect(result.proposal).toMatchObject({
      container: {type: 'project', path: 'App.xcodeproj'},
      scheme: 'App',
      dropOwnedPaths: true,
      destinations: [{platform: 'macOS'}],
    })
    expect(loaded(result).profile.classifier.drop_owned_paths).toBe(true)
  })

  test('a Fastfile', async () => {
    const fastfile = `lane :test do |options|
  run_tests(
    project: "App.xcodeproj",
    scheme: 'Nightly',
    destination: "platform=iOS Simulator,name=iPhone 15",
    output_types: "junit"
  )
  scan scheme: "App", clean: true
  run_tests(scheme: options[:scheme])
end
`
    const result = await init(repository({...ci(''), 'fastlane/Fastfile': fastfile}))
    expect(result.proposal).toMatchObject({
      container: {path: 'App.xcodeproj'},
      scheme: 'Nightly',
      action: 'test',
      destinations: [{platform: 'iOS Simulator', name: 'iPhone 15'}],
      from: {path: 'fastlane/Fastfile', line: 2},
    })
  })

  test('OS=latest fits a profile that names no version', async () => {
    const root = repository(
      ci(
        'steps:\n  - run: xcodebuild test -project App.xcodeproj -scheme App -destination "platform=iOS Simulator,name=iPhone 16,OS=latest"\n',
      ),
    )
    const result = await init(root)
    const {profile} = loaded(result)
    expect(profile.destinations).toMatchObject([{name: 'iPhone 16', os: null}])
    const text = result.proposal.from?.command ?? ''
    expect(
      classifier.classify({form: 'shell', text, cwd: root}, profile, classifierPolicy(profile, {repoRoot: root, localXcode: false}))
        .verdict,
    ).toBe('accept')
  })

  test('what no profile can hold gives way to the next command', async () => {
    const result = await init(
      repository(
        ci(
          'steps:\n  - run: xcodebuild test -project App.xcodeproj -scheme App -destination "platform=iOS,name=My iPhone"\n  - run: xcodebuild build -project App.xcodeproj -scheme App -destination "generic/platform=iOS"\n',
        ),
      ),
    )
    expect(result.proposal).toMatchObject({action: 'build', destinations: [{platform: 'iOS', generic: true}]})
  })

  test('tests go before builds, and what no profile could accept is passed over', async () => {
    const result = await init(
      repository(
        ci(
          'steps:\n  - run: xcodebuild archive -project App.xcodeproj -scheme App -archivePath x\n  - run: xcodebuild build -project App.xcodeproj -scheme App -sdk iphonesimulator -destination "platform=iOS Simulator,name=A"\n  - run: xcodebuild test -project App.xcodeproj -scheme Nightly -configuration Release -destination "platform=iOS Simulator,name=B"\n',
        ),
      ),
    )
    expect(result.proposal).toMatchObject({scheme: 'Nightly', configuration: 'Release', action: 'test'})
  })
})

describe('writing', () => {
  test('a file that is there stays as it is', async () => {
    const root = repository({...APP, '.rch/xcode.toml': '# mine\n'})
    const result = await init(root)
    expect(result.written).toBe(false)
    expect(readFileSync(result.path, 'utf8')).toBe('# mine\n')
    expect(result.findings.some(({message}) => message.includes('left as it is'))).toBe(true)
  })

  test('the demonstration allows the mock, everything else does not', async () => {
    expect(loaded(await init(repository(APP), {demo: true, profile: 'demo'}))).toMatchObject({
      choice: {name: 'demo'},
      profile: {xcode: {real: false}},
    })
    expect(loaded(await init(repository(APP))).profile.xcode.real).toBe(true)
  })

  test('a workers.toml block that the loader reads', async () => {
    const {loadWorkers} = await import('../../src/domain/config/index.ts')
    const {workersBlock} = await init(repository(APP))
    expect(loadWorkers({path: 'workers.toml', bytes: Buffer.from(workersBlock)}, '/home/me')).toMatchObject([
      {name: 'mini-1', run_key: '/home/me/.ssh/rch_run'},
    ])
  })

  test.skipIf(process.platform === 'win32')('nothing is written through a link', async () => {
    const root = repository(APP)
    const elsewhere = repository({})
    symlinkSync(elsewhere, join(root, '.rch'))
    const error: unknown = await init(root).catch((caught: unknown) => caught)
    expect(isRchError(error) && error.code).toBe('usage_error')
    expect(existsSync(join(elsewhere, 'xcode.toml'))).toBe(false)
  })

  test('a file in the place of its directory is told, and stays', async () => {
    const root = repository({...APP, '.rch': 'mine'})
    const error: unknown = await init(root).catch((caught: unknown) => caught)
    expect(isRchError(error) && error.code).toBe('usage_error')
    expect(readFileSync(join(root, '.rch'), 'utf8')).toBe('mine')
  })

  test.skipIf(process.getuid?.() === 0)('a repository that cannot be written to is told', async () => {
    const root = repository(APP)
    chmodSync(root, 0o555)
    const error: unknown = await init(root).catch((caught: unknown) => caught)
    chmodSync(root, 0o755)
    expect(isRchError(error) && error.code).toBe('usage_error')
  })

  test('a profile name that is none', async () => {
    const error: unknown = await init(repository(APP), {profile: 'a b'}).catch((caught: unknown) => caught)
    expect(isRchError(error) && error.code).toBe('usage_error')
  })

  test('names with quotes, backslashes, hashes and other scripts come back as they were', async () => {
    const name = fc.stringMatching(/^[A-Za-z"'#\\=é日 ]{1,12}$/).filter((text) => text.trim() === text && !text.endsWith('.'))
    await fc.assert(
      fc.asyncProperty(name, async (scheme) => {
        const root = repository({
          'App.xcodeproj/project.pbxproj': pbxproj(),
          [`App.xcodeproj/xcshareddata/xcschemes/${scheme}.xcscheme`]: SCHEME,
        })
        expect(loaded(await init(root)).profile.scheme).toBe(scheme)
      }),
      {numRuns: 30},
    )
  })
})

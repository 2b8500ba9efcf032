import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {bench, type Bench, compiled, type Ran} from './support/bench.ts'

let app: Bench
let kit: Bench
beforeAll(() => {
  app = bench('HelloApp')
  kit = bench('HelloKit')
})
afterAll(() => {
  app[Symbol.dispose]()
  kit[Symbol.dispose]()
})

const simulator = ['-destination', 'platform=iOS Simulator,name=iPhone 17']
const onApp = (...words: readonly string[]): readonly string[] => ['-project', 'HelloApp.xcodeproj', '-scheme', 'HelloApp', ...words]
const onKit = (...words: readonly string[]): readonly string[] => [
  '-scheme',
  'HelloKit',
  '-destination',
  'platform=macOS',
  '-derivedDataPath',
  kit.derivedData,
  ...words,
]

describe('questions', () => {
  it('gives a version that parses and says mock', async () => {
    const {stdout, status} = await app.run('xcodebuild', ['-version'])
    expect(stdout).toMatch(/^Xcode \d+\.\d+\nBuild version \d+[A-Z]\d+mock\n$/)
    expect(status).toBe(0)
    expect(readFileSync(join(app.developerDir, '../Info.plist'), 'utf8')).toContain('<key>RCHMock</key>\n\t<true/>')
  })

  it('lists a project and a package, as text and as JSON', async () => {
    const [text, json, pack] = await Promise.all([
      app.run('xcodebuild', ['-list']),
      app.run('xcodebuild', ['-list', '-json']),
      kit.run('xcodebuild', ['-list', '-json']),
    ])
    expect(text.stdout).toContain('    Schemes:\n        HelloApp\n')
    expect(JSON.parse(json.stdout)).toEqual({
      project: {
        configurations: ['Debug', 'Release'],
        name: 'HelloApp',
        schemes: ['HelloApp'],
        targets: ['HelloApp', 'HelloAppTests', 'HelloAppSwiftTests'],
      },
    })
    expect(JSON.parse(pack.stdout)).toEqual({workspace: {name: 'HelloKit', schemes: ['HelloKit']}})
  })

  it('shows build settings, SDKs and destinations', async () => {
    const [settings, sdks, destinations] = await Promise.all([
      app.run('xcodebuild', onApp('-showBuildSettings', '-json', ...simulator, '-derivedDataPath', app.derivedData)),
      app.run('xcodebuild', ['-showsdks', '-json']),
      app.run('xcodebuild', onApp('-showdestinations')),
    ])
    expect(JSON.parse(settings.stdout)[0].buildSettings).toMatchObject({
      TARGET_NAME: 'HelloApp',
      BUILT_PRODUCTS_DIR: join(app.derivedData, 'Build/Products/Debug-iphonesimulator'),
      RCH_MOCK: 'YES',
    })
    expect(JSON.parse(sdks.stdout).length).toBeGreaterThan(3)
    expect(destinations.stdout).toMatch(/\{ platform:iOS Simulator, arch:arm64, id:[0-9A-F-]{36}, OS:26\.5, name:iPhone 17 \}/)
  })

  it('enumerates tests', async () => {
    const {stdout} = await app.run(
      'xcodebuild',
      onApp(
        'test',
        '-enumerate-tests',
        '-test-enumeration-style',
        'flat',
        '-test-enumeration-format',
        'json',
        '-skip-testing:HelloAppTests',
        '-quiet',
        ...simulator,
      ),
    )
    const [plan] = JSON.parse(stdout.slice(stdout.indexOf('{'))).values
    expect(plan.enabledTests).toContainEqual({identifier: 'HelloAppSwiftTests/LabelTests/plural(step:)'})
    expect(plan.disabledTests).toContainEqual({identifier: 'HelloAppTests/CounterTests/testStartsAtZero()'})
  })

  it.each([
    ['an unknown option', ['-nonsense'], 64, /invalid option '-nonsense'/],
    ['a missing value', ['-scheme'], 64, /option '-scheme' requires an argument/],
    ['a repeated option', ['-scheme', 'A', '-scheme', 'B'], 64, /may only be provided once/],
    ['an unknown scheme', ['-scheme', 'Nope', 'build'], 65, /does not contain a scheme named "Nope"/],
    ['an absent project', ['-project', 'No.xcodeproj', '-list'], 66, /does not exist/],
    [
      'an unknown device',
      ['-scheme', 'HelloApp', '-destination', 'platform=iOS Simulator,name=Nokia', 'build'],
      70,
      /Unable to find a device/,
    ],
    ['a platform that does not fit', ['-scheme', 'HelloApp', '-destination', 'platform=macOS', 'build'], 70, /Unable to find a device/],
    ['an unknown test plan', ['-scheme', 'HelloApp', '-testPlan', 'Nope', 'test'], 65, /does not have an associated test plan/],
    [
      'a foreign test target',
      ['-scheme', 'HelloApp', '-destination', 'platform=iOS Simulator,name=iPhone 17', '-only-testing:Nope', 'test'],
      65,
      /isn’t a member/,
    ],
  ])('refuses %s', async (_, words, status, message) => {
    const ran = await app.run('xcodebuild', words)
    expect(ran.stderr).toMatch(message)
    expect(ran.status).toBe(status)
  })

  it('cannot open a damaged project', async () => {
    mkdirSync(join(app.root, 'Broken.xcodeproj'), {recursive: true})
    writeFileSync(join(app.root, 'Broken.xcodeproj/project.pbxproj'), '{ objects = ')
    expect((await app.run('xcodebuild', ['-project', '../Broken.xcodeproj', '-list'])).status).toBe(74)
  })
})

describe('building', () => {
  it('compiles everything once, then only what changed', async () => {
    using fresh = bench('HelloKit')
    const words = ['-scheme', 'HelloKit', '-destination', 'platform=macOS', '-derivedDataPath', fresh.derivedData, 'build']
    const first = await fresh.run('xcodebuild', words)
    expect(first.stdout).toContain('** BUILD SUCCEEDED **')
    expect(compiled(first)).toEqual(['Greeter.swift', 'Tally.swift'])
    expect(compiled(await fresh.run('xcodebuild', words))).toEqual([])
    fresh.touch('Sources/HelloKit/Tally.swift')
    const touched = await fresh.run('xcodebuild', words)
    expect(compiled(touched)).toEqual(['Tally.swift'])
    expect(touched.stdout).toMatch(/^Ld .*HelloKit\.o/m)
  })

  it('starts anew when the database is lost, the root moved or the settings changed', async () => {
    using fresh = bench('HelloKit')
    const words = ['-scheme', 'HelloKit', '-destination', 'platform=macOS', '-derivedDataPath', fresh.derivedData, 'build']
    await fresh.run('xcodebuild', words)
    expect(compiled(await fresh.run('xcodebuild', [...words, 'OTHER_FLAG=1']))).toHaveLength(2)
    await fresh.run('xcodebuild', words)
    rmSync(join(fresh.derivedData, 'Build/Intermediates.noindex/XCBuildData'), {recursive: true})
    expect(compiled(await fresh.run('xcodebuild', words))).toHaveLength(2)
    renameSync(fresh.project, `${fresh.project}-moved`)
    expect(compiled(await fresh.run('xcodebuild', words, {cwd: `${fresh.project}-moved`}))).toHaveLength(2)
  })

  it('looks at inodes only when told to', async () => {
    using fresh = bench('HelloKit')
    const words = ['-scheme', 'HelloKit', '-destination', 'platform=macOS', '-derivedDataPath', fresh.derivedData, 'build']
    await fresh.run('xcodebuild', words)
    const file = join(fresh.project, 'Sources/HelloKit/Tally.swift')
    const {atimeNs, mtimeNs} = statSync(file, {bigint: true})
    const text = readFileSync(file)
    writeFileSync(`${file}.copy`, text)
    utimesSync(`${file}.copy`, Number(atimeNs) / 1e9, Number(mtimeNs / 1_000_000n) / 1e3)
    utimesSync(file, Number(atimeNs) / 1e9, Number(mtimeNs / 1_000_000n) / 1e3)
    await fresh.run('xcodebuild', words)
    renameSync(`${file}.copy`, file)
    expect(compiled(await fresh.run('xcodebuild', words))).toEqual([])
    expect(compiled(await fresh.run('xcodebuild', words, {scenario: {file_system_mode: 'full-stat'}}))).toEqual(['Tally.swift'])
  })

  it('names file, line and column of a syntax error and the commands that failed', async () => {
    using fresh = bench('HelloApp')
    fresh.edit('syntaxError')
    const words = ['-project', 'HelloApp.xcodeproj', '-scheme', 'HelloApp', ...simulator, '-derivedDataPath', fresh.derivedData]
    const {status, stdout} = await fresh.run('xcodebuild', [...words, 'build'])
    expect(status).toBe(65)
    expect(stdout).toMatch(
      /HelloApp\/HelloApp\/Counter\.swift:20:\d+: error: expected ':' after '\? \.\.\.' in ternary expression\n {8}value == 1/,
    )
    expect(stdout).toMatch(
      /\*\* BUILD FAILED \*\*\n\n\nThe following build commands failed:\n\tSwiftCompile normal arm64 Compiling\\ Counter\.swift [^\n]+\n\tSwiftCompile [^\n]+\n\tBuilding project HelloApp with scheme HelloApp\n\(3 failures\)/,
    )
    const tested = await fresh.run('xcodebuild', [...words, 'test'])
    expect(tested.stdout).toMatch(
      /Testing failed:\n\tExpected ':'[^\n]*\n\tTesting cancelled because the build failed\.\n\n\*\* TEST FAILED \*\*/,
    )
    fresh.edit('syntaxError', true)
    const mended = await fresh.run('xcodebuild', [...words, 'build'])
    expect([mended.status, compiled(mended)]).toEqual([0, ['Counter.swift']])
  })

  it('keeps quiet, runs several actions in order, and never two builds in one folder', async () => {
    const quiet = await kit.run('xcodebuild', onKit('build', '-quiet'))
    expect(quiet.stdout).not.toContain('SwiftCompile')
    const {stdout} = await kit.run('xcodebuild', onKit('clean', 'build'))
    expect(stdout.indexOf('** CLEAN SUCCEEDED **')).toBeLessThan(stdout.indexOf('** BUILD SUCCEEDED **'))
    let second: Promise<Ran> | undefined
    const first = await kit.run('xcodebuild', onKit('clean', 'build'), {
      scenario: {slow_ms: {link: 60_000}},
      when: [
        [
          'SwiftCompile',
          (child) => {
            second = kit.run('xcodebuild', onKit('build')).finally(() => child.kill('SIGTERM'))
          },
        ],
      ],
    })
    expect(first.signal).toBe('SIGTERM')
    expect(await second).toMatchObject({status: 65, stdout: expect.stringContaining('database is locked')})
    expect((await kit.run('xcodebuild', onKit('build'))).status).toBe(0)
  })
})

describe('testing', () => {
  it('passes the samples and fails exactly the switched test', async () => {
    using fresh = bench('HelloApp')
    const words = ['-scheme', 'HelloApp', ...simulator, '-derivedDataPath', fresh.derivedData, 'test']
    const good = await fresh.run('xcodebuild', words)
    expect(good.status).toBe(0)
    expect(good.stdout).toContain('Executed 4 tests, with 1 test skipped and 0 failures (0 unexpected)')
    expect(good.stdout).toContain('** TEST SUCCEEDED **')
    expect(good.stdout).not.toContain('not_evaluated')
    fresh.edit('failingTest')
    const bad = await fresh.run('xcodebuild', words)
    expect(bad.status).toBe(65)
    expect(compiled(bad)).toEqual(['Counter.swift'])
    expect(bad.stdout).toContain(
      '✘ Test singular() recorded an issue at LabelTests.swift:10:9: Expectation failed: (counter.label → "1 hellos") == "1 hello"\n',
    )
    expect(bad.stdout).toMatch(/\nFailing tests:\n\tLabelTests\.singular\(\)\n\n\*\* TEST FAILED \*\*/)
  })

  it('takes selections apart', async () => {
    const ran = async (...words: readonly string[]): Promise<readonly string[]> =>
      names(await app.run('xcodebuild', onApp('test', ...simulator, ...words)))
    expect(await ran('-only-testing:HelloAppTests/CounterTests/testStartsAtZero')).toEqual(['testStartsAtZero'])
    expect(await ran('-only-testing', 'HelloAppSwiftTests/LabelTests/singular()')).toEqual(['singular()'])
    expect(await ran('-only-testing:HelloAppSwiftTests/LabelTests/singular', '-only-testing:HelloAppTests')).toHaveLength(4)
    expect(await ran('-skip-testing:HelloAppTests', '-skip-testing:HelloAppSwiftTests/LabelTests/singular()')).toEqual(['"Plural"'])
  })

  it('repeats, retries and stops at the first failure', async () => {
    const one = onKit('test', '-only-testing:HelloKitTests/GreeterTests/testGreetsNobody')
    const flaky = {flaky: {'HelloKitTests/GreeterTests/testGreetsNobody': 1}}
    const twice = await kit.run('xcodebuild', [...one, '-test-iterations', '2'])
    expect(twice.stdout).toMatch(/started \(Iteration 1 of 2\)\.[^]*started \(Iteration 2 of 2\)\./)
    const retried = await kit.run('xcodebuild', [...one, '-retry-tests-on-failure'], {scenario: flaky})
    expect([retried.status, retried.stdout.match(/Test Case .* started/g)?.length]).toEqual([0, 2])
    const plain = await kit.run('xcodebuild', one, {scenario: flaky})
    expect(plain.status).toBe(65)
    const until = await kit.run('xcodebuild', [...one, '-run-tests-until-failure'], {scenario: flaky})
    expect([until.status, until.stdout.match(/Test Case .* started/g)?.length]).toEqual([65, 1])
  })

  it('prints the lines of clones in parallel', async () => {
    const {stdout} = await app.run('xcodebuild', onApp('test', ...simulator, '-parallel-testing-enabled', 'YES'))
    expect(stdout).toMatch(
      /Test case 'CounterTests\.testStartsAtZero\(\)' passed on 'Clone 1 of iPhone 17 - HelloApp \(\d+\)' \(0\.\d{3} seconds\)/,
    )
    expect(stdout).toMatch(/Test case 'LabelTests\/singular\(\)' passed on/)
  })

  it('goes on after a crash and names the crashed test', async () => {
    const {stdout, status} = await kit.run('xcodebuild', onKit('test'), {
      scenario: {test_crash: ['HelloKitTests/GreeterTests/testGreetsEveryone']},
    })
    expect(status).toBe(65)
    expect(stdout).toContain(
      'Restarting after unexpected exit, crash, or test timeout in GreeterTests.testGreetsEveryone(); summary will include totals from previous launches.',
    )
    expect(stdout).not.toContain("testGreetsEveryone]' failed")
    expect(stdout).toContain('Failing tests:\n\tGreeterTests.testGreetsEveryone()')
  })

  it('tests prepared products where they lie, on two destinations, without the project', async () => {
    using fresh = bench('HelloApp')
    const products = join(fresh.root, 'p.xctestproducts')
    const built = await fresh.run('xcodebuild', [
      '-scheme',
      'HelloApp',
      ...simulator,
      '-derivedDataPath',
      fresh.derivedData,
      '-testProductsPath',
      products,
      'build-for-testing',
    ])
    expect(built.stdout).toContain('** TEST BUILD SUCCEEDED **')
    rmSync(fresh.project, {recursive: true})
    rmSync(fresh.derivedData, {recursive: true})
    renameSync(products, join(fresh.root, 'moved.xctestproducts'))
    const bundle = join(fresh.root, 'r.xcresult')
    const ran = await fresh.run(
      'xcodebuild',
      [
        '-testProductsPath',
        'moved.xctestproducts',
        ...simulator,
        '-destination',
        'platform=iOS Simulator,name=iPhone 16',
        '-resultBundlePath',
        bundle,
        'test-without-building',
      ],
      {cwd: fresh.root},
    )
    expect(ran.stdout).toContain('** TEST EXECUTE SUCCEEDED **')
    const tests = JSON.parse(
      (await fresh.run('xcrun', ['xcresulttool', 'get', 'test-results', 'tests', '--path', bundle], {cwd: fresh.root})).stdout,
    )
    const [testCase] = tests.testNodes[0].children[0].children[0].children
    expect(testCase.children.map(({nodeType, name}: {nodeType: string; name: string}) => [nodeType, name])).toEqual([
      ['Device', 'iPhone 17'],
      ['Device', 'iPhone 16'],
    ])
  })

  it('refuses an existing result bundle and leaves it alone', async () => {
    const bundle = join(kit.root, 'there.xcresult')
    mkdirSync(bundle)
    const {status, stderr} = await kit.run('xcodebuild', onKit('test', '-resultBundlePath', bundle))
    expect([status, stderr]).toEqual([64, expect.stringContaining('Existing file at -resultBundlePath')])
  })

  it('ends in good order on SIGINT', async () => {
    const bundle = join(kit.root, 'interrupted.xcresult')
    const {status, stdout} = await kit.run('xcodebuild', onKit('test', '-resultBundlePath', bundle), {
      scenario: {test_hang: ['HelloKitTests/GreeterTests/testGreetsNobody']},
      when: [["testGreetsEveryone]' passed", (child) => child.kill('SIGINT')]],
    })
    expect([status, stdout.includes('** TEST INTERRUPTED **'), existsSync(join(bundle, 'Info.plist'))]).toEqual([75, true, true])
    // The last thing a runner says is which test it began.
    expect(stdout).toContain("Test Case '-[HelloKitTests.GreeterTests testGreetsNobody]' started.\n")
    expect(stdout).not.toMatch(/testGreetsNobody\]' (?:passed|failed)/)
    const asked = await kit.run('xcrun', ['xcresulttool', 'get', 'test-results', 'summary', '--path', bundle])
    expect(JSON.parse(asked.stdout)).toMatchObject({passedTests: 2, failedTests: 0, totalTestCount: 2})
  })

  it('says how many checks it could not evaluate', async () => {
    using fresh = bench('HelloKit')
    writeFileSync(
      join(fresh.project, 'Tests/HelloKitTests/More.swift'),
      'import XCTest\nfinal class More: XCTestCase {\n  func testTime() { XCTAssertTrue(Date() > Date.distantPast) }\n}\n',
    )
    const {stdout, status} = await fresh.run('xcodebuild', [
      'test',
      '-scheme',
      'HelloKit',
      '-destination',
      'platform=macOS',
      '-only-testing:HelloKitTests/More',
    ])
    expect([status, stdout.includes('note: mock Xcode: 1 check not_evaluated, counted as passed')]).toEqual([0, true])
  })
})

/** The tests whose passing a serial log reports. */
function names({stdout}: Ran): readonly string[] {
  const xctest = [...stdout.matchAll(/^Test Case '-\[\S+ (\w+)\]' (?:passed|skipped)/gm)]
  const swift = [...stdout.matchAll(/✔ Test (".*?"|\S+\)) passed/g)]
  return [...xctest, ...swift].map(([, name]) => name ?? '')
}

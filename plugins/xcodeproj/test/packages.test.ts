import {describe, expect, test} from 'vitest'
import {readPackageManifest, readPackageResolved, readTestPlan, readTuistManifest, readXcodegenManifest} from '../src/index.ts'
import {refusal} from './support.ts'

describe('packages', () => {
  test('literals, bindings, concatenation and later additions', () => {
    const manifest = readPackageManifest(`// swift-tools-version: 5.9
import PackageDescription
/* block /* nested */ comment */
let name = "My" + "Kit"
let extra: [Target] = [.testTarget(name: "ExtraTests", dependencies: ["Core"], path: #"Tests/Raw"#)]
let package = Package(
    name: name,
    defaultLocalization: "en",
    platforms: [.iOS(.v15), .macOS("12.0"), .custom("x", versionString: "1")],
    products: [
        .library(name: "Core", type: .dynamic, targets: ["Core"]),
        .executable(name: "tool", targets: ["tool"]),
        .plugin(name: "Lint", targets: ["Lint"]),
    ],
    dependencies: [
        .package(path: "../Local"),
        .package(name: "Other", path: "Vendor/Other"),
        .package(url: "https://example.com/a.git", from: "1.0.0"),
        .package(id: "mona.linked", exact: "1.0.0"),
        // .package(path: "no"),
    ],
    targets: [
        .target(name: "Core", dependencies: [.product(name: "A", package: "a"), .target(name: "B"), "C"], path: "src", exclude: ["x.txt"], sources: ["."], resources: [.process("Res"), .copy("data.json")], swiftSettings: [.define("X", .when(configuration: .debug))]),
        .executableTarget(name: "tool"),
        .binaryTarget(name: "Bin", path: "Bin.xcframework"),
        .macro(name: "M", dependencies: []),
        .systemLibrary(name: "CSys"),
        .plugin(name: "Lint", capability: .buildTool()),
    ] + extra,
    swiftLanguageVersions: [.v5]
)
#if os(Linux)
package.dependencies.append(.package(path: "linux"))
#endif
package.targets += [.target(name: "Late")]
package.targets.append(contentsOf: [.target(name: "Later")])
for target in package.targets where target.type != .plugin { target.swiftSettings = [] }
`)
    expect(manifest).toMatchObject({
      toolsVersion: '5.9',
      name: 'MyKit',
      platforms: ['iOS', 'macOS', 'custom'],
      products: [
        {type: 'library', name: 'Core', targets: ['Core']},
        {type: 'executable', name: 'tool'},
        {type: 'plugin', name: 'Lint'},
      ],
      localDependencies: ['../Local', 'Vendor/Other', 'linux'],
      remoteDependencies: ['https://example.com/a.git', 'mona.linked'],
      complete: true,
    })
    expect(manifest.targets.map(({type, name, path}) => [type, name, path])).toEqual([
      ['target', 'Core', 'src'],
      ['executable', 'tool', null],
      ['binary', 'Bin', 'Bin.xcframework'],
      ['macro', 'M', null],
      ['system', 'CSys', null],
      ['plugin', 'Lint', null],
      ['test', 'ExtraTests', 'Tests/Raw'],
      ['target', 'Late', null],
      ['target', 'Later', null],
    ])
    expect(manifest.targets[0]).toMatchObject({dependencies: ['A', 'B', 'C'], exclude: ['x.txt'], resources: ['Res', 'data.json']})
  })

  test('what is computed is left out and said', () => {
    const manifest = readPackageManifest(
      'let package = Package(name: "A\\(suffix)", products: makeProducts(), targets: ["X", "Y"].map { .target(name: $0) } + [.target(name: "Z")])',
    )
    expect(manifest).toMatchObject({name: null, products: [], complete: false})
    expect(readPackageManifest('let package = Package(name: "A", targets: flag ? [.target(name: "B")] : [])')).toMatchObject({
      targets: [],
      complete: false,
    })
  })

  test.each(['', 'let x = 1', '/* never', 'let package = Package(name: "open', 'Package(name: "\\(x'])('%j is no manifest', (text) => {
    expect(refusal(() => readPackageManifest(text)).code).toBe('project_unreadable')
  })

  test('names that refer to themselves end', () => {
    expect(readPackageManifest('let a = b\nlet b = a\nlet package = Package(name: a, targets: a + b)').complete).toBe(false)
  })

  test('names that double each other end as well', () => {
    const lines = Array.from({length: 60}, (_, index) => `let n${index} = n${index + 1} + n${index + 1}`)
    for (const seed of ['["x"]', '"x"']) {
      const manifest = readPackageManifest([...lines, `let n60 = ${seed}`, 'let package = Package(name: "a", targets: n0)'].join('\n'))
      expect(manifest).toMatchObject({name: 'a', complete: false})
    }
  })

  test('Package.resolved of every version', () => {
    const state = {revision: 'r', version: '1.0.0'}
    expect(
      readPackageResolved(
        JSON.stringify({
          version: 1,
          object: {pins: [{package: 'X', repositoryURL: 'https://e.com/x-Kit.git', state: {...state, branch: null}}]},
        }),
      ),
    ).toEqual({
      version: 1,
      originHash: null,
      pins: [
        {
          identity: 'x-kit',
          kind: 'remoteSourceControl',
          location: 'https://e.com/x-Kit.git',
          revision: 'r',
          version: '1.0.0',
          branch: null,
        },
      ],
    })
    for (const version of [2, 3]) {
      const pins = [
        {identity: 'x', kind: 'localSourceControl', location: '/x', state: {revision: 'r', branch: 'main'}},
        {identity: 'a.b', kind: 'registry', location: '', state: {version: '2.0.0'}},
      ]
      expect(readPackageResolved(JSON.stringify({version, originHash: 'h', pins}))).toMatchObject({
        version,
        originHash: 'h',
        pins: [{branch: 'main'}, {kind: 'registry', version: '2.0.0'}],
      })
    }
    for (const text of ['', '[]', '{"version": 4}', '{}', 'null'])
      expect(refusal(() => readPackageResolved(text)).code).toBe('project_unreadable')
  })

  test('test plans', () => {
    const plan = readTestPlan(
      '{"version": 1, "configurations": [{"name": "A"}, {}], "defaultOptions": {"x": 1}, "testTargets": [{"enabled": false, "skippedTests": ["T/a()"], "target": {"containerPath": "container:P.xcodeproj", "identifier": "I", "name": "T"}}, 5]}',
    )
    expect(plan).toMatchObject({
      configurations: ['A'],
      targets: [{name: 'T', enabled: false, skippedTests: ['T/a()'], container: 'container:P.xcodeproj'}],
    })
    expect(refusal(() => readTestPlan('{"a":\n]')).data).toMatchObject({line: 2})
  })
})

describe('generators', () => {
  test('XcodeGen', () => {
    expect(
      readXcodegenManifest(
        `name: "My App" # comment\noptions:\n  bundleIdPrefix: com.x\ntargets:\n  App:\n    type: application\n    platform: iOS\n    sources:\n      - path: A\n        type: group\n  AppTests:\n    type: bundle.unit-test\n    platform: iOS\nschemes:\n  Main:\n    build:\n      targets:\n        App: all\n`,
      ),
    ).toEqual({
      name: 'My App',
      targets: [
        {name: 'App', type: 'application', platform: 'iOS'},
        {name: 'AppTests', type: 'bundle.unit-test', platform: 'iOS'},
      ],
      schemes: ['Main'],
    })
    expect(readXcodegenManifest('')).toEqual({name: null, targets: [], schemes: []})
  })

  test('Tuist', () => {
    const text =
      'import ProjectDescription\nlet project = Project(name: "App", targets: [.target(name: "App", destinations: .iOS, product: .app), Target(name: "T", platform: .macOS, product: .unitTests)], schemes: [.scheme(name: "S")])'
    expect(readTuistManifest(text)).toEqual({
      name: 'App',
      targets: [
        {name: 'App', type: 'app', platform: 'iOS'},
        {name: 'T', type: 'unitTests', platform: 'macOS'},
      ],
      schemes: ['S'],
    })
  })
})

import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isRchError} from '@rch/contract'
import {
  buildSetting,
  joinPath,
  readPackageManifest,
  readPackageResolved,
  readPlist,
  readProject,
  readScheme,
  readTestPlan,
  readTuistManifest,
  readWorkspace,
  readXcconfig,
  readXcodegenManifest,
} from '../src/index.ts'

/** A project with one of everything that moves a path: groups, SOURCE_ROOT, absolute, variables, variants, subprojects. */
const PROJECT = String.raw`// !$*UTF8*$!
{
	archiveVersion = 1;
	objectVersion = 56;
	objects = {
		P /* Project */ = {isa = PBXProject; buildConfigurationList = L; mainGroup = G; productRefGroup = PG; projectDirPath = ""; targets = (T, TT, A, GONE, ); projectReferences = ({ProductGroup = PG; ProjectRef = SUB; }, ); attributes = {TargetAttributes = {TT = {TestTargetID = T; }; }; }; };
		G = {isa = PBXGroup; children = (SRC, SUB, CONF, LOC, VAR, ABS, LOOP, ); sourceTree = "<group>"; };
		LOOP = {isa = PBXGroup; children = (G, LOOP); path = loop; sourceTree = "<group>"; };
		SRC = {isa = PBXGroup; children = (F1, F2, F3, V); path = "Sour\"ces"; sourceTree = "<group>"; };
		F1 = {isa = PBXFileReference; lastKnownFileType = sourcecode.swift; path = "../a b/One.swift"; sourceTree = "<group>"; };
		F2 = {isa = PBXFileReference; path = Two.m; sourceTree = SOURCE_ROOT; };
		F3 = {isa = PBXFileReference; path = UIKit.framework; sourceTree = SDKROOT; };
		V = {isa = PBXVariantGroup; children = (S); name = Main.storyboard; sourceTree = "<group>"; };
		S = {isa = PBXFileReference; path = de.lproj/Main.storyboard; sourceTree = "<group>"; };
		SUB = {isa = PBXFileReference; lastKnownFileType = "wrapper.pb-project"; path = Sub/Sub.xcodeproj; sourceTree = "<group>"; };
		LOC = {isa = PBXFileReference; lastKnownFileType = wrapper; path = ../Local; sourceTree = "<group>"; };
		VAR = {isa = PBXFileReference; path = x; sourceTree = MY_ROOT; };
		ABS = {isa = PBXFileReference; path = /opt/lib.a; sourceTree = "<absolute>"; };
		CONF = {isa = PBXFileReference; path = Config/Base.xcconfig; sourceTree = "<group>"; };
		PG = {isa = PBXGroup; children = (APP); name = Products; sourceTree = "<group>"; };
		APP = {isa = PBXFileReference; path = App.app; sourceTree = BUILT_PRODUCTS_DIR; };
		T = {isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.application"; buildConfigurationList = LT; buildPhases = (BP, SH, ); dependencies = (); packageProductDependencies = (PPD); };
		TT = {isa = PBXNativeTarget; name = AppTests; productType = "com.apple.product-type.bundle.unit-test"; buildConfigurationList = L; buildPhases = (); dependencies = (D, GONE); };
		A = {isa = PBXAggregateTarget; name = All; buildConfigurationList = L; buildPhases = (); dependencies = (); };
		D = {isa = PBXTargetDependency; targetProxy = PX; };
		PX = {isa = PBXContainerItemProxy; remoteGlobalIDString = T; };
		PPD = {isa = XCSwiftPackageProductDependency; productName = Lib; };
		BP = {isa = PBXSourcesBuildPhase; files = (B1, B2, GONE); };
		B1 = {isa = PBXBuildFile; fileRef = F1; settings = {COMPILER_FLAGS = "-w"; }; };
		B2 = {isa = PBXBuildFile; productRef = PPD; };
		SH = {isa = PBXShellScriptBuildPhase; name = Lint; shellPath = /bin/sh; shellScript = "echo \"hi\"\n\U00e9\n"; inputPaths = ("$(SRCROOT)/x", ); };
		L = {isa = XCConfigurationList; buildConfigurations = (C1, C2); defaultConfigurationName = Release; };
		LT = {isa = XCConfigurationList; buildConfigurations = (C3); };
		C1 = {isa = XCBuildConfiguration; name = Debug; baseConfigurationReference = CONF; buildSettings = {SDKROOT = macosx; }; };
		C2 = {isa = XCBuildConfiguration; name = Release; buildSettings = {}; };
		C3 = {isa = XCBuildConfiguration; name = Debug; buildSettings = {LIST = (a, b); }; };
		R1 = {isa = XCRemoteSwiftPackageReference; repositoryURL = "https://example.com/x.git"; requirement = {kind = exactVersion; version = 1.2.3; }; };
		R2 = {isa = XCLocalSwiftPackageReference; relativePath = Packages/Mine; };
	};
	rootObject = P /* Project object */;
}
`

describe('project.pbxproj', () => {
  const project = readProject(PROJECT)
  const pathOf = (id: string) => project.nodes.get(id)?.path

  test('paths follow groups and source trees; cycles and dangling references end', () => {
    expect(['F1', 'F2', 'F3', 'S', 'SUB', 'LOC', 'VAR', 'ABS', 'APP'].map(pathOf)).toEqual([
      {base: 'source_root', path: 'a b/One.swift'},
      {base: 'source_root', path: 'Two.m'},
      {base: 'sdk', path: 'UIKit.framework'},
      {base: 'source_root', path: 'Sour"ces/de.lproj/Main.storyboard'},
      {base: 'source_root', path: 'Sub/Sub.xcodeproj'},
      {base: 'source_root', path: '../Local'},
      {base: 'variable', variable: 'MY_ROOT', path: 'x'},
      {base: 'absolute', path: '/opt/lib.a'},
      {base: 'built_products', path: 'App.app'},
    ])
    expect(project.targets.map(({name}) => name)).toEqual(['App', 'AppTests', 'All'])
    expect(project.subprojects).toEqual([{base: 'source_root', path: 'Sub/Sub.xcodeproj'}])
    expect(project.localPackages).toEqual([{base: 'source_root', path: 'Packages/Mine'}])
    expect(project.folderReferences).toEqual([{base: 'source_root', path: '../Local'}])
    expect(project.remotePackages.map(({requirement}) => requirement.get('version'))).toEqual(['1.2.3'])
  })

  test('targets know their phases, scripts, products, hosts and settings', () => {
    const [app, tests] = project.targets
    expect(app?.buildPhases).toMatchObject([
      {isa: 'PBXSourcesBuildPhase', files: [{nodeId: 'F1'}, {packageProduct: 'Lib', path: null}]},
      {isa: 'PBXShellScriptBuildPhase', name: 'Lint', shellScript: {script: 'echo "hi"\né\n', inputPaths: ['$(SRCROOT)/x']}},
    ])
    expect(tests).toMatchObject({isTest: true, testHostId: 'T', dependencies: ['T']})
    expect(project.buildConfigurations.defaultName).toBe('Release')
    const files = new Map([
      ['Config/Base.xcconfig', readXcconfig('#include "More.xcconfig"\n#include? "Gone.xcconfig"\nA = 1 // one\nA[sdk=iphone*] = 2\n')],
      ['Config/More.xcconfig', readXcconfig('A = 0\nB = yes;\n#include "Base.xcconfig"')],
    ])
    const setting = (key: string) => app && buildSetting(key, project, app, 'Debug', files)
    expect([setting('SDKROOT'), setting('A'), setting('B'), setting('C')]).toEqual(['macosx', '1', 'yes', null])
  })

  test('XML property lists are read as well', () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE plist PUBLIC "x" "y"><plist version="1.0"><dict><key>a</key><array><string>b &amp; c</string><true/><integer>5</integer></array></dict></plist>`
    expect(readPlist(xml)).toEqual(new Map([['a', ['b & c', 'YES', '5']]]))
  })

  test.each([
    ['', 1, 1],
    ['{a = 1', 1, 7],
    ['{\n  a = (1, 2\n', 3, 1],
    ['{a = "open', 1, 6],
    ['{a = <zz>;}', 1, 6],
    ['{a = 1; a = 2;}', 1, 9],
    ['{a = 1; /* never', 1, 9],
    ['{}\n{}', 2, 1],
    ['<<<<<<< HEAD', 1, 1],
    ['('.repeat(1000), 1, 202],
  ])('%j is refused where it is wrong', (text, line, column) => {
    expect(refusal(() => readPlist(text)).data).toMatchObject({line, column})
  })

  test('what is a property list and no project', () => {
    for (const text of [
      'x',
      '{}',
      '{objects = {}; rootObject = P;}',
      '{objects = {P = 1;}; rootObject = P;}',
      '{objects = {P = {isa = PBXGroup;};}; rootObject = P;}',
    ]) {
      expect(refusal(() => readProject(text)).code).toBe('project_unreadable')
    }
  })
})

describe('workspaces and schemes', () => {
  test('locations resolve through groups', () => {
    const text = `<Workspace version="1.0"><FileRef location="self:"></FileRef><Group location="group:Sub" name="S"><FileRef location="group:A.xcodeproj"/><FileRef location="container:B.xcodeproj"/></Group><FileRef location="absolute:/x/../C.xcodeproj"/><FileRef location="developer:D"/></Workspace>`
    expect(readWorkspace(text)).toEqual([
      {location: 'self:', path: {base: 'source_root', path: ''}, self: true},
      {location: 'group:A.xcodeproj', path: {base: 'source_root', path: 'Sub/A.xcodeproj'}, self: false},
      {location: 'container:B.xcodeproj', path: {base: 'source_root', path: 'B.xcodeproj'}, self: false},
      {location: 'absolute:/x/../C.xcodeproj', path: {base: 'absolute', path: '/C.xcodeproj'}, self: false},
      {location: 'developer:D', path: {base: 'developer_dir', path: 'D'}, self: false},
    ])
  })

  test('a scheme tells what it builds, tests, skips and runs', () => {
    const reference = (name: string) =>
      `<BuildableReference BlueprintIdentifier="ID${name}" BuildableName="${name}.app" BlueprintName="${name}" ReferencedContainer="container:App.xcodeproj"/>`
    const scheme = readScheme(`<?xml version="1.0"?><!-- c --><Scheme version="1.7">
      <BuildAction><PreActions><ExecutionAction/></PreActions><BuildActionEntries><BuildActionEntry buildForTesting="NO">${reference('App')}</BuildActionEntry></BuildActionEntries></BuildAction>
      <TestAction buildConfiguration="Debug" codeCoverageEnabled="YES"><TestPlans><TestPlanReference reference="container:A &amp; B.xctestplan" default="YES"/></TestPlans>
      <Testables><TestableReference skipped="YES" parallelizable="YES">${reference('T')}<SkippedTests><Test Identifier="A/b()"/></SkippedTests></TestableReference><TestableReference skipped="NO"/></Testables></TestAction>
      <LaunchAction buildConfiguration="Release"><BuildableProductRunnable>${reference('App')}</BuildableProductRunnable></LaunchAction></Scheme>`)
    expect(scheme).toMatchObject({
      buildEntries: [
        {reference: {targetName: 'App', targetId: 'IDApp', container: 'container:App.xcodeproj'}, forTesting: false, forRunning: true},
      ],
      test: {
        configuration: 'Debug',
        codeCoverage: true,
        testPlans: [{reference: 'container:A & B.xctestplan', isDefault: true}],
        testables: [{reference: {targetName: 'T'}, skipped: true, parallelizable: true, skippedTests: ['A/b()']}],
      },
      launch: {configuration: 'Release', runnable: {targetName: 'App'}},
      hasScripts: true,
    })
  })

  test.each([
    ['', 1],
    ['<a>', 1],
    ['<a></b>', 1],
    ['<a>\n<b x=1/></a>', 2],
    ['<a/><b/>', 1],
    ['text', 1],
    ['<a x="1" x="2"/>', 1],
    ['<a>&nope;</a>', 1],
    ['<a><!-- never</a>', 1],
    ['<!DOCTYPE x', 1],
    ['<a>'.repeat(1000), 1],
  ])('%j is no scheme', (text, line) => {
    expect(refusal(() => readScheme(text)).data['line']).toBe(line)
  })
})

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

test('paths join without a file system', () => {
  expect([
    joinPath('', 'a'),
    joinPath('a/b', '../c'),
    joinPath('', '../x'),
    joinPath('/', '../x'),
    joinPath('a', '.', 'b/'),
    joinPath('a', '..'),
  ]).toEqual(['a', 'a/c', '../x', '/x', 'a/b', ''])
})

test('damaged input is read or refused with a code, and never anything else', () => {
  const readers: readonly (readonly [string, (text: string) => unknown])[] = [
    [PROJECT, readProject],
    ['<a b="c"><d>e &amp; f</d><![CDATA[x]]></a>', readScheme],
    ['<Workspace><Group location="group:A"><FileRef location="group:B"/></Group></Workspace>', readWorkspace],
    ['let package = Package(name: "A" + #"b"#, targets: [.target(name: """\n  x\n  """, path: "p")] + [a ? b : c])', readPackageManifest],
    ['{"version": 1, "testTargets": [{"target": {"name": "T"}}]}', readTestPlan],
    ['{"version": 2, "pins": [{"identity": "x", "state": {}}]}', readPackageResolved],
    ['#include "x"\nA = b\n', readXcconfig],
    ['name: a\ntargets:\n  b:\n    type: c\n', readXcodegenManifest],
    ['Project(name: "A", targets: [.target(name: "T", destinations: [.iPhone])])', readTuistManifest],
  ]
  const noise = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    '"',
    "'",
    '<',
    '>',
    '/*',
    '*/',
    '\\',
    ';',
    ',',
    '=',
    '\n',
    '[',
    ']',
    '&',
    '#"',
    '\0',
    '\ud800',
    'é',
    '"""',
    '?',
    '+',
    ':',
  )
  fc.assert(
    fc.property(fc.constantFrom(...readers), fc.array(fc.tuple(fc.nat(), fc.nat(5), noise), {maxLength: 5}), ([text, read], edits) => {
      let damaged = text
      for (const [at, cut, insert] of edits) {
        const place = at % (damaged.length + 1)
        damaged = damaged.slice(0, place) + insert + damaged.slice(place + cut)
      }
      try {
        read(damaged)
      } catch (error) {
        if (!isRchError(error) || error.code !== 'project_unreadable') throw error
      }
    }),
    {numRuns: 4000},
  )
})

function refusal(action: () => unknown) {
  try {
    action()
  } catch (error) {
    if (isRchError(error)) return error
    throw error
  }
  throw new Error('read, where a refusal was expected')
}

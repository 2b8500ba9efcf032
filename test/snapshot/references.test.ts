import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {allErrors, isRchError} from '@rch/contract'
import type {Container} from '@rch/contract/kinds/xcodebuild'
import {describe, expect, it} from 'vitest'
import {collectReferences} from '../../src/snapshot/references/collect-references.ts'
import {findLeftOut} from '../../src/snapshot/references/find-left-out.ts'
import {createSelection} from '../../src/snapshot/rules/selection.ts'
import {sharedData} from '../support/shared-data.ts'
import {repositoryMaker} from './repository-maker.ts'
import type {TestRepository} from './test-repository.ts'

const repository = repositoryMaker()

const SELECTION = createSelection({include: [], excludes: [], rchignore: [], includeUntracked: true, always: new Set()})

const PROJECTS: readonly (readonly [string, Container])[] = [
  ['alamofire', {type: 'workspace', path: 'Alamofire.xcworkspace'}],
  ['alamofire', {type: 'project', path: 'Example/iOS Example.xcodeproj'}],
  ['kingfisher', {type: 'workspace', path: 'Kingfisher.xcworkspace'}],
  ['netnewswire', {type: 'project', path: 'NetNewsWire.xcodeproj'}],
  ['sdwebimage', {type: 'workspace', path: 'SDWebImage.xcworkspace'}],
  ['sdwebimage', {type: 'package', path: '.'}],
  ['fastlane-trainer-example', {type: 'project', path: 'FastlaneTrainerExample.xcodeproj'}],
  ['xcodebuildmcp-calculator', {type: 'workspace', path: 'CalculatorApp.xcworkspace'}],
]

describe.skipIf(sharedData === undefined).each(PROJECTS)('the real project %s, %o', (name, container) => {
  it('is taken without a false alarm, and reported with any referenced file missing', async () => {
    const repo = repository()
    const source = join(sharedData ?? '', 'projects', name)
    const listed = readFileSync(join(source, 'FILES.tsv'), 'utf8').split('\n').slice(1).filter(Boolean)
    for (const line of listed) {
      const path = line.split('\t')[2] ?? ''
      const kept = join(source, 'files', path)
      repo.write(path, existsSync(kept) ? readFileSync(kept) : `stands for ${path}`)
    }
    repo.commit()
    const snapshot = await repo.snapshot({}, {container})
    expect(snapshot.entries.length).toBeGreaterThanOrEqual(listed.length)

    const references = referencesOf(repo, container)
    expect(references.length).toBeGreaterThan(3)
    const named = new Set(references.map(({path}) => basename(path)))
    for (const file of new Set(references.map(({by}) => by).filter((by) => by.endsWith('.pbxproj'))))
      expect(plainlyNamed(readFileSync(join(repo.root, file), 'utf8')).filter((name) => !named.has(name))).toEqual([])
    // The captures leave the sources out: put something in every place that is referred to.
    for (const {path, kind} of references) {
      if (!existsSync(join(repo.root, path))) repo.write(kind === 'folder' || !path.includes('.') ? `${path}/inside.swift` : path, 'x')
    }
    repo.commit()
    const {entries} = await repo.snapshot({}, {container})
    for (const reference of references) {
      const without = entries.filter(({path}) => path !== reference.path && !path.startsWith(`${reference.path}/`))
      const reported = findLeftOut(repo.root, without, [reference], SELECTION).map(({path}) => path)
      const expected = entries.filter((entry) => !without.includes(entry)).map(({path}) => path)
      if (reference.kind === 'file') expect(reported.toSorted()).toEqual(expected.toSorted())
      else expect(reported).toEqual(expect.arrayContaining(expected.filter((path) => path.endsWith('.swift'))))
    }
  })
})

/** Names of the files that a project refers to by a place in the tree, found by no parser but a pattern. */
function plainlyNamed(pbxproj: string): readonly string[] {
  const found = pbxproj.matchAll(/isa = PBXFileReference;[^}]*?\bpath = ("[^"]+"|[^;]+);[^}]*?sourceTree = (?:"<group>"|SOURCE_ROOT);/g)
  return [...found].map(([, path = '']) => basename(path.replaceAll(/^"|"$/g, '')))
}

function referencesOf(repo: TestRepository, container: Container) {
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch {
      return undefined
    }
  }
  return collectReferences(container, {
    root: repo.root,
    read: (path) => attempt(() => readFileSync(join(repo.root, path), 'utf8')),
    list: (path) => attempt(() => readdirSync(join(repo.root, path))) ?? [],
  })
}

describe('ignored but needed', () => {
  const WORKSPACE: Container = {type: 'workspace', path: 'App.xcworkspace'}

  function app(): TestRepository {
    const repo = repository()
    repo.write(
      'App.xcworkspace/contents.xcworkspacedata',
      '<Workspace version="1.0"><FileRef location="group:App.xcodeproj"/><FileRef location="group:Pods/Pods.xcodeproj"/></Workspace>',
    )
    repo.write(
      'App.xcodeproj/project.pbxproj',
      project(
        [
          ['A1', 'Sources/main.swift'],
          ['A2', 'Generated/Keys.swift'],
          ['A3', 'Config/Secrets.xcconfig'],
          ['A4', 'Notes.md'],
        ],
        'A3',
      ),
    )
    repo.write('Config/Secrets.xcconfig', '#include "Local"\nKEY = 1\n')
    repo.write('Config/Local.xcconfig', 'KEY = 2\n')
    repo.write('Sources/main.swift', 'print(1)\n')
    repo.write('Generated/Keys.swift', 'let key = 1\n')
    repo.write('Notes.md', 'notes\n')
    repo.write('Pods/Pods.xcodeproj/project.pbxproj', project([['B1', 'Lib/lib.m']], null))
    repo.write('Pods/Lib/lib.m', 'int x;\n')
    repo.write('Pods/Pods.xcodeproj/xcuserdata/me.plist', 'mine\n')
    return repo
  }

  it('names every path and prints the line that adds them', async () => {
    const repo = app()
    repo.write('.gitignore', 'Pods/\nGenerated/\n*.xcconfig\nNotes.md\n')
    const refusal = await repo.snapshot({include: ['/Other/']}, {container: WORKSPACE}).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      code: 'ignored_input_referenced',
      exitCode: 92,
      data: {
        count: 6,
        include: ['/Config/', '/Generated/', '/Notes.md', '/Pods/'],
        line: 'include = ["/Other/","/Config/","/Generated/","/Notes.md","/Pods/"]',
      },
    })
    const {entries} = await repo.snapshot({include: ['/Config/', '/Generated/', '/Notes.md', '/Pods/']}, {container: WORKSPACE})
    expect(entries.map(({path}) => path)).toContain('Pods/Lib/lib.m')
    expect(entries.map(({path}) => path)).not.toContain('Pods/Pods.xcodeproj/xcuserdata/me.plist')
  })

  it('notices when a project comes to refer to more', async () => {
    const repo = app()
    repo.write('.gitignore', 'Late/\n')
    repo.write('Late/late.swift', 'x\n')
    for (let i = 0; i < 2; i++) {
      await new Promise((resolve) => setTimeout(resolve, 40))
      await repo.snapshot({}, {container: WORKSPACE})
    }
    repo.write('App.xcodeproj/project.pbxproj', project([['A1', 'Late/late.swift']], null))
    await expect(repo.snapshot({}, {container: WORKSPACE})).rejects.toMatchObject({code: 'ignored_input_referenced', data: {count: 1}})
  })

  it('lets rules of ours leave out what is only shown, not what is built', async () => {
    const repo = app()
    await repo.snapshot({excludes: ['Notes.md']}, {container: WORKSPACE})
    await expect(repo.snapshot({excludes: ['/Sources/']}, {container: WORKSPACE})).rejects.toMatchObject({
      code: 'ignored_input_referenced',
      data: {offences: [{path: 'Sources/main.swift'}], rules: ['source.excludes line 1 (/Sources/)']},
    })
  })

  it('is told beside other refusals, and of what they already name nothing more is said', async () => {
    const repo = app()
    repo.commit()
    for (const [branch, text] of [
      ['other', 'theirs\n'],
      ['main', 'ours\n'],
    ] as const) {
      repo.git('checkout', '-q', '-B', branch, 'HEAD')
      repo.write('Sources/main.swift', text)
      repo.git('commit', '-qam', branch)
      if (branch === 'other') repo.git('checkout', '-q', 'HEAD~')
    }
    expect(() => repo.git('merge', '-q', 'other')).toThrow(/./)
    repo.git('rm', '-q', '--cached', 'Generated/Keys.swift')
    repo.write('.gitignore', 'Generated/\n')
    const refusal = await repo.snapshot({}, {container: WORKSPACE}).catch((error: unknown) => error)
    if (!isRchError(refusal)) throw new Error('it was not refused')
    expect(allErrors(refusal)).toMatchObject([
      {code: 'merge_conflicts', data: {offences: [{path: 'Sources/main.swift'}]}},
      {code: 'ignored_input_referenced', data: {offences: [{path: 'Generated/Keys.swift'}], include: ['/Generated/']}},
    ])
  })

  it('knows packages that are cloned from repositories of the tree itself', async () => {
    const repo = repository()
    const container: Container = {type: 'package', path: '.'}
    const manifest = (name: string, rest = ''): string =>
      `import PackageDescription\nlet package = Package(name: "${name}", ${rest}targets: [.target(name: "${name}")])\n`
    repo.write('Package.swift', manifest('App', 'dependencies: [.package(url: "./Near", from: "1.0.0")], '))
    for (const name of ['Near', 'Far']) {
      repo.write(`${name}/Package.swift`, manifest(name))
      repo.write(`${name}/Sources/${name}/x.swift`, 'x\n')
    }
    repo.write('Sources/App/main.swift', 'x\n')
    const pin = {identity: 'far', kind: 'localSourceControl', location: join(repo.root, 'Far'), state: {revision: 'a', version: '1.0.0'}}
    const elsewhere = {...pin, identity: 'else', location: '/elsewhere/Lib'}
    repo.write('Package.resolved', JSON.stringify({pins: [pin, elsewhere], version: 2}))
    await repo.snapshot({}, {container})
    repo.write('.gitignore', '/Near/\n/Far/\n')
    await expect(repo.snapshot({}, {container})).rejects.toMatchObject({
      code: 'ignored_input_referenced',
      data: {
        count: 4,
        include: ['/Far/', '/Near/'],
        offences: ['Far/Package.swift', 'Far/Sources/Far/x.swift', 'Near/Package.swift', 'Near/Sources/Near/x.swift'].map((path) => ({
          path,
        })),
      },
    })
  })

  it('counts a file of a build phase that stands in no group', async () => {
    const repo = app()
    const orphaned = project(
      [
        ['A1', 'Sources/main.swift'],
        ['A2', 'Lone/lone.swift'],
      ],
      null,
    ).replace('children = (A1, A2)', 'children = (A1)')
    repo.write(
      'App.xcodeproj/project.pbxproj',
      orphaned.replace('"Lone/lone.swift"; sourceTree = "<group>"', '"Lone/lone.swift"; sourceTree = SOURCE_ROOT'),
    )
    repo.write('Lone/lone.swift', 'x\n')
    repo.write('.gitignore', 'Lone/\n')
    await expect(repo.snapshot({}, {container: WORKSPACE})).rejects.toMatchObject({
      code: 'ignored_input_referenced',
      data: {offences: [{path: 'Lone/lone.swift'}]},
    })
  })

  it('takes folders as Xcode does, and links for what they lead to', async () => {
    const repo = repository()
    const container: Container = {type: 'package', path: 'Kit'}
    repo.write(
      'Kit/Package.swift',
      'import PackageDescription\nlet package = Package(name: "Kit", dependencies: [.package(path: "../Linked")], targets: [.target(name: "Kit"), .testTarget(name: "KitTests")])\n',
    )
    repo.write('Kit/Sources/Kit/kit.swift', 'x\n')
    repo.write('Kit/Sources/Kit/notes.txt~', 'x\n')
    repo.write('Kit/Tests/KitTests/test.swift', 'x\n')
    repo.write('Real/Package.swift', 'import PackageDescription\nlet package = Package(name: "Real", targets: [.target(name: "Real")])\n')
    repo.write('Real/Sources/Real/gen.swift', 'x\n')
    repo.link('Linked', 'Real')
    repo.write('.gitignore', '*~\n')
    await repo.snapshot({}, {container})
    repo.write('.gitignore', '*~\ngen.swift\nkit.swift\n')
    await expect(repo.snapshot({}, {container})).rejects.toMatchObject({
      code: 'ignored_input_referenced',
      data: {
        include: ['/Kit/Sources/Kit/kit.swift', '/Real/Sources/'].map((path) => expect.stringContaining(path.slice(0, 12)) as unknown),
      },
    })
  })
})

/** A project with these files in its sources phase, and perhaps one of them as its configuration. */
function project(files: readonly (readonly [string, string])[], xcconfig: string | null): string {
  const built = files.filter(([, path]) => !path.endsWith('.md'))
  return `// !$*UTF8*$!
{ archiveVersion = 1; objectVersion = 56; rootObject = P;
  objects = {
    P = {isa = PBXProject; mainGroup = G; targets = (T); buildConfigurationList = L; };
    G = {isa = PBXGroup; sourceTree = "<group>"; children = (${files.map(([id]) => id).join(', ')}); };
    ${files.map(([id, path]) => `${id} = {isa = PBXFileReference; path = "${path}"; sourceTree = "<group>"; };`).join('\n    ')}
    ${built.map(([id]) => `F${id} = {isa = PBXBuildFile; fileRef = ${id}; };`).join('\n    ')}
    S = {isa = PBXSourcesBuildPhase; files = (${built.map(([id]) => `F${id}`).join(', ')}); };
    T = {isa = PBXNativeTarget; name = App; productType = "com.apple.product-type.framework"; buildPhases = (S); buildConfigurationList = L; };
    L = {isa = XCConfigurationList; buildConfigurations = (C); };
    C = {isa = XCBuildConfiguration; name = Debug; buildSettings = {}; ${xcconfig === null ? '' : `baseConfigurationReference = ${xcconfig};`} };
  };
}
`
}

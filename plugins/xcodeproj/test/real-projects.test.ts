import {readFileSync} from 'node:fs'
import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {sharedData} from '../../../test/support/shared-data.ts'
import {findContainers, readProject, type TreeReader} from '../src/index.ts'

interface Expected {
  readonly objectVersion: string
  readonly targets: readonly {name: string; isa: string; productType: string | null}[]
  readonly configurations: readonly string[]
  readonly remotePackages: readonly string[]
  readonly localPackages: readonly string[]
  readonly synchronizedGroups: number
  readonly shellScriptPhases: number
}

interface Row {
  readonly dir: string
  readonly expect: {projects: Record<string, Expected>; schemes: string[]; workspaces: string[]}
}

const root = sharedData === undefined ? '' : join(sharedData, 'projects')
const rows: readonly Row[] =
  sharedData === undefined
    ? []
    : readFileSync(join(root, 'index.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))

describe.skipIf(sharedData === undefined)('projects of well-known repositories', () => {
  test.each(rows)('$dir reads as its index says', async (row) => {
    const files = join(root, row.dir, 'files')
    const containers = await findContainers(diskReader(files))
    expect(containers.problems).toEqual([])
    expect(containers.truncated).toBe(false)
    expect(containers.workspaces.map(({path}) => `${path}/contents.xcworkspacedata`)).toEqual(row.expect.workspaces.toSorted())
    const schemes = [...containers.projects, ...containers.workspaces].flatMap((container) => container.schemes.map(({path}) => path))
    expect(schemes.toSorted()).toEqual(row.expect.schemes.toSorted())
    expect(containers.projects.map(({path}) => `${path}/project.pbxproj`)).toEqual(Object.keys(row.expect.projects).toSorted())

    for (const [path, expected] of Object.entries(row.expect.projects)) {
      const source = readFileSync(join(files, path), 'utf8')
      const project = readProject(source)
      expect(project.objectVersion).toBe(expected.objectVersion)
      expect(project.targets.map(({name, isa, productType}) => ({name, isa, productType})).toSorted(byName)).toEqual(
        expected.targets.toSorted(byName),
      )
      expect(project.configurations.toSorted()).toEqual(expected.configurations)
      expect(project.remotePackages.map(({repositoryURL}) => repositoryURL).toSorted()).toEqual(expected.remotePackages)
      expect(project.localPackages.map((local) => local.path)).toEqual(expected.localPackages)
      expect([...project.nodes.values()].filter(({kind}) => kind === 'synchronized_folder')).toHaveLength(expected.synchronizedGroups)
      expect(project.targets.flatMap(({buildPhases}) => buildPhases).filter(({shellScript}) => shellScript !== null)).toHaveLength(
        expected.shellScriptPhases,
      )
    }
  })

  test.each(rows)('$dir: every file below the source root that the project names is listed in the repository', (row) => {
    const listing = readFileSync(join(root, row.dir, 'FILES.tsv'), 'utf8')
    const kept = new Set(listing.split('\n').map((line) => line.split('\t')[2] ?? ''))
    for (const path of Object.keys(row.expect.projects)) {
      const directory = path.split('/').slice(0, -2).join('/')
      const project = readProject(readFileSync(join(root, row.dir, 'files', path), 'utf8'))
      const xcconfigs = [project.buildConfigurations, ...project.targets.map((target) => target.buildConfigurations)]
        .flatMap(({configurations}) => configurations)
        .flatMap(({xcconfig}) => (xcconfig === null ? [] : [join(directory, xcconfig.path)]))
        .filter((xcconfig) => !xcconfig.startsWith('Pods/'))
      for (const xcconfig of xcconfigs) expect(kept).toContain(xcconfig)
      if (kept.size < 400) continue
      const sources = project.targets
        .flatMap(({buildPhases}) => buildPhases)
        .filter(({isa}) => isa === 'PBXSourcesBuildPhase')
        .flatMap(({files}) => files)
        .flatMap((file) => (file.path?.base === 'source_root' ? [join(directory, file.path.path)] : []))
      const missing = sources.filter((source) => !kept.has(source) && ![...kept].some((known) => known.startsWith(`${source}/`)))
      expect(missing).toEqual([])
      expect(sources.length).toBeGreaterThan(0)
    }
  })

  test('test bundles know their host, schemes their test plans', async () => {
    const {projects, testPlans} = await findContainers(diskReader(join(root, 'xcodebuildmcp-calculator/files')))
    const [found] = projects
    const targets = found?.project.targets ?? []
    const app = targets.find(({name}) => name === 'CalculatorApp')
    const tests = targets.find(({name}) => name === 'CalculatorAppTests')
    expect(tests).toMatchObject({isTest: true, testHostId: app?.id, dependencies: [app?.id], packageProducts: ['CalculatorAppFeature']})
    expect(app?.buildConfigurations.configurations.map(({xcconfig}) => xcconfig)).toEqual([
      {base: 'source_root', path: 'Config/Debug.xcconfig'},
      {base: 'source_root', path: 'Config/Release.xcconfig'},
    ])
    expect(app?.synchronizedFolders.map(({path, exceptions}) => [path.path, exceptions.flatMap(({membership}) => membership)])).toEqual([
      ['CalculatorApp', []],
      ['Config', ['Debug.xcconfig', 'Release.xcconfig', 'Shared.xcconfig', 'Tests.xcconfig']],
    ])
    expect(found?.schemes.flatMap(({scheme}) => scheme.test.testPlans)).toEqual([
      {reference: 'container:CalculatorApp/CalculatorApp.xctestplan', isDefault: true},
    ])
    expect(testPlans.flatMap(({plan}) => plan.targets.map(({name}) => name))).toEqual(['CalculatorAppFeatureTests', 'CalculatorAppTests'])
  })
})

function byName(a: {name: string}, b: {name: string}): number {
  return a.name < b.name ? -1 : 1
}

function diskReader(base: string): TreeReader {
  return {
    readDir: async (path) =>
      (await readdir(join(base, path), {withFileTypes: true})).map((entry) => ({
        name: entry.name,
        kind: entry.isFile() ? ('file' as const) : entry.isDirectory() ? ('directory' as const) : ('other' as const),
      })),
    readFile: async (path) => readFile(join(base, path), 'utf8').catch(() => null),
  }
}

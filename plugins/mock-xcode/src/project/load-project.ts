import {basename, dirname, join, resolve} from 'node:path'
import {
  type ProjectTarget,
  readProject,
  readScheme,
  readTestPlan,
  type ResolvedPath,
  type Scheme as SchemeFile,
  type XcodeProject,
} from '@rch/xcodeproj'
import {filesBelow, readIfThere} from './files.ts'
import type {Scheme, SchemePlan, ScriptPhase, Target, TargetKind} from './model.ts'

export interface LoadedProject {
  readonly name: string
  readonly configurations: readonly string[]
  readonly defaultConfiguration: string
  readonly targets: readonly Target[]
  readonly schemes: readonly Scheme[]
  readonly localPackages: readonly string[]
  readonly remotePackages: readonly string[]
}

/** Reads `path` (`….xcodeproj`) with its shared schemes. Undefined when it has no readable `project.pbxproj`. */
export function loadProject(path: string): LoadedProject | undefined {
  const text = readIfThere(join(path, 'project.pbxproj'))
  if (text === undefined) return undefined
  const project = readProject(text)
  const directory = dirname(path)
  const root = resolve(directory, project.projectDirPath)
  const name = basename(path, '.xcodeproj')
  const targets = project.targets.map((target) => toTarget(project, target, name, root))
  const shared = readSchemes(path, directory, targets)
  return {
    name,
    configurations: project.configurations,
    defaultConfiguration: project.buildConfigurations.defaultName ?? project.configurations[0] ?? 'Debug',
    targets,
    schemes: [...shared, ...automaticSchemes(targets, shared)],
    localPackages: [...project.localPackages, ...project.folderReferences].flatMap((folder) => absolute(folder, root) ?? []),
    remotePackages: project.remotePackages.map(({repositoryURL}) => repositoryURL),
  }
}

/** The shared schemes of a project or workspace. Targets are matched by name. */
export function readSchemes(container: string, directory: string, targets: readonly Target[]): readonly Scheme[] {
  return filesBelow(join(container, 'xcshareddata/xcschemes'))
    .filter((file) => file.endsWith('.xcscheme'))
    .map((file) => toScheme(basename(file, '.xcscheme'), readScheme(readIfThere(file) ?? ''), directory, targets))
}

/** Xcode makes a scheme for every target that can be run or used and that no shared scheme builds. */
export function automaticSchemes(targets: readonly Target[], shared: readonly Scheme[]): readonly Scheme[] {
  const tests = targets.filter(({kind}) => kind === 'unit-test' || kind === 'ui-test')
  const built = new Set(shared.flatMap(({name, buildTargets}) => [name, ...buildTargets]))
  return targets
    .filter(
      (target) => !tests.includes(target) && !built.has(target.name) && target.productType !== 'com.apple.product-type.watchkit2-extension',
    )
    .map(({name}) => ({
      name,
      buildTargets: [name],
      testables: tests
        .filter((test) => test.host === name || test.dependencies.includes(name))
        .map((test) => ({target: test.name, skipped: false, parallel: false, skippedTests: [], selectedTests: []})),
      plans: [],
      buildConfiguration: undefined,
      testConfiguration: undefined,
    }))
}

function toScheme(name: string, file: SchemeFile, directory: string, targets: readonly Target[]): Scheme {
  const known = (target: string): boolean => targets.some((candidate) => candidate.name === target)
  const plans = file.test.testPlans.flatMap(({reference, isDefault}): SchemePlan[] => {
    const planPath = join(directory, reference.replace(/^container:/, ''))
    const text = readIfThere(planPath)
    return text === undefined ? [] : [{name: basename(planPath, '.xctestplan'), isDefault, plan: readTestPlan(text)}]
  })
  return {
    name,
    buildTargets: file.buildEntries.map(({reference}) => reference.targetName).filter(known),
    testables: file.test.testables
      .filter(({reference}) => known(reference.targetName))
      .map(({reference, skipped, parallelizable, skippedTests, selectedTests}) => ({
        target: reference.targetName,
        skipped,
        parallel: parallelizable,
        skippedTests,
        selectedTests,
      })),
    plans,
    buildConfiguration: file.launch.configuration ?? undefined,
    testConfiguration: file.test.configuration ?? undefined,
  }
}

const kinds: Readonly<Record<string, TargetKind>> = {
  'com.apple.product-type.application': 'application',
  'com.apple.product-type.application.watchapp2': 'application',
  'com.apple.product-type.framework': 'framework',
  'com.apple.product-type.library.static': 'library',
  'com.apple.product-type.library.dynamic': 'library',
  'com.apple.product-type.bundle.unit-test': 'unit-test',
  'com.apple.product-type.bundle.ui-testing': 'ui-test',
  'com.apple.product-type.tool': 'tool',
  'com.apple.product-type.app-extension': 'extension',
}
const suffixes: Readonly<Record<TargetKind, string>> = {
  application: '.app',
  framework: '.framework',
  library: '.a',
  'unit-test': '.xctest',
  'ui-test': '.xctest',
  tool: '',
  extension: '.appex',
  aggregate: '',
}

function toTarget(project: XcodeProject, target: ProjectTarget, projectName: string, root: string): Target {
  const kind = kinds[target.productType ?? ''] ?? (target.productType === null ? 'aggregate' : 'framework')
  const named = new Map(project.targets.map(({id, name}) => [id, name]))
  const inPhase = (isa: string): readonly string[] =>
    target.buildPhases
      .filter((phase) => phase.isa === isa)
      .flatMap(({files}) => files.flatMap(({path}) => (path === null ? [] : (absolute(path, root) ?? []))))
  const folders = target.synchronizedFolders.flatMap(({path, exceptions}) => {
    const folder = absolute(path, root)
    if (folder === undefined) return []
    const left = new Set(exceptions.flatMap(({membership}) => membership.map((entry) => join(folder, entry))))
    return filesBelow(folder).filter((file) => !left.has(file))
  })
  const isSource = (path: string): boolean => /\.(?:swift|m|mm|c|cc|cpp|metal|xcdatamodeld)$/.test(path)
  return {
    name: target.name,
    kind,
    productType: target.productType ?? '',
    product: `${target.name}${suffixes[kind]}`,
    project: projectName,
    directory: root,
    sources: [...inPhase('PBXSourcesBuildPhase'), ...folders.filter(isSource)],
    resources: [
      ...inPhase('PBXResourcesBuildPhase'),
      ...folders.filter((file) => !isSource(file) && !/\.(?:plist|entitlements|xctestplan|h|xcconfig|md)$/.test(file)),
    ],
    scripts: target.buildPhases.flatMap((phase): ScriptPhase[] =>
      phase.shellScript === null
        ? []
        : [
            {
              id: phase.id,
              name: phase.name ?? 'Run Script',
              shell: phase.shellScript.shellPath,
              script: phase.shellScript.script,
              hasOutputs: phase.shellScript.outputPaths.length + phase.shellScript.outputFileLists.length > 0,
            },
          ],
    ),
    dependencies: target.dependencies.flatMap((id) => named.get(id) ?? []),
    host: target.testHostId === null ? undefined : named.get(target.testHostId),
    settings: (configuration) => ({
      ...written(project.buildConfigurations, configuration),
      ...written(target.buildConfigurations, configuration),
    }),
  }
}

function written(list: ProjectTarget['buildConfigurations'], configuration: string): Readonly<Record<string, string>> {
  const chosen = list.configurations.find(({name}) => name === configuration) ?? list.configurations[0]
  return Object.fromEntries(
    [...(chosen?.settings ?? [])].map(([key, value]) => [
      key,
      typeof value === 'string' ? value : Array.isArray(value) ? value.join(' ') : '',
    ]),
  )
}

function absolute(path: ResolvedPath, root: string): string | undefined {
  if (path.base === 'absolute') return path.path
  return path.base === 'source_root' ? join(root, path.path) : undefined
}

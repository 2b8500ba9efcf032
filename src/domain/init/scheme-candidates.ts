import {joinPath, type FoundPackage, type FoundProject, type FoundScheme, type FoundWorkspace, type Scheme} from '@rch/xcodeproj'
import {stringProblem} from '../config/string-format.ts'
import type {ContainerChoice, Platform, RepositoryFacts} from './facts.ts'
import {findTarget, platformInName, platformsOf, type ReferencedTarget} from './scheme-platforms.ts'

/** A scheme in a container, and what speaks for choosing it. */
export interface Candidate {
  readonly container: ContainerChoice
  readonly scheme: string
  readonly testable: boolean
  /** The scheme is a file of the repository; otherwise Xcode makes it up. */
  readonly shared: boolean
  /** Most telling first; empty when nothing tells. */
  readonly platforms: readonly Platform[]
  readonly productTypes: readonly string[]
  readonly testConfiguration: string | null
  readonly testPlan: string | null
  readonly score: number
}

/** Every scheme of every container that can be built by itself, best first. */
export function rankCandidates(facts: RepositoryFacts): readonly Candidate[] {
  const {containers} = facts
  const raw = [
    ...containers.workspaces.filter(({embedded}) => !embedded).flatMap((workspace) => ofWorkspace(workspace, facts)),
    ...containers.projects.flatMap((project) => ofProject(project, {type: 'project', path: project.path}, facts)),
    ...containers.packages.flatMap((found) => ofPackage(found, {type: 'package', path: found.path})),
    ...containers.generators.flatMap((generator) => ofGenerator(generator, facts)),
  ]
  return raw
    .filter(({scheme, container}) => stringProblem(scheme, 'name') === null && stringProblem(container.path, 'path_inside') === null)
    .map((candidate) => ({...candidate, score: scoreOf(candidate, facts.name)}))
    .toSorted((a, b) => b.score - a.score || compare(a.container.path, b.container.path) || compare(a.scheme, b.scheme))
}

type Unscored = Omit<Candidate, 'score'>

function ofWorkspace(workspace: FoundWorkspace, facts: RepositoryFacts): readonly Unscored[] {
  const container = {type: 'workspace', path: workspace.path} as const
  const directory = joinPath(workspace.path, '..')
  const own = workspace.schemes.map((scheme) => fromScheme(scheme, container, directory, facts))
  const referenced = workspace.references.flatMap(({path}) => {
    if (path.base !== 'source_root') return []
    const place = joinPath(directory, path.path)
    const project = facts.containers.projects.find((found) => found.path === place)
    const found = facts.containers.packages.find((candidate) => candidate.path === (place === '' ? '.' : place))
    return [
      ...(project === undefined ? [] : ofProject(project, container, facts)),
      ...(found === undefined ? [] : ofPackage(found, container)),
    ]
  })
  return [...own, ...referenced]
}

function ofProject(project: FoundProject, container: ContainerChoice, facts: RepositoryFacts): readonly Unscored[] {
  const directory = joinPath(project.path, '..')
  if (project.schemes.length > 0) return project.schemes.map((scheme) => fromScheme(scheme, container, directory, facts))
  // Without a shared scheme Xcode makes one per target; a test bundle's tests then belong to its host's.
  const {targets} = project.project
  return targets
    .filter(({isTest, isa}) => !isTest && isa === 'PBXNativeTarget')
    .map((target) => ({
      container,
      scheme: target.name,
      testable: targets.some(
        ({isTest, testHostId, dependencies}) => isTest && (testHostId === target.id || dependencies.includes(target.id)),
      ),
      shared: false,
      platforms: platformsOf({project, target}, 'Debug'),
      productTypes: target.productType === null ? [] : [target.productType],
      testConfiguration: null,
      testPlan: null,
    }))
}

function fromScheme({name, scheme}: FoundScheme, container: ContainerChoice, directory: string, facts: RepositoryFacts): Unscored {
  const {projects} = facts.containers
  const tested = scheme.test.testables.filter(({skipped}) => !skipped).map(({reference}) => reference)
  const built = scheme.buildEntries.filter(({forRunning, forTesting}) => forRunning || forTesting).map(({reference}) => reference)
  const targets = [...built, ...tested].map((reference) => findTarget(reference, directory, projects)).filter((target) => target !== null)
  const plan = scheme.test.testPlans.find(({isDefault}) => isDefault) ?? scheme.test.testPlans[0]
  return {
    container,
    scheme: name,
    testable: tested.length > 0 || scheme.test.testPlans.length > 0,
    shared: true,
    platforms: commonPlatforms(targets, scheme),
    productTypes: targets.flatMap(({target}) => target.productType ?? []),
    testConfiguration: scheme.test.configuration,
    testPlan: plan === undefined ? null : (/([^/]*)\.xctestplan$/.exec(plan.reference)?.[1] ?? null),
  }
}

/** What all the scheme's targets build for; where they have nothing in common, what the first one does. */
function commonPlatforms(targets: readonly ReferencedTarget[], scheme: Scheme): readonly Platform[] {
  const configuration = scheme.test.configuration ?? scheme.launch.configuration ?? 'Debug'
  const sets = targets.map((target) => platformsOf(target, configuration)).filter((platforms) => platforms.length > 0)
  const [first, ...others] = sets
  if (first === undefined) return []
  const common = first.filter((platform) => others.every((platforms) => platforms.includes(platform)))
  return common.length > 0 ? common : first
}

const PACKAGE_PLATFORMS: Readonly<Record<string, Platform>> = {
  macOS: 'macOS',
  iOS: 'iOS Simulator',
  tvOS: 'tvOS Simulator',
  watchOS: 'watchOS Simulator',
  visionOS: 'visionOS Simulator',
}

function ofPackage({manifest}: FoundPackage, container: ContainerChoice): readonly Unscored[] {
  const products = manifest.products.filter(({type}) => type !== 'plugin').map(({name}) => name)
  const testable = manifest.targets.some(({type}) => type === 'test')
  const all = products.length === 1 ? products[0] : manifest.name === null ? undefined : `${manifest.name}-Package`
  const listed = manifest.platforms.flatMap((name) => PACKAGE_PLATFORMS[name] ?? [])
  // `platforms:` gives minimum versions and leaves nothing out: a package that lists iOS alone may still be iOS only.
  const platforms: readonly Platform[] =
    listed.length === 1 && listed[0] !== 'macOS' ? listed : ['macOS', ...listed.filter((name) => name !== 'macOS')]
  return all === undefined
    ? []
    : [{container, scheme: all, testable, shared: false, platforms, productTypes: ['package'], testConfiguration: null, testPlan: null}]
}

function ofGenerator(generator: RepositoryFacts['containers']['generators'][number], facts: RepositoryFacts): readonly Unscored[] {
  const {manifest, kind} = generator
  if (manifest?.name == null) return []
  const directory = joinPath(generator.path, '..')
  const project = joinPath(directory, `${manifest.name}.xcodeproj`)
  if (facts.containers.projects.some(({path}) => path === project)) return []
  const apps = manifest.targets.filter(({type}) => type === 'application' || type === 'app')
  const schemes = manifest.schemes.length > 0 ? manifest.schemes : [(apps[0] ?? manifest.targets[0])?.name ?? manifest.name]
  const container: ContainerChoice =
    kind === 'tuist' ? {type: 'workspace', path: joinPath(directory, `${manifest.name}.xcworkspace`)} : {type: 'project', path: project}
  const platform = (apps[0] ?? manifest.targets[0])?.platform ?? ''
  const known = platformInName(platform)
  return schemes.map((scheme) => ({
    container,
    scheme,
    testable: manifest.targets.some(({type}) => type !== null && /test/i.test(type)),
    shared: false,
    platforms: known === null ? [] : [known],
    productTypes: [],
    testConfiguration: null,
    testPlan: null,
  }))
}

const KIND_SCORE = {workspace: 30, project: 20, package: 10} as const
const PLATFORM_SCORE: Readonly<Record<Platform, number>> = {
  'iOS Simulator': 5,
  macOS: 4,
  'tvOS Simulator': 2,
  'visionOS Simulator': 1,
  'watchOS Simulator': 0,
}
const SIDE_SHOW = /\b(?:examples?|demos?|samples?|playgrounds?|fixtures?|benchmarks?)\b/i

function scoreOf(candidate: Unscored, repository: string): number {
  const {container, scheme, testable, platforms, productTypes} = candidate
  const depth = container.path.split('/').length - (container.type === 'package' && container.path === '.' ? 1 : 0)
  const base = /([^/]*?)(?:\.\w+)?$/.exec(container.path)?.[1] ?? ''
  const names = [base, repository].filter((name) => name !== '' && name !== '.').map(fold)
  const platform = platformInName(scheme) ?? platforms[0]
  return (
    (testable ? 100 : 0) +
    KIND_SCORE[container.type] +
    (depth - 1) * -15 +
    (names.includes(fold(scheme)) ? 25 : names.some((name) => fold(scheme).startsWith(name)) ? 12 : 0) +
    (SIDE_SHOW.test(`${container.path} ${scheme}`.replaceAll(/[_-]/g, ' ')) ? -60 : 0) +
    (productTypes.some((type) => /application/.test(type)) ? 3 : 0) +
    (productTypes.length > 0 && productTypes.every((type) => /extension/.test(type)) ? -30 : 0) +
    (platform === undefined ? 0 : PLATFORM_SCORE[platform])
  )
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

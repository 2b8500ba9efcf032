import {RchError, type EffectiveProfile} from '@rch/contract'
import {findCiCommands, type CiCommand} from './ci-commands.ts'
import {findFastlaneCommands} from './fastlane-commands.ts'
import type {ContainerChoice, Finding, Platform, RepositoryFacts} from './facts.ts'
import {loads} from './loads.ts'
import type {ProfileProposal, ProposedDestination} from './proposal.ts'
import {rankCandidates, type Candidate} from './scheme-candidates.ts'
import {platformInName} from './scheme-platforms.ts'

/** What the classifier makes of a command: the part of a profile that would accept it; `null` when none could. */
export type FitCommand = (command: string) => Partial<EffectiveProfile> | null

/**
 * The profile that a maintainer of this repository would write: what its CI runs, where that can be read, else its best scheme.
 * Pure. Throws `nothing_to_build` where there is no workspace, project or package, `project_unreadable`
 * where there is none that can be read.
 */
export function proposeProfile(facts: RepositoryFacts, fit: FitCommand): ProfileProposal {
  const candidates = rankCandidates(facts)
  const ci = fromCi(facts, candidates, fit)
  const [best] = candidates
  if (ci === null && best === undefined) throw nothingToBuild(facts)
  const proposal = ci ?? fromCandidate(best!)
  return {...proposal, schemes: furtherSchemes(proposal, candidates), findings: findingsOf(facts, proposal, candidates)}
}

/** What there is instead of something to build, as far as there is anything. */
function nothingToBuild({containers: {problems, projects, workspaces, generators}}: RepositoryFacts): RchError {
  const [problem] = problems
  if (problem !== undefined) {
    const more = problems.length > 1 ? `; ${problems.length - 1} more cannot be read either` : ''
    return new RchError('project_unreadable', `${JSON.stringify(problem.path)} cannot be read: ${problem.error.message}${more}`, {
      data: {problems: problems.map(({path, error}) => ({path, code: error.code}))},
      hint: 'Open it in Xcode and save it, then run `rch xcode init` again.',
    })
  }
  const [empty] = [...workspaces.filter(({embedded}) => !embedded), ...projects]
  if (empty !== undefined) {
    return new RchError('nothing_to_build', `${JSON.stringify(empty.path)} has no scheme and no target.`, {
      hint: 'Share a scheme in Xcode (Product, Scheme, Manage Schemes), then run `rch xcode init` again.',
    })
  }
  const [generator] = generators
  if (generator === undefined) return new RchError('nothing_to_build')
  return new RchError('nothing_to_build', `There is a ${generator.path}, and no workspace, project or Package.swift beside it.`, {
    hint: 'Run the tool that reads it, then `rch xcode init` again.',
  })
}

type Bare = Omit<ProfileProposal, 'schemes' | 'findings'>

function fromCandidate(candidate: Candidate): Bare {
  return {
    container: candidate.container,
    scheme: candidate.scheme,
    action: candidate.testable ? 'test' : 'build',
    configuration: null,
    sdk: null,
    testPlan: null,
    dropOwnedPaths: false,
    destinations: [destinationFor(platformFor(candidate))],
    from: null,
  }
}

interface FittedCommand {
  readonly command: CiCommand
  readonly profile: Partial<EffectiveProfile>
  readonly candidate: Candidate | null
  readonly score: number
}

/** For the CI command most like a gate: tests before builds, schemes and containers that are really there, best candidates first. */
function fromCi(facts: RepositoryFacts, candidates: readonly Candidate[], fit: FitCommand): Bare | null {
  const fitted: FittedCommand[] = []
  for (const {path, text} of facts.ciFiles) {
    const find = path.endsWith('Fastfile') ? findFastlaneCommands : findCiCommands
    for (const command of find(path, text)) {
      const profile = fit(command.command)
      if (profile?.scheme === undefined) continue
      const candidate = candidateOf(candidates, profile)
      const score =
        (mentionsTests(command.command) ? 1000 : 0) +
        (candidate === null ? -500 : candidate.score) +
        (namesDestination(command.command) ? 30 : 0)
      fitted.push({command, profile, candidate, score})
    }
  }
  const proposals = fitted.toSorted((a, b) => b.score - a.score).map((command) => fromCommand(command, candidates))
  return proposals.find((proposal) => loads({...proposal, schemes: [], findings: []})) ?? null
}

/** What no destination means is the scheme's platform, which the repository knows better than the command. */
function namesDestination(command: string): boolean {
  return /\s-destination\s/.test(command)
}

/** Whether an action of the command runs tests, or builds them, as far as a glance at its bare words tells. */
function mentionsTests(command: string): boolean {
  return /(?<!-scheme)\s(?:test|test-without-building|build-for-testing)(?=\s|$)/.test(command.replaceAll(/"[^"]*"|'[^']*'/g, '""'))
}

/**
 * The candidate that a fitted profile speaks of. A command that names no container fits as a package; where there is none, Xcode
 * takes what lies there, which is the best container that has the scheme.
 */
function candidateOf(candidates: readonly Candidate[], profile: Partial<EffectiveProfile>): Candidate | null {
  const same = candidates.filter(({scheme}) => scheme === profile.scheme)
  const named = containerOf(profile)
  const exact = same.find(({container}) => container.type === named?.type && container.path === named.path)
  return exact ?? (named === null || named.type === 'package' ? (same[0] ?? null) : null)
}

function containerOf({workspace, project, package: packagePath}: Partial<EffectiveProfile>): ContainerChoice | null {
  if (typeof workspace === 'string') return {type: 'workspace', path: workspace}
  if (typeof project === 'string') return {type: 'project', path: project}
  return typeof packagePath === 'string' ? {type: 'package', path: packagePath} : null
}

function fromCommand({command, profile, candidate}: FittedCommand, candidates: readonly Candidate[]): Bare {
  const container = candidate?.container ?? containerOf(profile) ?? candidates[0]?.container ?? {type: 'package', path: '.'}
  const named = (namesDestination(command.command) ? (profile.destinations ?? []) : []).map(
    ({platform, generic, name, os, arch, variant}) => ({
      platform,
      generic,
      name,
      os,
      arch,
      variant,
    }),
  )
  const fallback = candidate === null ? (platformInName(profile.scheme ?? '') ?? 'iOS Simulator') : platformFor(candidate)
  const destinations = named.length > 0 ? named : [destinationFor(platformOfSdk(profile.sdk ?? null) ?? fallback)]
  return {
    container,
    scheme: profile.scheme ?? '',
    action: mentionsTests(command.command) && !destinations.some(({generic}) => generic) ? 'test' : 'build',
    configuration: profile.configuration ?? null,
    sdk: profile.sdk ?? null,
    testPlan: profile.xcode_test?.test_plan ?? null,
    dropOwnedPaths: profile.classifier?.drop_owned_paths === true,
    destinations,
    from: command,
  }
}

function platformOfSdk(sdk: string | null): Platform | null {
  if (sdk === null) return null
  if (sdk.startsWith('iphone')) return 'iOS Simulator'
  if (sdk.startsWith('macosx')) return 'macOS'
  if (sdk.startsWith('appletv')) return 'tvOS Simulator'
  if (sdk.startsWith('watch')) return 'watchOS Simulator'
  return sdk.startsWith('xr') ? 'visionOS Simulator' : null
}

/** A name's own word first; of several platforms an app's iOS, and a library's macOS, which needs no simulator. */
function platformFor({scheme, platforms, productTypes}: Candidate): Platform {
  const named = platformInName(scheme)
  if (named !== null && (platforms.length === 0 || platforms.includes(named))) return named
  const isApp = productTypes.some((type) => type.includes('application'))
  const order: readonly Platform[] = isApp ? ['iOS Simulator', 'macOS'] : ['macOS', 'iOS Simulator']
  return order.find((platform) => platforms.includes(platform)) ?? platforms[0] ?? 'iOS Simulator'
}

const DEVICES: Readonly<Record<Platform, string | null>> = {
  macOS: null,
  'iOS Simulator': 'iPhone 16',
  'tvOS Simulator': 'Apple TV',
  'watchOS Simulator': 'Apple Watch Series 10 (46mm)',
  'visionOS Simulator': 'Apple Vision Pro',
}

function destinationFor(platform: Platform): ProposedDestination {
  return {platform, generic: false, name: DEVICES[platform], os: null, arch: null, variant: null}
}

function furtherSchemes({container, scheme, destinations}: Bare, candidates: readonly Candidate[]): readonly string[] {
  const platform = destinations[0]?.platform
  const same = candidates.filter(
    (candidate) =>
      candidate.container.path === container.path &&
      candidate.container.type === container.type &&
      candidate.testable &&
      candidate.scheme !== scheme &&
      // One profile has one set of destinations: schemes of other platforms want profiles of their own.
      (candidate.platforms.length === 0 || candidate.platforms.some((name) => name === platform)),
  )
  return [...new Set(same.map((candidate) => candidate.scheme))].slice(0, 8)
}

function findingsOf(facts: RepositoryFacts, proposal: Bare, candidates: readonly Candidate[]): readonly Finding[] {
  const {containers} = facts
  const findings: Finding[] = containers.problems.map(({path, error}) => ({level: 'warning', message: `${path}: ${error.message}`}))
  const warn = (message: string): void => void findings.push({level: 'warning', message})
  const note = (message: string): void => void findings.push({level: 'note', message})
  const chosen = candidates.find(({container, scheme}) => container.path === proposal.container.path && scheme === proposal.scheme)
  const kinds = new Set(containers.generators.map(({kind}) => kind))

  if (proposal.from !== null) note(`The profile fits ${proposal.from.path}:${proposal.from.line}.`)
  if (chosen === undefined) warn(`The scheme "${proposal.scheme}" is not among the shared schemes that were found.`)
  else if (!chosen.shared && proposal.container.type !== 'package' && !chosen.productTypes.includes('package')) {
    warn(`The scheme "${proposal.scheme}" is not shared: in Xcode, Product > Scheme > Manage Schemes, tick Shared, and commit it.`)
  }
  if (kinds.has('cocoapods') && !facts.podsInstalled) {
    warn(
      'There is a Podfile and no Pods directory: run `pod install` before a run, and add "Pods/**" to source.include if Pods is ignored.',
    )
  }
  for (const kind of ['xcodegen', 'tuist'] as const) {
    const there =
      proposal.container.type === 'package' ||
      [...containers.projects, ...containers.workspaces].some(({path}) => path === proposal.container.path)
    if (kinds.has(kind) && !there) {
      warn(
        `${proposal.container.path} is written by ${kind === 'tuist' ? 'Tuist' : 'XcodeGen'}: generate it before a run, and add it to source.include if it is ignored.`,
      )
    }
  }
  if (containers.truncated) warn('The tree is too large to be searched whole: not every project was seen.')
  const [destination] = proposal.destinations
  if (destination !== undefined && destination.platform.endsWith(' Simulator') && destination.os === null) {
    note('The destination names no OS version; `rch xcode destinations --toml` prints what your worker has.')
  }
  const others = [...new Set(candidates.filter(({testable}) => testable).map(({container}) => container.path))].filter(
    (path) => path !== proposal.container.path,
  )
  if (others.length > 0) note(`Other containers with tests: ${others.slice(0, 5).join(', ')}.`)
  return findings
}

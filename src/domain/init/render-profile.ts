import type {ProfileProposal, ProposedDestination} from './proposal.ts'

export interface RenderOptions {
  readonly profile: string
  /** For a demonstration without a Mac: a mock Xcode will do. */
  readonly demo: boolean
}

/** The proposal as a commented `.rch/xcode.toml`, safe defaults left to the loader. */
export function renderProfile(proposal: ProfileProposal, {profile, demo}: RenderOptions): string {
  const table = `profiles.${profile}`
  const {container, configuration, sdk, testPlan, destinations, from} = proposal
  const lines = [
    '# What `rch xcode` builds and tests on a remote Mac. Every key: docs/config.md.',
    '# `rch xcode plan --explain-config` shows all values in force, and where each comes from.',
    ...(from === null ? [] : [`# Fits ${from.path}:${from.line}`]),
    `default_profile = ${quote(profile)}`,
    '',
    `[${table}]`,
    `action = ${quote(proposal.action)}`,
    `${container.type} = ${quote(container.path)}`,
    `scheme = ${quote(proposal.scheme)}`,
    ...schemesLines(proposal),
    ...(configuration === null
      ? ['# configuration = "Debug"        # otherwise what the scheme says']
      : [`configuration = ${quote(configuration)}`]),
    ...(sdk === null ? [] : [`sdk = ${quote(sdk)}`]),
    `verify = [${quote(proposal.action)}]                # the steps of \`rch xcode verify\`, in order`,
    '# timeout_seconds = 1800         # per step',
    '',
    ...destinations.flatMap((destination) => destinationLines(table, destination, destinations.length > 1)),
    ...(testPlan === null ? [] : [`[${table}.xcode_test]`, `test_plan = ${quote(testPlan)}`, '']),
    ...xcodeLines(table, demo),
    ...(proposal.dropOwnedPaths
      ? [`[${table}.classifier]`, 'drop_owned_paths = true          # commands may name output paths; the worker chooses its own', '']
      : []),
    '# Build and test environment: variables must be named here and granted by the host ([allow] env in config.toml).',
    `# [${table}.env]`,
    '# allow = ["CI"]',
  ]
  return `${lines.join('\n')}\n`
}

/** A block for `workers.toml`, to be filled in. */
export function renderWorkersBlock(): string {
  return [
    '[[workers]]',
    'name = "mini-1"',
    'host = "mini-1.local"            # the Mac, by name or address',
    'user = "rch"                     # the account that `rch-xcode-worker setup` prepared',
    'tags = ["macos", "xcode"]',
    'run_key = "~/.ssh/rch_run"',
    '# host_key_fingerprint = "SHA256:…"         printed by `rch-xcode-worker setup`, as are the other pins',
    '',
  ].join('\n')
}

function schemesLines({schemes}: ProfileProposal): readonly string[] {
  return schemes.length === 0 ? [] : [`# schemes = [${schemes.map(quote).join(', ')}]    # further ones a command may name`]
}

function destinationLines(table: string, destination: ProposedDestination, several: boolean): readonly string[] {
  const {platform, generic, name, os, arch, variant} = destination
  const simulator = platform.endsWith(' Simulator')
  return [
    several ? `[[${table}.destinations]]` : `[${table}.destination]`,
    `platform = ${quote(platform)}`,
    ...(generic ? ['generic = true'] : []),
    ...(name === null ? [] : [`name = ${quote(name)}`]),
    ...(os === null ? [] : [`os = ${quote(os)}`]),
    ...(simulator && !generic && os === null
      ? ['# os = "18.2"                    # `rch xcode destinations --toml` prints what a worker has']
      : []),
    ...(arch === null ? [] : [`arch = ${quote(arch)}`]),
    ...(variant === null ? [] : [`variant = ${quote(variant)}`]),
    '',
  ]
}

function xcodeLines(table: string, demo: boolean): readonly string[] {
  if (demo) return [`[${table}.xcode]`, 'real = false                     # a demonstration: a mock Xcode will do', '']
  return [`# [${table}.xcode]`, '# require_version = "16.2"        # or a range, ">=16 <17"', '']
}

/** A TOML basic string; JSON's escapes are among TOML's. */
function quote(text: string): string {
  return JSON.stringify(text)
}

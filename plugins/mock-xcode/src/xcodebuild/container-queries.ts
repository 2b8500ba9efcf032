import {inDependencyOrder} from '../build/build-request.ts'
import {xcodeVersion} from '../mock-version.ts'
import type {Container} from '../project/model.ts'
import {developerDir, type ToolContext} from '../tool/tool-context.ts'
import {derivedDataOf} from './derived-data.ts'
import {availableDestinations, chooseDestinations, describeDestination} from './destination.ts'
import type {Invocation} from './invocation.ts'
import {refuse} from './refuse.ts'
import {findScheme, schemeTargets} from './scheme-choice.ts'

/** `-list`, `-showBuildSettings`, `-showdestinations`, `-showTestPlans`, `-resolvePackageDependencies`. Undefined: this is none. */
export function containerQuery(context: ToolContext, invocation: Invocation, container: Container): number | undefined {
  if (invocation.has('-list')) return list(context, invocation, container)
  if (invocation.has('-resolvePackageDependencies')) {
    context.output.out(`${packageLines(container)}resolved source packages: ${container.remotePackages.map(packageName).join(', ')}\n`)
    return 0
  }
  if (invocation.has('-showdestinations')) return destinations(context, invocation, container)
  if (invocation.has('-showTestPlans')) return testPlans(context, invocation, container)
  if (invocation.has('-showBuildSettings') || invocation.has('-showBuildSettingsForIndex'))
    return buildSettings(context, invocation, container)
  return undefined
}

/** What is printed while packages are resolved; empty without packages. */
export function packageLines(container: Container): string {
  if (container.remotePackages.length === 0) return ''
  return `Resolve Package Graph\n\n\nResolved source packages:\n${container.remotePackages.map((url) => `  ${packageName(url)}: ${url} @ 1.0.0\n`).join('')}\n`
}

function packageName(url: string): string {
  return (
    url
      .replace(/\.git$/, '')
      .split('/')
      .at(-1) ?? url
  )
}

function list(context: ToolContext, invocation: Invocation, container: Container): number {
  const schemes = container.schemes.map(({name}) => name)
  const own = container.targets.filter(({project}) => project === container.name).map(({name}) => name)
  if (invocation.has('-json')) {
    const answer =
      container.kind === 'project'
        ? {project: {configurations: container.configurations, name: container.name, schemes, targets: own}}
        : {workspace: {name: container.name, schemes}}
    context.output.out(`${JSON.stringify(answer, null, 2)}\n`)
    return 0
  }
  const rows = (title: string, names: readonly string[]): string => `    ${title}:\n${names.map((name) => `        ${name}\n`).join('')}\n`
  if (container.kind === 'project') {
    context.output.out(
      `Information about project "${container.name}":\n${rows('Targets', own)}${rows('Build Configurations', container.configurations)}    If no build configuration is specified and -scheme is not passed then "${container.defaultConfiguration}" is used.\n\n${rows('Schemes', schemes)}`,
    )
  } else context.output.out(`Information about workspace "${container.name}":\n${rows('Schemes', schemes)}`)
  return 0
}

function destinations(context: ToolContext, invocation: Invocation, container: Container): number {
  const scheme = findScheme(invocation, container)
  if ('message' in scheme) return refuse(context, scheme.status, scheme.message)
  const targets = inDependencyOrder(container, schemeTargets(scheme))
  const found = availableDestinations(context, targets, container.defaultConfiguration)
  context.output.out(
    `\n\n\tAvailable destinations for the "${scheme.name}" scheme:\n${found.map((destination) => `\t\t${describeDestination(destination)}\n`).join('')}`,
  )
  return 0
}

function testPlans(context: ToolContext, invocation: Invocation, container: Container): number {
  const scheme = findScheme(invocation, container)
  if ('message' in scheme) return refuse(context, scheme.status, scheme.message)
  if (invocation.has('-json')) context.output.out(`${JSON.stringify({testPlans: scheme.plans.map(({name}) => ({name}))}, null, 2)}\n`)
  else
    context.output.out(
      `Test plans associated with the scheme "${scheme.name}":\n${scheme.plans.map(({name}) => `        ${name}\n`).join('')}`,
    )
  return 0
}

function buildSettings(context: ToolContext, invocation: Invocation, container: Container): number {
  const names = invocation.values('-target')
  const scheme = names.length > 0 || invocation.value('-scheme') === undefined ? undefined : findScheme(invocation, container)
  if (scheme !== undefined && 'message' in scheme) return refuse(context, scheme.status, scheme.message)
  const chosen =
    scheme === undefined ? (names.length > 0 ? names : container.targets.slice(0, 1).map(({name}) => name)) : schemeTargets(scheme, false)
  const configuration = invocation.value('-configuration') ?? scheme?.buildConfiguration ?? container.defaultConfiguration
  const targets = container.targets.filter(({name}) => chosen.includes(name))
  const picked = chooseDestinations(
    invocation.values('-destination'),
    availableDestinations(context, targets, configuration),
    scheme?.name ?? '',
    container,
  )
  if ('message' in picked) return refuse(context, 70, `Could not configure request to show build settings: ${picked.message}`)
  const [destination] = picked
  const sdk = destination?.sdk ?? 'macosx'
  const products = `${derivedDataOf(context, invocation, container)}/Build/Products`
  const folder = sdk === 'macosx' ? configuration : `${configuration}-${sdk}`
  const rows = targets.map((target) => ({
    action: 'build',
    target: target.name,
    buildSettings: sorted({
      ...target.settings(configuration),
      ACTION: 'build',
      ARCHS: 'arm64',
      BUILD_DIR: products,
      BUILT_PRODUCTS_DIR: `${products}/${folder}`,
      CONFIGURATION: configuration,
      CONFIGURATION_BUILD_DIR: `${products}/${folder}`,
      DEVELOPER_DIR: developerDir(context),
      FULL_PRODUCT_NAME: target.product,
      PLATFORM_NAME: sdk,
      PRODUCT_NAME: target.name,
      PROJECT: target.project,
      PROJECT_DIR: target.directory,
      PROJECT_NAME: target.project,
      RCH_MOCK: 'YES',
      SDKROOT: sdk,
      SRCROOT: target.directory,
      TARGET_BUILD_DIR: `${products}/${folder}`,
      TARGET_NAME: target.name,
      TARGETNAME: target.name,
      WRAPPER_NAME: target.product,
      XCODE_PRODUCT_BUILD_VERSION: '17F42mock',
      XCODE_VERSION_ACTUAL: xcodeVersion.replace('.', '').padEnd(4, '0'),
      ...invocation.settings,
    }),
  }))
  if (invocation.has('-json')) context.output.out(`${JSON.stringify(rows, null, 2)}\n`)
  else
    for (const row of rows)
      context.output.out(
        `Build settings for action build and target ${row.target}:\n${Object.entries(row.buildSettings)
          .map(([key, value]) => `    ${key} = ${value}\n`)
          .join('')}\n`,
      )
  return 0
}

function sorted(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(entries).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

import {isFault, loadContainer} from '../project/load-container.ts'
import {readScenario, type Scenario} from '../scenario/scenario.ts'
import {enterPhase} from '../scenario/faults.ts'
import {developerDir, type ToolContext} from '../tool/tool-context.ts'
import {writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {type Invocation, readInvocation} from './invocation.ts'
import {xcodeBuild, xcodeVersion} from '../mock-version.ts'
import {readIfThere} from '../project/files.ts'
import {refuse} from './refuse.ts'
import {usage} from './usage.ts'

/** `xcodebuild` as the command line of Xcode 26 has it. Gives the exit status. */
export async function xcodebuild(context: ToolContext): Promise<number> {
  const invocation = readInvocation(context.argv)
  if ('message' in invocation) return refuse(context, 64, `${invocation.message}\n\n${usage}`)
  let scenario: Scenario
  try {
    scenario = readScenario(context, containerFolders(context, invocation))
  } catch (error) {
    return refuse(context, 64, error instanceof Error ? error.message : 'the mock scenario cannot be read')
  }
  if (scenario.env_names_file !== undefined)
    writeFileSync(resolve(context.cwd, scenario.env_names_file), `${Object.keys(context.env).toSorted().join('\n')}\n`)
  if (invocation.has('-version')) return version(context, invocation)
  if (invocation.has('-help') || invocation.has('-usage')) {
    context.output.out(`${usage}\n`)
    return 0
  }
  if (scenario.licence_pending === true && !invocation.has('-license')) {
    context.output.err(
      "You have not agreed to the Xcode and Apple SDKs license. Run 'sudo xcodebuild -license' from within a Terminal window to review and agree to the Xcode and Apple SDKs license. (mock)\n",
    )
    return 69
  }
  if (invocation.has('-checkFirstLaunchStatus')) return scenario.first_launch_pending === true ? 69 : 0
  if (invocation.has('-license') || invocation.has('-runFirstLaunch')) return 0
  await enterPhase(scenario, 'start', context.output)
  const {query} = await import('./queries.ts')
  const answered = query(context, invocation)
  if (answered !== undefined) return answered
  const {resultBundleThere} = await import('./result-bundle-path.ts')
  if (resultBundleThere(context, invocation))
    return refuse(context, 64, 'Existing file at -resultBundlePath "' + (invocation.value('-resultBundlePath') ?? '') + '"')
  if (invocation.has('-xctestrun') || (invocation.has('-testProductsPath') && invocation.actions.includes('test-without-building'))) {
    const {testProducts} = await import('./test-products.ts')
    return testProducts(context, invocation, scenario)
  }
  const container = loadContainer(context.cwd, {project: invocation.value('-project'), workspace: invocation.value('-workspace')})
  if (isFault(container)) return refuse(context, container.status, container.message)
  if (scenario.package_resolution_failure === true) {
    context.output.out('Resolve Package Graph\n\n')
    return refuse(
      context,
      74,
      "Could not resolve package dependencies:\n  Failed to clone repository https://mock.invalid/missing.git:\n    Cloning into bare repository '/mock/SourcePackages/repositories/missing'...\n    fatal: repository 'https://mock.invalid/missing.git/' not found",
    )
  }
  const {containerQuery} = await import('./container-queries.ts')
  const status = containerQuery(context, invocation, container)
  if (status !== undefined) return status
  const {runActions} = await import('./run-actions.ts')
  return runActions(context, invocation, container, scenario)
}

/** The folders whose `.rch-mock.json` counts. */
function containerFolders({cwd}: ToolContext, invocation: Invocation): readonly string[] {
  const container = invocation.value('-workspace') ?? invocation.value('-project')
  return container === undefined ? [] : [resolve(cwd, container, '..')]
}

function version(context: ToolContext, invocation: Invocation): number {
  const sdk = invocation.value('-sdk')
  if (sdk !== undefined || invocation.has('-sdk')) {
    context.output.out(`${sdk ?? 'macosx'} 26.5 (mock)\nSDKVersion: 26.5\nProductBuildVersion: 23F73mock\n`)
    return 0
  }
  const plist = readIfThere(join(developerDir(context), '../version.plist')) ?? ''
  const entry = (key: string): string | undefined => new RegExp(`<key>${key}</key>\\s*<string>([^<]*)</string>`).exec(plist)?.[1]
  context.output.out(
    `Xcode ${entry('CFBundleShortVersionString') ?? xcodeVersion}\nBuild version ${entry('ProductBuildVersion') ?? xcodeBuild}\n`,
  )
  return 0
}

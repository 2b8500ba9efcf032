import {join} from 'node:path'
import {RchError, type BackendJob, type BackendPaths} from '@rch/contract'
import {pinnedDestination, signingSettings} from '@rch/contract/kinds/xcodebuild'
import {chooseTools, type ToolFamily} from './choose-tools.ts'
import type {InstalledTool} from './installed-tool.ts'
import {splitWords} from './split-words.ts'
import type {ToolInvocation} from './tool-call.ts'
import {toolEnvironment} from './tool-environment.ts'
import {TEST_SETTINGS, whyNot} from './why-not.ts'

/**
 * The calls of a job. A test is two calls, as the tool itself does it in one: build for testing, then run what was built. Made
 * separately each has its own result bundle, so that a build that fails leaves one too.
 */
export function planInvocations(tool: InstalledTool, job: BackendJob, paths: BackendPaths): readonly ToolInvocation[] {
  const reasons = tool.problem === null ? whyNot(job) : [tool.problem]
  const [destination, ...others] = job.destinations
  const family = destination === undefined ? null : chooseTools(destination)
  if (reasons.length > 0 || family === null)
    throw new RchError('backend_unavailable', undefined, {data: {backend: 'xcodebuildmcp', reasons}})
  const words = job.resolved_argv.slice(1, -1)
  const {build, test} = splitWords(words)
  const products = join(paths.work, 'tests.xctestproducts')
  const forTesting = job.action !== 'build'
  const wrap = packageWorkspace(job, paths)
  const built: ToolInvocation = {
    ...commandLine(tool, job, paths, family, 'build', {
      ...container(job, paths, wrap?.workspace),
      scheme: job.model.scheme,
      ...(job.model.configuration === null ? {} : {configuration: job.model.configuration}),
      ...family.forBuild,
      derivedDataPath: paths.derived_data,
      ...(forTesting ? {buildForTesting: true, testProductsPath: products} : {}),
      extraArgs: [
        ...build,
        ...(forTesting ? [] : sharedSettings(job, family, words)),
        ...others.flatMap((other) => destinationWords(other)),
        '-resultBundlePath',
        paths.result_bundle,
        ...(paths.cloned_packages === null ? [] : ['-clonedSourcePackagesDirPath', paths.cloned_packages]),
        ...signingSettings(job, words),
      ],
    }),
    around: {resultBundle: paths.result_bundle, wrap, mergeInto: null, leaves: job.action === 'build-for-testing' ? [products] : []},
  }
  if (job.action !== 'test') return [built]
  const tested: ToolInvocation = {
    ...commandLine(tool, job, paths, family, 'test', {
      testProductsPath: products,
      ...family.forTest,
      extraArgs: [...test, '-resultBundlePath', paths.result_bundle],
    }),
    around: {
      resultBundle: paths.result_bundle,
      wrap: null,
      mergeInto: {aside: join(paths.work, 'build.xcresult'), program: join(job.toolchain.developer_dir, 'usr/bin/xcresulttool')},
      leaves: [products],
    },
  }
  return [built, tested]
}

/**
 * The tool builds tests for a simulator with two settings of its own. A plain build gets them too, where they are what the
 * configuration has anyway: else each of the two would throw away what the other compiled.
 */
function sharedSettings({model}: BackendJob, {workflow}: ToolFamily, words: readonly string[]): readonly string[] {
  if (workflow !== 'simulator') return []
  const debug = model.configuration === null || model.configuration === 'Debug'
  const wanted = debug ? TEST_SETTINGS : TEST_SETTINGS.filter((setting) => !setting.startsWith('ONLY_ACTIVE_ARCH='))
  return wanted.filter((setting) => !isSaid(setting, words))
}

function isSaid(setting: string, words: readonly string[]): boolean {
  return words.some((word) => word.startsWith(setting.slice(0, setting.indexOf('=') + 1)))
}

function commandLine(
  tool: InstalledTool,
  job: BackendJob,
  paths: BackendPaths,
  family: ToolFamily,
  verb: 'build' | 'test',
  request: Readonly<Record<string, unknown>>,
) {
  const words = [family.workflow, verb, '--json', JSON.stringify(request), '--output', 'json', '--style', 'minimal']
  return {
    argv: [...tool.words, ...words],
    // Its own folder: a `.xcodebuildmcp` in the checkout would beat every variable set here.
    cwd: paths.state,
    env: toolEnvironment(job.env),
    request: {tool: verb === 'build' ? family.build : family.test, arguments: request},
  }
}

function container({model}: BackendJob, paths: BackendPaths, workspace: string | undefined): Readonly<Record<string, string>> {
  const path = join(paths.source, model.container.path)
  return model.container.type === 'project' ? {projectPath: path} : {workspacePath: workspace ?? path}
}

/** The tools take projects and workspaces only, so a package gets a workspace: outside of the source, at a path that stays with the slot. */
function packageWorkspace({model}: BackendJob, paths: BackendPaths): ToolInvocation['around']['wrap'] {
  if (model.container.type !== 'package') return null
  return {workspace: join(paths.derived_data, 'package.xcworkspace'), package: join(paths.source, model.container.path)}
}

function destinationWords(destination: BackendJob['destinations'][number]): readonly string[] {
  const {platform, generic, variant, arch} = destination
  const named = `${generic ? 'generic/' : ''}platform=${platform}${variant === null ? '' : `,variant=${variant}`}${arch === null ? '' : `,arch=${arch}`}`
  return ['-destination', pinnedDestination(destination) ?? named]
}

import {resolve} from 'node:path'
import type {Scenario} from '../scenario/scenario.ts'
import {readTestBundle} from '../tests/write-test-bundle.ts'
import {developerDir, type ToolContext} from '../tool/tool-context.ts'
import {availableDestinations, chooseDestinations} from './destination.ts'
import {enumerateTests} from './enumerate-tests.ts'
import type {Invocation} from './invocation.ts'
import {onInterrupt} from './interrupt.ts'
import {preamble} from './preamble.ts'
import {refuse} from './refuse.ts'
import {resultBundlePath} from './result-bundle-path.ts'
import {Session} from './session.ts'
import {testAction} from './test-action.ts'
import {findTestRunFiles, readTestRunFile} from './test-products-file.ts'

/** `test-without-building` of products that lie somewhere: `-xctestrun FILE` or `-testProductsPath BUNDLE`. No project is read. */
export async function testProducts(context: ToolContext, invocation: Invocation, scenario: Scenario): Promise<number> {
  const given = invocation.value('-xctestrun') ?? invocation.value('-testProductsPath') ?? ''
  for (const option of ['-project', '-workspace', '-scheme']) {
    if (invocation.has('-xctestrun') && invocation.has(option))
      return refuse(context, 64, `The flag ${option} cannot be used with -xctestrun.`)
  }
  const files = findTestRunFiles(resolve(context.cwd, given))
  const wanted = invocation.value('-testPlan')
  const runs = files.map(readTestRunFile)
  const run = wanted === undefined ? runs[0] : runs.find(({plan}) => plan === wanted)
  if (run === undefined)
    return refuse(
      context,
      66,
      files.length === 0
        ? `'${given}' does not exist or holds no .xctestrun file.`
        : `There is no test plan named "${wanted ?? ''}" in '${given}'.`,
    )
  const stand = {
    kind: 'project' as const,
    name: run.container,
    path: '',
    directory: context.cwd,
    configurations: [],
    defaultConfiguration: 'Debug',
    targets: [],
    schemes: [],
    remotePackages: [],
    resolvedFile: '',
  }
  const picked = chooseDestinations(
    invocation.values('-destination'),
    scenario.no_destination === true ? [] : availableDestinations(context, [], 'Debug'),
    run.scheme,
    stand,
  )
  if ('message' in picked) return refuse(context, 70, picked.message)
  const session = new Session(context, invocation, scenario, {
    scheme: run.scheme,
    container: run.container,
    plan: run.plan,
    configuration: 'Debug',
    destinations: picked,
    bundlePath: resultBundlePath(context, invocation),
    derivedData: undefined,
  })
  session.print(preamble(invocation, developerDir(context)))
  const found = run.bundles.map(({name, path, parallel}) => ({name, parallel, bundle: readTestBundle(path)}))
  if (invocation.has('-enumerate-tests')) return enumerateTests(context, invocation, found, run.plan)
  const choice = {
    plan: run.plan,
    testables: found.map(({name, parallel}) => ({target: name, parallel, skipped: false, skippedTests: [], selectedTests: []})),
  }
  session.action = 'test-without-building'
  const interruption = onInterrupt(session)
  const status = await testAction(session, 'test-without-building', found, choice)
  interruption.release()
  return session.finish(status, status === 0 ? 'succeeded' : 'failed')
}

import {resolve} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import type {BuildLog} from '../build/build-log.ts'
import {build} from '../build/build.ts'
import {type BuildRequest, inDependencyOrder, productPath} from '../build/build-request.ts'
import {loadContainer} from '../project/load-container.ts'
import {isTest} from '../project/model.ts'
import {enterPhase} from '../scenario/faults.ts'
import {readScenario} from '../scenario/scenario.ts'
import {runTests, testPathOf} from '../tests/run-tests.ts'
import {readTestBundle} from '../tests/write-test-bundle.ts'
import {availableDestinations} from '../xcodebuild/destination.ts'
import {developerDir, type ToolContext} from './tool-context.ts'

/** `swift build` and `swift test` of a package; its products go to `.build` below it. */
export async function swift(context: ToolContext): Promise<number> {
  const {argv, output, cwd} = context
  const [verb, ...words] = argv
  if (verb === '--version' || verb === '-version') {
    output.out('Apple Swift version 6.3 (mock swiftlang)\nTarget: arm64-apple-macosx26.0\n')
    return 0
  }
  if (verb !== 'build' && verb !== 'test') {
    output.err(`error: mock swift performs "build" and "test", not "${verb ?? ''}"\n`)
    return 64
  }
  const after = (option: string): string | undefined => (words.includes(option) ? words[words.indexOf(option) + 1] : undefined)
  const directory = resolve(cwd, after('--package-path') ?? '.')
  const scenario = readScenario(context, [directory])
  await enterPhase(scenario, 'start', output)
  const container = loadContainer(directory, {})
  if ('status' in container || container.kind !== 'package') {
    output.err(`error: Could not find Package.swift in this directory or any of its parent directories.\n`)
    return 1
  }
  const [destination] = availableDestinations(context, [], 'Debug')
  if (destination === undefined) return 1
  const release = after('-c') === 'release' || after('--configuration') === 'release'
  const named = after('--target') ?? after('--product')
  const names = container.targets
    .filter((target) => (named === undefined ? verb === 'test' || !isTest(target) : target.name === named))
    .map(({name}) => name)
  const request: BuildRequest = {
    container,
    scheme: undefined,
    targets: inDependencyOrder(container, names),
    configuration: release ? 'Release' : 'Debug',
    destination,
    derivedData: resolve(directory, after('--scratch-path') ?? '.build'),
    developerDir: developerDir(context),
    settings: {},
    fullStat: false,
    quiet: false,
    scripts: {run: false, replies: {}},
  }
  output.out(`Building for ${release ? 'production' : 'debugging'}... (mock)\n`)
  const started = Date.now()
  let compiled = 0
  const log: BuildLog = {
    step: (text) => {
      for (const [, name, module] of text.matchAll(/^SwiftCompile \S+ \S+ Compiling\\ (\S+) .*\(in target '([^']+)'/gm)) {
        compiled += 1
        output.out(`[${compiled}] Compiling ${module} ${name}\n`)
      }
    },
    message: (text) => output.out(text),
    issue: () => undefined,
    pause: (phase) => enterPhase(scenario, phase, output),
  }
  const built = await build(request, log)
  if (!built.succeeded) {
    output.err('error: fatalError\n')
    return 1
  }
  output.out(`Build complete! (${((Date.now() - started) / 1000).toFixed(2)}s)\n`)
  if (verb === 'build') return 0
  const filter = after('--filter')
  const skip = after('--skip')
  const bundles = request.targets.filter(isTest).flatMap((target) => {
    const bundle = readTestBundle(productPath(request, target))
    if (bundle === undefined) return []
    const path = (test: (typeof bundle.tests)[number]): string => testPathOf(test).replace('/', '.')
    return [
      {
        bundle,
        parallel: false,
        tests: bundle.tests.filter(
          (test) =>
            (filter === undefined || new RegExp(filter).test(path(test))) && (skip === undefined || !new RegExp(skip).test(path(test))),
        ),
      },
    ]
  })
  const results = await runTests(
    {
      bundles,
      destinations: [destination],
      repetition: {iterations: 1, mode: 'none'},
      selected: filter !== undefined || skip !== undefined,
      scripted: {crash: scenario.test_crash ?? [], hang: [], flaky: scenario.flaky ?? {}, delayMs: 0},
    },
    {out: (text) => output.out(text), pause: () => delay(0), ended: () => undefined},
  )
  return results.some(({result}) => result === 'failed' || result === 'crashed') ? 1 : 0
}

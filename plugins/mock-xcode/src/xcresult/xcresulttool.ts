import {existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {extname, join, resolve} from 'node:path'
import {readScenario, type Scenario} from '../scenario/scenario.ts'
import type {ToolContext} from '../tool/tool-context.ts'
import {availabilityAnswer, buildAnswer, logAnswer} from './build-answers.ts'
import type {BundleData} from './bundle-data.ts'
import {readBundle, writeBundle} from './bundle-file.ts'
import {jsonText} from './json-text.ts'
import {legacyAnswer} from './legacy-answer.ts'
import {mergeBundles} from './merge-bundles.ts'
import {summaryAnswer} from './summary-answer.ts'
import {activitiesAnswer, detailsAnswer, findTests, insightsAnswer, metricsAnswer} from './test-answers.ts'
import {identifierOf, identifierURL, type Json, testsAnswer} from './test-nodes.ts'

const usageStatus = 64

/** `xcresulttool` over the bundles that mock xcodebuild writes. */
export function xcresulttool(context: ToolContext): number {
  const {words, options} = read(context.argv)
  try {
    const scenario = readScenario(context, [])
    switch (words[0]) {
      case 'version':
        context.output.out('xcresulttool version 24516mock, schema version: 0.1.0 (legacy commands format version: 3.60)\n')
        return 0
      case 'get':
        return get(context, scenario, words.slice(1), options)
      case 'export':
        return exportFiles(context, words[1] ?? '', options)
      case 'merge':
        return merge(context, words.slice(1), options)
      case 'metadata':
        return answer(context, scenario, options, {
          mock: true,
          storage: {backend: 'fileBacked2', compression: 'none'},
          version: {major: 3, minor: 60},
        })
      default:
        return fail(context, `Unexpected argument '${words[0] ?? ''}'`, usageStatus)
    }
  } catch (error) {
    return fail(context, error instanceof Error ? error.message : 'unreadable result bundle', 1)
  }
}

type Options = ReadonlyMap<string, string>

function get(context: ToolContext, scenario: Scenario, words: readonly string[], options: Options): number {
  if (options.has('--schema')) return fail(context, 'mock xcresulttool prints no schemas', usageStatus)
  const path = options.get('--path')
  if (path === undefined) return fail(context, "Missing expected argument '--path <path>'", usageStatus)
  const data = readBundle(resolve(context.cwd, path))
  const comma = scenario.decimal_comma === true
  const reply = (value: Json | undefined): number =>
    value === undefined ? fail(context, 'there is no such object in the result bundle', 1) : answer(context, scenario, options, value)
  switch (words[0]) {
    case 'build-results':
      return reply(buildAnswer(data))
    case 'content-availability':
      return reply(availabilityAnswer(data))
    case 'log':
      return reply(logAnswer(data, options.get('--type') ?? ''))
    case 'test-results':
      return testResults(context, data, words[1] ?? '', options, comma, reply)
    case undefined:
    case 'object':
      if (!options.has('--legacy')) {
        return fail(
          context,
          'This command is deprecated and will be removed in a future release, --legacy flag is required to use it.',
          usageStatus,
        )
      }
      return reply(legacyAnswer(data, options.get('--id')))
    default:
      return fail(context, `Unexpected argument '${words[0]}'`, usageStatus)
  }
}

function testResults(
  context: ToolContext,
  data: BundleData,
  what: string,
  options: Options,
  comma: boolean,
  reply: (value: Json | undefined) => number,
): number {
  if (data.tests === undefined) return fail(context, 'The result bundle contains no test results.', 1)
  const id = options.get('--test-id')
  switch (what) {
    case 'summary':
      return reply(summaryAnswer(data))
    case 'tests':
      return reply(testsAnswer(data, comma))
    case 'insights':
      return reply(insightsAnswer())
    case 'metrics':
      return reply(metricsAnswer(data, id === undefined ? data.tests : findTests(data, id)))
    case 'test-details':
    case 'activities': {
      if (id === undefined) return fail(context, "Missing expected argument '--test-id <test-id>'", usageStatus)
      const found = findTests(data, id)
      if (found.length === 0) return fail(context, `Test with identifier "${id}" was not found.`, 1)
      return reply(what === 'activities' ? activitiesAnswer(data, found) : detailsAnswer(data, found, comma))
    }
    default:
      return fail(context, `Unexpected argument '${what}'`, usageStatus)
  }
}

function exportFiles(context: ToolContext, what: string, options: Options): number {
  const path = options.get('--path')
  const output = options.get('--output-path')
  if (path === undefined || output === undefined)
    return fail(context, "Missing expected argument '--output-path <output-path>'", usageStatus)
  const data = readBundle(resolve(context.cwd, path))
  const folder = resolve(context.cwd, output)
  mkdirSync(folder, {recursive: true})
  switch (what) {
    case 'diagnostics':
      writeFileSync(join(folder, 'mock-diagnostics.txt'), `mock diagnostics of ${data.scheme}\n${data.console}`)
      return 0
    case 'attachments': {
      let number = 0
      const manifest = (data.tests ?? []).flatMap((test) => {
        const bad = test.result === 'failed' || test.result === 'crashed'
        const names = test.attachments ?? (test.kind === 'ui-test' && bad ? ['UI Snapshot (mock).txt'] : [])
        if (names.length === 0) return []
        const device = data.devices[test.device]
        const attachments = names.map((name) => {
          number += 1
          const exportedFileName = `mock-${number}${extname(name)}`
          writeFileSync(join(folder, exportedFileName), `mock attachment ${name} of ${identifierOf(test)}\n`)
          return {
            configurationName: data.configuration,
            deviceId: device?.deviceId,
            deviceName: device?.deviceName,
            exportedFileName,
            isAssociatedWithFailure: bad,
            suggestedHumanReadableName: name,
            timestamp: data.finishedAt / 1000,
          }
        })
        return [{attachments, testIdentifier: identifierOf(test), testIdentifierURL: identifierURL(test)}]
      })
      writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
      return 0
    }
    case 'metrics':
      writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(metricsAnswer(data, data.tests ?? []), null, 2)}\n`)
      return 0
    default:
      return fail(context, `Unexpected argument '${what}'`, usageStatus)
  }
}

function merge(context: ToolContext, paths: readonly string[], options: Options): number {
  const output = options.get('--output-path')
  if (output === undefined || paths.length < 2) return fail(context, 'merge takes two or more bundles and --output-path', usageStatus)
  const target = resolve(context.cwd, output)
  if (existsSync(target)) return fail(context, `File exists at path: ${target}`, 1)
  writeBundle(target, mergeBundles(paths.map((path) => readBundle(resolve(context.cwd, path)))))
  context.output.out(`[v3] Merged to: ${target}\n`)
  return 0
}

function answer(context: ToolContext, scenario: Scenario, options: Options, value: Json): number {
  context.output.out(`${jsonText(value, {compact: options.has('--compact'), shuffle: scenario.shuffle_keys === true})}\n`)
  return 0
}

const valued = new Set(['--path', '--output-path', '--test-id', '--id', '--type', '--format', '--schema-version', '--version'])

function read(argv: readonly string[]): {readonly words: readonly string[]; readonly options: Options} {
  const words: string[] = []
  const options = new Map<string, string>()
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    if (!word.startsWith('--')) words.push(word)
    else if (valued.has(word)) {
      at += 1
      options.set(word, argv[at] ?? '')
    } else options.set(word, '')
  }
  return {words, options}
}

function fail({output}: ToolContext, message: string, status: number): number {
  output.err(`Error: ${message}\n`)
  return status
}

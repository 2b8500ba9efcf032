import {redactJson, type Redactor} from '../../redaction/create-redactor.ts'
import type {BundleFacts} from './bundle-facts.ts'
import {enrichFacts} from './enrich-facts.ts'
import {BundleFormatError} from './json-fields.ts'
import {parseBuildResults} from './parse-build-results.ts'
import {legacyCounts, parseLegacyRecord, parseLegacyTests} from './parse-legacy.ts'
import {parseSummary} from './parse-summary.ts'
import {parseTests} from './parse-tests.ts'

/** How a tool's answer ended. */
export interface ToolAnswer {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `xcresulttool` with some words; the bundle's path is added by the caller of this module. */
export type AskBundle = (words: readonly string[]) => Promise<ToolAnswer>

export interface BundleReading {
  readonly facts: BundleFacts
  /** Why the tests cannot be read; null when they can, or when none were wanted. */
  readonly problem: string | null
}

const NOTHING: BundleFacts = {build: null, counts: null, rows: null}
/** The new commands came with Xcode 16. */
const FIRST_WITH_RESULTS = 16

/**
 * Reads a result bundle: with the commands of Xcode 16 and later, else with the typed form that all of them can print. Never throws for what
 * the tool says; an answer that cannot be understood is the problem.
 */
export async function readBundle(
  ask: AskBundle,
  options: {readonly xcodeMajor: number; readonly wantTests: boolean; readonly rich?: boolean; readonly hide?: Pick<Redactor, 'text'>},
): Promise<BundleReading> {
  const {hide = null} = options
  if (options.xcodeMajor < FIRST_WITH_RESULTS) return readLegacy(ask, options.wantTests, hide)
  const build = await answer(ask, ['get', 'build-results'], parseBuildResults, hide)
  if (!options.wantTests) return {facts: {...NOTHING, build: build.value}, problem: null}
  const summary = await answer(ask, ['get', 'test-results', 'summary'], parseSummary, hide)
  const tests = await answer(ask, ['get', 'test-results', 'tests'], parseTests, hide)
  const problem = summary.problem ?? tests.problem
  if (problem !== null && build.value === null && isUnknownCommand(problem)) return readLegacy(ask, true, hide)
  const facts: BundleFacts = {
    build: build.value,
    counts:
      summary.value === null
        ? null
        : {
            ...summary.value,
            devices: tests.value === null || tests.value.devices.length === 0 ? summary.value.devices : tests.value.devices,
          },
    rows: tests.value?.rows ?? null,
  }
  const more = {identifiers: tests.value?.identifiers ?? new Map<string, string>(), rich: options.rich === true}
  const asked = await enrichFacts(async (words, parse) => (await answer(ask, words, parse, hide)).value, facts, more)
  return {facts: asked, problem}
}

async function readLegacy(ask: AskBundle, wantTests: boolean, hide: Pick<Redactor, 'text'> | null): Promise<BundleReading> {
  const get = async <T>(id: string | null, parse: (value: unknown) => T): Promise<Answer<T>> => {
    const rest = id === null ? [] : ['--id', id]
    const named = await answer(ask, ['get', 'object', '--legacy', '--format', 'json', ...rest], parse, hide)
    // Before the flag existed, the command had neither it nor the word `object`.
    return named.problem === null ? named : better(named, await answer(ask, ['get', '--format', 'json', ...rest], parse, hide))
  }
  const record = await get(null, parseLegacyRecord)
  if (record.value === null) return {facts: NOTHING, problem: wantTests ? record.problem : null}
  const {build, testRuns, failures} = record.value
  if (!wantTests) return {facts: {...NOTHING, build}, problem: null}
  if (testRuns.length === 0) return {facts: {...NOTHING, build}, problem: 'it holds no test results'}
  const rows = []
  for (const {reference, device} of testRuns) {
    const tests = await get(reference, (value) => parseLegacyTests(value, device?.name ?? null, failures))
    if (tests.value === null) return {facts: {...NOTHING, build}, problem: tests.problem}
    rows.push(...tests.value)
  }
  return {facts: {build, counts: legacyCounts(record.value, rows), rows}, problem: null}
}

interface Answer<T> {
  readonly value: T | null
  readonly problem: string | null
}

async function answer<T>(
  ask: AskBundle,
  words: readonly string[],
  parse: (value: unknown) => T,
  hide: Pick<Redactor, 'text'> | null,
): Promise<Answer<T>> {
  const name = words
    .slice(0, 3)
    .filter((word) => !word.startsWith('-'))
    .join(' ')
  const failed = (problem: string): Answer<T> => ({value: null, problem: `${name}: ${hide?.text(problem) ?? problem}`})
  let said: ToolAnswer
  try {
    said = await ask(words)
  } catch (error) {
    return failed(error instanceof Error ? error.message : 'xcresulttool cannot be started')
  }
  if (said.code !== 0)
    return failed(said.stderr.trim().slice(0, 300).toWellFormed() || `xcresulttool ended with ${said.code ?? 'a signal'}`)
  try {
    return {value: parse(hide === null ? JSON.parse(said.stdout) : redactJson(JSON.parse(said.stdout), hide)), problem: null}
  } catch (error) {
    if (error instanceof BundleFormatError) return failed(error.message)
    if (error instanceof SyntaxError) return failed(said.stdout.trim() === '' ? 'xcresulttool said nothing' : 'not valid JSON')
    throw error
  }
}

function better<T>(first: Answer<T>, second: Answer<T>): Answer<T> {
  return second.value === null ? first : second
}

function isUnknownCommand(problem: string): boolean {
  return /Unexpected argument|Unknown (?:option|subcommand|command)|Usage:|unrecognized/i.test(problem)
}

import {OPTIONS} from '@rch/contract/kinds/xcodebuild'

/** xcodebuild's words for the two halves of a test: what the build needs and what the run needs. */
export interface SplitWords {
  readonly build: readonly string[]
  readonly test: readonly string[]
}

/**
 * Sorts the words of a command, without `xcodebuild` and the action, into those of the build and those of the tests. What the tool
 * has a parameter for, or always says itself, is left out.
 */
export function splitWords(words: readonly string[]): SplitWords {
  const build: string[] = []
  const test: string[] = []
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const colon = word.indexOf(':')
    const name = word.startsWith('-') && colon > 0 ? word.slice(0, colon) : word
    const row = OPTIONS.get(name)
    const group = row === undefined || row.value === null || name !== word ? [word] : [word, words[(at += 1)] ?? '']
    if (SAID_OTHERWISE.has(name)) continue
    const testing = row?.testing === true
    if (testing || BOTH.has(name)) test.push(...group)
    if (!testing || BUILT_IN.has(name)) build.push(...group)
  }
  return {build, test}
}

const SAID_OTHERWISE: ReadonlySet<string> = new Set([
  '-workspace',
  '-project',
  '-scheme',
  '-configuration',
  '-destination',
  '-skipMacroValidation',
  '-collect-test-diagnostics',
])

const BOTH: ReadonlySet<string> = new Set(['-destination-timeout'])

/** Options of tests that change what is built. */
const BUILT_IN: ReadonlySet<string> = new Set(['-testPlan', '-only-testing', '-skip-testing', '-enableCodeCoverage'])

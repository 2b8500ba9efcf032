import {rewriteCommand} from '@rch/contract/kinds/xcodebuild'
import {classify} from '../../src/classify.ts'
import {generateCommand, Random} from './generate-lines.ts'
import {POLICY, PROFILE} from './gate.ts'
import type {Outcome, Shell, ShellBench} from './shells.ts'

/** What people put behind a build, each so that its effect shows in what the line prints. */
const AROUND = [
  '',
  ' ; echo "$?"',
  ' && echo fine',
  ' || echo failed',
  ' | tee log.txt ; echo "$?" ; cat log.txt',
  ' 2>&1 | tee log.txt | tail -1 ; cat log.txt',
  ' > out.txt ; echo "$?" ; cat out.txt',
  ' >> out.txt 2>&1 && cat out.txt || { echo failed; cat out.txt; }',
  ' 2>err.txt | grep said ; cat err.txt',
  ' | cat ; echo "${PIPESTATUS[0]}${pipestatus[1]}"',
  ' | tee log.txt && exit ${PIPESTATUS[0]:-${pipestatus[1]}}',
  '\necho "after $?"',
  ' | while read -r line; do echo "> $line"; done',
  ' && if true; then echo yes; fi',
  ' || exit 3',
  ' &> all.txt ; cat all.txt',
  ' |& cat',
  ' | head -1 | wc -l',
]
const BEFORE = [
  '',
  'set -o pipefail && ',
  'set -e\n',
  'set -eo pipefail; ',
  'ok && ',
  'no || ',
  'cd sub && ',
  'echo hi; ',
  'set -e; cd sub; ok && ',
  'ok > x.txt; ',
]
const COMMANDS = [
  'xcodebuild test -scheme App',
  "xcodebuild -scheme 'My App' \\\n  build",
  'CI=1 xcodebuild -scheme App',
  'env CI=1 xcodebuild build test -scheme App',
  'xcrun xcodebuild -scheme App -only-testing:"T/a b"',
  'env NSUnbufferedIO=YES arch -arm64 xcrun xcodebuild -scheme App',
]
const SUB = {...PROFILE, workspace: null, package: 'sub'}
const GENEROUS = {...POLICY, drop_owned_paths: true, env_allow: ['CI', 'FOO_BAR', 'QUX']}

export interface SplicePair {
  readonly text: string
  readonly rewritten: string
}

/** Lines that are accepted in place, with what runs instead. `every` thins out the product of all fronts and tails. */
export function splicePairs(seed: number, every: number, generated: number): readonly SplicePair[] {
  const random = new Random(seed)
  const combined = BEFORE.flatMap((before) => AROUND.map((after) => before + random.pick(COMMANDS) + after)).filter(
    (_, index) => index % every === 0,
  )
  // What the shells' own `time` prints is never the same twice.
  const more = Array.from({length: generated}, () => generateCommand(random)).filter((line) => !line.includes('time '))
  return [...combined, ...more].flatMap((text) => {
    const decision = classify({form: 'shell', text, cwd: '/repo'}, text.includes('cd sub') ? SUB : PROFILE, GENEROUS)
    const rewritten = rewriteCommand(text, decision)
    return decision.splice === null || rewritten === null ? [] : [{text, rewritten}]
  })
}

/** The pairs whose two strings differ in exit status, in what they print, or in what reaches xcodebuild. */
export async function differingPairs(
  bench: ShellBench,
  shell: Shell,
  status: number,
  pairs: readonly SplicePair[],
): Promise<readonly SplicePair[]> {
  const options = {status, setup: 'rm -f *.txt', capture: true} as const
  const originals = await bench.run(
    shell,
    pairs.map(({text}) => text),
    options,
  )
  const rewritten = await bench.run(
    shell,
    pairs.map((pair) => pair.rewritten),
    options,
  )
  return pairs.filter((_, index) => visible(originals[index]) !== visible(rewritten[index]))
}

function visible(outcome: Outcome | undefined): string {
  return JSON.stringify([outcome?.status, outcome?.output, outcome?.calls])
}

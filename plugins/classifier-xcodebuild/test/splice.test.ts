import {rewriteCommand} from '@rch/contract/kinds/xcodebuild'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import {generateCommand, Random} from './support/generate-lines.ts'
import {POLICY, PROFILE} from './support/gate.ts'
import {type Outcome, SHELLS, ShellBench} from './support/shells.ts'

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
const SUB = {...PROFILE, workspace: null, package: '.'}

let bench: ShellBench
beforeAll(() => {
  bench = new ShellBench()
})
afterAll(() => bench.close())

describe('a string rewritten in place', () => {
  const random = new Random(7)
  const combined = BEFORE.flatMap((before) => AROUND.map((after) => before + random.pick(COMMANDS) + after))
  const generated = Array.from({length: 60}, () => generateCommand(random)).filter((line) => !line.includes('time '))
  const pairs = [...combined, ...generated].flatMap((text) => {
    const profile = text.includes('cd sub') ? {...SUB, package: 'sub'} : PROFILE
    const decision = classify({form: 'shell', text, cwd: '/repo'}, profile, {
      ...POLICY,
      drop_owned_paths: true,
      env_allow: ['CI', 'FOO_BAR', 'QUX'],
    })
    const rewritten = rewriteCommand(text, decision)
    return decision.splice === null || rewritten === null ? [] : [{text, rewritten}]
  })

  it.each(SHELLS.flatMap((shell) => [0, 65].map((status) => ({shell, status}))))(
    'behaves as the original in $shell when xcodebuild ends with $status',
    async ({shell, status}) => {
      expect(pairs.length).toBeGreaterThan(100)
      const setup = 'rm -f *.txt'
      const originals = await bench.run(
        shell,
        pairs.map(({text}) => text),
        {status, setup, capture: true},
      )
      const rewritten = await bench.run(
        shell,
        pairs.map((pair) => pair.rewritten),
        {status, setup, capture: true},
      )
      const differing = pairs.filter((_, index) => JSON.stringify(visible(originals[index])) !== JSON.stringify(visible(rewritten[index])))
      expect(differing).toEqual([])
      expect(originals.filter((outcome) => outcome.calls.length > 0).length).toBeGreaterThan(100)
    },
  )
})

function visible(outcome: Outcome | undefined): unknown {
  return [outcome?.status, outcome?.output, outcome?.calls]
}

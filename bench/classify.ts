import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import type {ClassifierPolicy, EffectiveProfile} from '@rch/contract'
import {loadConfig} from '../src/domain/config/index.ts'
import {sharedData} from '../test/support/shared-data.ts'
import {renderLine} from './page.ts'
import type {AbsoluteRow} from './row.ts'

const ROUNDS = 200
const BAR_US = 100
const POLICY: ClassifierPolicy = {
  repo_root: '/repo',
  posture: 'trusted',
  local_xcode: false,
  env_allow: ['CI'],
  allow_settings: [],
  drop_owned_paths: true,
  allow_mutating: false,
  developer_dir: null,
}
/** For checkouts without the collected lines. */
const LINES = [
  'xcodebuild test -workspace App.xcworkspace -scheme App -destination "platform=iOS Simulator,name=iPhone 16,OS=18.2" -enableCodeCoverage YES',
  "set -o pipefail && env NSUnbufferedIO=YES xcodebuild -project App.xcodeproj -scheme 'My App' -destination platform=macOS clean build test 2>&1 | xcbeautify",
  'cd App && xcodebuild -scheme App -derivedDataPath build -only-testing:AppTests/CaseTests/testOne CODE_SIGNING_ALLOWED=NO test | tee build.log',
  'xcodebuild -scheme "$SCHEME" archive -archivePath build/App.xcarchive',
  'git status --short && ls -la',
]

/** Each line's decision under the profile that fits it; a line's time is its median, so that the machine's other work does not count. */
export function classifyRow(): AbsoluteRow {
  const classifier = createXcodebuildClassifier({})
  const texts = collectedLines() ?? LINES
  const cases = texts.map((text) => {
    const input = {form: 'shell', text, cwd: '/repo'} as const
    return {input, profile: load(classifier.fit(input, POLICY)?.toml ?? FALLBACK)}
  })
  const samples: number[][] = cases.map(() => [])
  for (let round = 0; round < ROUNDS * 2; round++) {
    for (const [index, {input, profile}] of cases.entries()) {
      const start = performance.now()
      classifier.classify(input, profile, POLICY)
      const took = (performance.now() - start) * 1000
      if (round >= ROUNDS) samples[index]?.push(took)
    }
  }
  const times = samples.map((one) => quantile(one, 0.5))
  return {
    name: 'classify in process, p99',
    unit: 'µs',
    value: quantile(times, 0.99),
    bar: BAR_US,
    conditions: `${texts.length} command lines, the median of ${ROUNDS} rounds for each, after as many to warm up; p50 ${quantile(times, 0.5)} µs`,
  }
}

const FALLBACK = 'workspace = "App.xcworkspace"\nscheme = "App"\n[destination]\nplatform = "macOS"\n'

function load(toml: string): EffectiveProfile {
  const repository = {path: '.rch/xcode.toml', bytes: new TextEncoder().encode(toml)}
  return loadConfig({repository, host: null, flags: {}, profile: null, env: {}, githubEvent: null, origin: null}).profile
}

function collectedLines(): readonly string[] | null {
  if (sharedData === undefined) return null
  const rows = readFileSync(join(sharedData, 'invocations.jsonl'), 'utf8').trim().split('\n')
  return rows.map((row) => String(JSON.parse(row).cmd))
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) * 10) / 10
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(renderLine(classifyRow()))

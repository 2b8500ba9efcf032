import fc from 'fast-check'
import {ERRORS} from '@rch/contract'
import {describe, expect, it} from 'vitest'
import {createXcodebuildClassifier} from '../src/index.ts'
import {readLine} from '../src/shell/line.ts'
import {classify} from '../src/classify.ts'
import {generateCommand, generateLine, Random} from './support/generate-lines.ts'
import {POLICY, PROFILE} from './support/gate.ts'
import {profileWords} from '../src/profile-words.ts'

const GENEROUS = {...POLICY, drop_owned_paths: true, env_allow: ['CI', 'FOO_BAR', 'QUX']}
const commands = fc.integer({min: 0, max: 2 ** 31}).map((seed) => generateCommand(new Random(seed)))
const lines = fc.oneof(
  commands,
  fc.integer({min: 0, max: 2 ** 31}).map((seed) => generateLine(new Random(seed))),
  fc.string({unit: 'binary', maxLength: 60}).map((text) => `xcodebuild ${text}`),
  fc.string({maxLength: 60}),
)

describe('every decision', () => {
  it('is total, the same each time, and explains itself', () => {
    fc.assert(
      fc.property(lines, (text) => {
        const decision = classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS)
        expect(classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS)).toEqual(decision)
        const settled = decision.verdict === 'accept' || decision.verdict === 'pass'
        expect(decision.codes.length === 0).toBe(settled)
        expect(decision.steps.length > 0).toBe(decision.verdict === 'accept')
        if (!settled) expect(decision.reason).not.toMatch(/\{(?:token|expected|option|command|platform)\}|\p{Cc}/u)
        if (!settled) expect(decision.hint).not.toMatch(/\{(?:token|expected|option|command|platform)\}/)
        expect(decision.codes.every((code) => ERRORS[code].kind === 'CLASSIFIER_REJECTED')).toBe(true)
        if (decision.verdict === 'reject') expect(decision.reason).not.toBeNull()
        for (const {start, end, text: part} of decision.tokens) expect(text.slice(start, end)).toBe(part)
      }),
      {numRuns: 3000},
    )
  })

  it('is the same for a string and for its words, and judges its own canonical words alike', () => {
    let accepted = 0
    fc.assert(
      fc.property(commands, (text) => {
        const line = readLine(text)
        const whole = classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS)
        if (line?.kind !== 'command') return
        const argv = line.words.map((word) => word.text)
        const split = classify({form: 'argv', argv, cwd: '/repo'}, PROFILE, GENEROUS)
        expect({...split, tokens: [], command: null}).toEqual({...whole, tokens: [], command: null, splice: null})
        for (const step of whole.steps) {
          const again = classify({form: 'argv', argv: step.sanitized_argv, cwd: '/repo'}, PROFILE, POLICY)
          expect([again.verdict, again.steps]).toEqual(['accept', [step]])
          accepted++
        }
      }),
      {numRuns: 2000},
    )
    expect(accepted).toBeGreaterThan(200)
  })
})

describe("a profile's own action", () => {
  const classifier = createXcodebuildClassifier()

  it.each(['build', 'test', 'build-for-testing', 'test-without-building'] as const)('%s is judged as if somebody typed it', (action) => {
    const argv = profileWords(action, PROFILE)
    const decision = classify({form: 'argv', argv, cwd: '/repo'}, PROFILE, POLICY)
    expect(decision.verdict).toBe('accept')
    expect(decision.steps.map((step) => step.sanitized_argv)).toEqual([argv])
  })

  it('is written with concrete destinations after selection, and never with an identifier', () => {
    const [step] = classify({form: 'argv', argv: profileWords('test', PROFILE), cwd: '/repo'}, PROFILE, POLICY).steps
    if (step === undefined) throw new Error('not accepted')
    const common = {
      generic: false,
      variant: null,
      arch: null,
      provisioning: 'existing',
      sim_runtime_identifier: 'r',
      sim_runtime_build: 'b',
      device_type_identifier: 'd',
    } as const
    const argv = classifier.resolvedArgv(step, [{...common, platform: 'iOS Simulator', name: 'iPhone 16', os_version: '18.2'}])
    expect(argv).toEqual([
      'xcodebuild',
      '-workspace',
      'App.xcworkspace',
      '-scheme',
      'App',
      '-configuration',
      'Debug',
      '-sdk',
      'iphonesimulator',
      '-destination',
      'platform=iOS Simulator,name=iPhone 16,OS=18.2',
      '-testPlan',
      'All',
      'test',
    ])
  })
})

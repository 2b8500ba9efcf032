import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import type {Classifier, Decision} from '@rch/contract'
import {CLASSIFIER_CHECKS, classifierConformance, type ClassifierSubject} from '@rch/testkit'
import {expect, it} from 'vitest'
import {sampleProfile, STRICT_POLICY} from '../support/sample-profile.ts'

function subject(classifier: Classifier = createXcodebuildClassifier({})): ClassifierSubject {
  const options = ['-workspace', 'App.xcworkspace', '-scheme', 'App']
  return {
    classifier,
    profile: sampleProfile(),
    policy: STRICT_POLICY,
    action: 'test',
    accepted: [
      ['xcodebuild', ...options, 'test'],
      ['xcodebuild', ...options, '-configuration', 'Debug', '-only-testing:AppTests/LoginTests', 'test'],
      ['xcodebuild', ...options, '-destination', 'platform=iOS Simulator,name=iPhone 16', 'build', 'test'],
    ],
    refused: [
      ['xcodebuild', ...options, 'archive'],
      ['xcodebuild', ...options, '-xcconfig', 'evil.xcconfig', 'test'],
      ['xcodebuild', '-workspace', '../Other.xcworkspace', '-scheme', 'App', 'test'],
      ['xcodebuild', ...options, 'OTHER_SWIFT_FLAGS=-load-plugin', 'test'],
    ],
    unknownOption: '-rchUnknownOption',
  }
}

classifierConformance('xcodebuild', subject)

type Classify = Classifier['classify']

/** Mistakes that classifiers make, and the check that must find each. */
const BROKEN: readonly {readonly name: string; readonly found: string; readonly breaks: (good: Classifier) => Partial<Classifier>}[] = [
  {
    name: 'accepts everything that names its tool',
    found: 'accepts the samples that its author names, and refuses the others',
    breaks: (good) => ({classify: orElse(good, (decision) => (decision.verdict === 'reject' ? acceptedLike(good) : decision))}),
  },
  {
    name: 'throws on what it cannot read',
    found: 'never throws, whatever it is asked',
    breaks: (good) => ({
      classify: (input, ...rest) => {
        if (input.form === 'shell' && input.text.includes('\u0000')) throw new Error('bad byte')
        return good.classify(input, ...rest)
      },
    }),
  },
  {
    name: 'changes what it was given',
    found: 'answers in the shape of its verdict',
    breaks: (good) => ({
      classify: (input, ...rest) => {
        if (input.form === 'argv') Object.assign(input.argv, {0: 'xcodebuild'})
        return good.classify(input, ...rest)
      },
    }),
  },
  {
    name: 'remembers what it was asked before',
    found: 'decides the same when it is asked again',
    breaks: (good) => {
      let asked = 0
      return {
        classify: orElse(good, (decision) => (decision.verdict === 'reject' ? {...decision, reason: `refusal ${(asked += 1)}`} : decision)),
      }
    },
  },
  {
    name: 'has an opinion about every command',
    found: 'leaves commands alone that name nothing of its own',
    breaks: (good) => ({
      classify: orElse(good, (decision) =>
        decision.verdict === 'pass' ? {...decision, verdict: 'reject', codes: ['usage_error'], reason: 'no'} : decision,
      ),
    }),
  },
  {
    name: 'refuses without saying why',
    found: 'answers in the shape of its verdict',
    breaks: (good) => ({classify: orElse(good, (decision) => (decision.verdict === 'reject' ? {...decision, codes: []} : decision))}),
  },
  {
    name: 'splits a shell string at blanks',
    found: 'refuses what only a shell could know',
    breaks: (good) => ({
      classify: (input, ...rest) =>
        input.form === 'shell' && input.text.startsWith('xcodebuild ')
          ? good.classify(
              {
                form: 'argv',
                argv: input.text
                  .replaceAll(/[$`(){}*&<>"\\']\S*/g, '')
                  .split(/\s+/)
                  .filter(Boolean),
                cwd: input.cwd,
              },
              ...rest,
            )
          : good.classify(input, ...rest),
    }),
  },
  {
    name: 'ignores options that it does not know',
    found: 'refuses options that it does not know',
    breaks: (good) => ({
      classify: (input, ...rest) =>
        good.classify(input.form === 'argv' ? {...input, argv: input.argv.filter((word) => !word.startsWith('-rch'))} : input, ...rest),
    }),
  },
  {
    name: 'rebuilds words that grow each time',
    found: 'rebuilds words that it accepts again, unchanged',
    breaks: (good) => ({
      classify: orElse(good, (decision) => ({
        ...decision,
        steps: decision.steps.map((step) => ({...step, sanitized_argv: [...step.sanitized_argv, 'test']})),
      })),
    }),
  },
  {
    name: 'takes over a whole string of which it understood a part',
    found: 'takes a part of a string only when that part stands for itself',
    breaks: (good) => ({classify: orElse(good, (decision) => ({...decision, splice: null}))}),
  },
  {
    name: 'lets an untrusted repository do more',
    found: 'grants an untrusted posture nothing that a trusted one is refused',
    breaks: (good) => ({
      classify: (input, profile, policy) => {
        const decision = good.classify(input, profile, policy)
        return policy.posture === 'untrusted' && decision.verdict === 'reject' ? acceptedLike(good) : decision
      },
    }),
  },
  {
    name: 'names the device in the words that are hashed',
    found: 'resolves words without naming a device',
    breaks: (good) => ({
      resolvedArgv: (step, destinations) => [...good.resolvedArgv(step, destinations), '-destination', 'platform=iOS Simulator,id=AAAA'],
    }),
  },
]

it.each(BROKEN)('a classifier that $name fails "$found"', ({found, breaks}) => {
  const good = createXcodebuildClassifier({})
  const broken: Classifier = {...good, ...breaks(good)}
  const check = CLASSIFIER_CHECKS.find(({name}) => name === found)
  if (check === undefined) throw new Error(`there is no check "${found}"`)
  expect(() => check.run(subject(broken))).toThrow()
})

function orElse(good: Classifier, change: (decision: Decision) => Decision): Classify {
  return (...input) => change(good.classify(...input))
}

function acceptedLike(good: Classifier): Decision {
  const {accepted, profile, policy} = subject(good)
  return good.classify({form: 'argv', argv: accepted[0] ?? [], cwd: policy.repo_root}, profile, policy)
}

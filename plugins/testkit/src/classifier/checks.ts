import assert from 'node:assert/strict'
import {
  ERRORS,
  isErrorCode,
  type Classifier,
  type ClassifierPolicy,
  type CommandInput,
  type Decision,
  type EffectiveProfile,
} from '@rch/contract'
import type {Action, DestinationRequest, ResolvedDestination} from '@rch/contract/kinds/xcodebuild'
import {frozen} from '../frozen.ts'
import {hostileTexts, mutantsOf} from './hostile-texts.ts'

/** What the author of a classifier says about it. */
export interface ClassifierSubject {
  readonly classifier: Classifier
  /** A profile that the samples are meant for. */
  readonly profile: EffectiveProfile
  readonly policy: ClassifierPolicy
  /** The profile's own action. */
  readonly action: Exclude<Action, 'clean'>
  /** Commands of plain words that are accepted. */
  readonly accepted: readonly (readonly string[])[]
  /** Commands of plain words that are refused. */
  readonly refused: readonly (readonly string[])[]
  /** An option that the tool does not have, with which no command is accepted. */
  readonly unknownOption: string
}

/** One law that every classifier keeps; `run` throws when this one does not. */
export interface ClassifierCheck {
  readonly name: string
  readonly run: (subject: ClassifierSubject) => void
}

/** Constructs of a shell whose meaning no classifier can know: appended to a command's words, nothing may be accepted. */
const UNKNOWABLE = ['$(id)', '`id`', '$HOME', '"$HOME"', '${IFS}', '*', '{a,b}', '<(id)', '\\', '"', "'", '(', '&']
/** In front of a command, these change what runs. */
const PREFIXES = [
  'sudo ',
  'DYLD_INSERT_LIBRARIES=/tmp/x.dylib ',
  'PATH=/tmp:$PATH ',
  'eval ',
  'alias x=y; ',
  '. ./env.sh && ',
  '(',
  'if true; then ',
]

export const CLASSIFIER_CHECKS: readonly ClassifierCheck[] = [
  check('accepts the samples that its author names, and refuses the others', (subject) => {
    for (const words of subject.accepted) assert.equal(ofWords(subject, words).verdict, 'accept', words.join(' '))
    for (const words of subject.refused) assert.equal(ofWords(subject, words).verdict, 'reject', words.join(' '))
  }),

  check('answers in the shape of its verdict', (subject) => {
    for (const input of inputs(subject)) assertShape(decide(subject, input), input)
  }),

  check('never throws, whatever it is asked', (subject) => {
    for (const text of hostileTexts(subject.classifier.triggers)) {
      for (const input of [shell(subject, text), argv(subject, text.split(' ')), argv(subject, [text])])
        assertShape(decide(subject, input), input)
    }
  }),

  check('decides the same when it is asked again', (subject) => {
    const first = inputs(subject).map((input) => decide(subject, input))
    const again = inputs(subject)
      .toReversed()
      .map((input) => decide(subject, input))
      .toReversed()
    assert.deepEqual(again, first)
  }),

  check('leaves commands alone that name nothing of its own', (subject) => {
    for (const text of ['ls -la', 'git status && npm test', 'echo hello > file', '', 'make', 'for f in *; do cat $f; done']) {
      const decision = decide(subject, shell(subject, text))
      assert.equal(decision.verdict, 'pass', `"${text}"`)
      assert.equal(decision.reason, null, 'silently')
    }
  }),

  check('reads a shell string and its words alike', (subject) => {
    for (const words of [...subject.accepted, ...subject.refused]) {
      const {verdict, codes, steps, dropped} = ofWords(subject, words)
      const fromShell = decide(subject, shell(subject, words.map(quoted).join(' ')))
      assert.deepEqual(
        {verdict: fromShell.verdict, codes: fromShell.codes, steps: fromShell.steps, dropped: fromShell.dropped},
        {verdict, codes, steps, dropped},
        words.join(' '),
      )
    }
  }),

  check('does not care how many blanks stand between words', (subject) => {
    for (const words of subject.accepted) {
      const {steps} = decide(subject, shell(subject, `  ${words.map(quoted).join(' \t  ')} `))
      assert.deepEqual(steps, ofWords(subject, words).steps)
    }
  }),

  check('rebuilds words that it accepts again, unchanged', (subject) => {
    for (const words of subject.accepted) {
      for (const step of ofWords(subject, words).steps) {
        const again = ofWords(subject, step.sanitized_argv)
        assert.equal(again.verdict, 'accept', step.sanitized_argv.join(' '))
        assert.deepEqual(
          again.steps.map(({sanitized_argv}) => sanitized_argv),
          [step.sanitized_argv],
        )
        assert.deepEqual(again.steps[0]?.model, step.model)
      }
    }
  }),

  check('refuses options that it does not know', (subject) => {
    for (const words of subject.accepted) {
      for (const at of [1, words.length]) {
        const {verdict} = ofWords(subject, [...words.slice(0, at), subject.unknownOption, ...words.slice(at)])
        assert.equal(verdict, 'reject', `${subject.unknownOption} as word ${at} of ${words.join(' ')}`)
      }
    }
  }),

  check('refuses what only a shell could know', (subject) => {
    for (const words of subject.accepted) {
      const text = words.map(quoted).join(' ')
      for (const tail of UNKNOWABLE) assertNotTaken(subject, `${text} ${tail}`)
      for (const prefix of PREFIXES) assertNotTaken(subject, `${prefix}${text}`)
      for (const end of [')', ' & ', ' &']) assertNotTaken(subject, `${text}${end}`)
    }
  }),

  check('takes a part of a string only when that part stands for itself', (subject) => {
    for (const words of subject.accepted) {
      const text = words.map(quoted).join(' ')
      for (const whole of [`${text} | tee log`, `${text} && echo ok`, `${text}; echo $?`, `${text} > log 2>&1`, `${text}\necho next`]) {
        const decision = decide(subject, shell(subject, whole))
        if (decision.verdict !== 'accept') continue
        assert.ok(decision.splice !== null, `"${whole}" holds more than a command`)
        const {start, end} = decision.splice
        assert.deepEqual(decide(subject, shell(subject, whole.slice(start, end))).steps, decision.steps, whole)
      }
    }
  }),

  check('splices nothing out of words that were split already', (subject) => {
    for (const words of subject.accepted) assert.equal(ofWords(subject, words).splice, null)
  }),

  check('grants an untrusted posture nothing that a trusted one is refused', (subject) => {
    const untrusted = {...subject, policy: frozen({...subject.policy, posture: 'untrusted' as const})}
    const trusted = {...subject, policy: frozen({...subject.policy, posture: 'trusted' as const})}
    for (const input of inputs(subject)) {
      if (decide(untrusted, input).verdict === 'accept') assert.equal(decide(trusted, input).verdict, 'accept', JSON.stringify(input))
    }
  }),

  check("judges the profile's own action like a typed command", (subject) => {
    const decision = subject.classifier.fromProfile(subject.action, subject.profile, subject.policy)
    assertShape(decision, null)
    assert.equal(decision.verdict, 'accept', decision.reason ?? '')
    const [step, ...more] = decision.steps
    assert.ok(step !== undefined && more.length === 0, 'one action is one step')
    assert.equal(step.action, subject.action)
    assert.deepEqual(ofWords(subject, step.sanitized_argv).steps, decision.steps)
  }),

  check('resolves words without naming a device', (subject) => {
    for (const words of subject.accepted) {
      for (const step of ofWords(subject, words).steps) {
        const destinations = frozen(step.model.destinations.map(resolvedLike))
        const resolved = subject.classifier.resolvedArgv(step, destinations)
        assert.equal(resolved[0], step.sanitized_argv[0])
        assert.deepEqual(subject.classifier.resolvedArgv(step, destinations), resolved)
        assert.ok(!resolved.some((word) => /(?:^|,)id=/.test(word)), resolved.join(' '))
      }
    }
  }),

  check('proposes a profile or none, for anything', (subject) => {
    for (const input of inputs(subject)) {
      const fit = subject.classifier.fit(input, subject.policy)
      assert.ok(fit === null || (typeof fit.toml === 'string' && typeof fit.profile === 'object'), JSON.stringify(input))
    }
  }),
]

/** A destination as selection would make it concrete. */
function resolvedLike({platform, generic, variant, arch, name}: DestinationRequest): ResolvedDestination {
  const unknown = {sim_runtime_identifier: null, sim_runtime_build: null, device_type_identifier: null} as const
  return {
    platform,
    generic,
    variant,
    arch,
    name: generic ? null : (name ?? 'Any'),
    os_version: '26.0',
    provisioning: 'existing',
    ...unknown,
  }
}

function check(name: string, run: (subject: ClassifierSubject) => void): ClassifierCheck {
  return {name, run: ({profile, policy, ...subject}) => run({...subject, profile: frozen(profile), policy: frozen(policy)})}
}

function decide({classifier, profile, policy}: ClassifierSubject, input: CommandInput): Decision {
  return classifier.classify(frozen(input), profile, policy)
}

function ofWords(subject: ClassifierSubject, words: readonly string[]): Decision {
  return decide(subject, argv(subject, words))
}

function argv({policy}: ClassifierSubject, words: readonly string[]): CommandInput {
  return {form: 'argv', argv: words, cwd: policy.repo_root}
}

function shell({policy}: ClassifierSubject, text: string): CommandInput {
  return {form: 'shell', text, cwd: policy.repo_root}
}

/** The samples in both forms, and each with words lost, doubled or changed. */
function inputs(subject: ClassifierSubject): readonly CommandInput[] {
  const commands = [...subject.accepted, ...subject.refused]
  const lists = [...commands, ...commands.flatMap((words) => mutantsOf(words))]
  return lists.flatMap((words) => [argv(subject, words), shell(subject, words.map(quoted).join(' '))])
}

function assertNotTaken(subject: ClassifierSubject, text: string): void {
  const decision = decide(subject, shell(subject, text))
  assert.notEqual(decision.verdict, 'accept', `"${text}" must not be accepted`)
}

function assertShape(decision: Decision, input: CommandInput | null): void {
  const about = JSON.stringify(input)?.slice(0, 200) ?? ''
  const taken = decision.verdict === 'accept'
  assert.equal(decision.codes.length === 0, taken || decision.verdict === 'pass', `codes of "${decision.verdict}": ${about}`)
  assert.equal(decision.steps.length > 0, taken, `steps of "${decision.verdict}": ${about}`)
  for (const code of decision.codes) assert.ok(isErrorCode(code) && ERRORS[code] !== undefined, `${code} is no code`)
  if (decision.verdict === 'reject') assert.ok(decision.reason !== null && decision.reason !== '', `a refusal has a reason: ${about}`)
  if (decision.reason !== null) assert.ok(!/\p{Cc}/u.test(decision.reason), 'a reason is one printable line')
  if (!taken) assert.equal(decision.splice, null, `only what is accepted is spliced: ${about}`)
  for (const {sanitized_argv} of decision.steps) assert.ok(sanitized_argv.length > 0)
  const length = input === null ? Infinity : input.form === 'shell' ? input.text.length : input.argv.length + 1
  let last = 0
  for (const {start, end} of decision.tokens) {
    assert.ok(start >= last && end >= start && end <= length, `token ${start}–${end} of ${length}: ${about}`)
    last = start
  }
}

/** A word as a careful person types it. */
function quoted(word: string): string {
  return /^[\w@%+:,./-][\w@%+:,./=-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

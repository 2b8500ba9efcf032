import type {ClassifierPolicy, CommandInput, Decision, Token} from '@rch/contract'
import {isHarmlessAssignment} from './assignments.ts'
import {judgeArguments, type Judgement} from './argv/judge.ts'
import {findInvisible} from './invisible.ts'
import {insideRepository, relativeTo, type Root, rootOf} from './paths.ts'
import {COMMAND_WORD, type Prefix, readArgvPrefix} from './prefix.ts'
import {answeringCommand} from './queries.ts'
import {type Finding, finding, show} from './report.ts'
import {type CommandLine, readLine, type RefusedLine} from './shell/line.ts'
import type {GateProfile} from './gate-profile.ts'

/** The one decision. Pure, deterministic, total. */
export function classify(input: CommandInput, profile: GateProfile, policy: ClassifierPolicy): Decision {
  return input.form === 'shell'
    ? classifyText(input.text, input.cwd, rootOf(input, policy), profile, policy)
    : classifyWords(input.argv, input.cwd, rootOf(input, policy), profile, policy)
}

function classifyText(text: string, cwd: string, root: Root, profile: GateProfile, policy: ClassifierPolicy): Decision {
  if (!text.includes('xcodebuild')) return NOTHING
  if (text.length > MAX_CHARACTERS) return refuseLength(text.length)
  if (text.includes('rch xcode run') && !COMMAND_WORD.test(text.replaceAll(TAKEN_OVER, ''))) return {...NOTHING, reason: RUNS_HERE}
  const line = readLine(text)
  if (line === null) return {...NOTHING, reason: MENTION}
  if (line.kind === 'refused') return refuseLine(text, line)
  const words = line.words.map((word) => word.text)
  const decision = judgeCommand(words, line.prefix, directoryOf(line, cwd, root), root, profile, policy)
  const command = {start: line.words[0]?.start ?? 0, end: line.words.at(-1)?.end ?? text.length}
  const tokens = [
    ...decision.tokens.map((token) => {
      const word = line.words[token.start]
      return word === undefined
        ? {...token, start: command.end, end: command.end}
        : {...token, text: text.slice(word.start, word.end), start: word.start, end: word.end}
    }),
    ...line.context.map(({start, end, role, note}): Token => ({
      text: text.slice(start, end),
      start,
      end,
      role,
      key: null,
      code: null,
      note,
    })),
  ].toSorted((a, b) => a.start - b.start)
  return {...decision, tokens, command, splice: decision.verdict === 'accept' && !line.whole ? command : null}
}

function classifyWords(argv: readonly string[], cwd: string, root: Root, profile: GateProfile, policy: ClassifierPolicy): Decision {
  const length = argv.reduce((sum, word) => sum + word.length + 1, 0)
  if (length > MAX_CHARACTERS) return argv.some((word) => word.includes('xcodebuild')) ? refuseLength(length) : NOTHING
  if (argv[0] === 'rch' && argv[1] === 'xcode' && argv[2] === 'run') return {...NOTHING, reason: RUNS_HERE}
  const prefix = readArgvPrefix(argv)
  if (prefix === null) {
    if (argv.length === 1 && / /.test(argv[0] ?? '') && readLine(argv[0] ?? '') !== null) return {...NOTHING, reason: ONE_WORD}
    return argv.some((word) => word.includes('xcodebuild')) ? {...NOTHING, reason: MENTION} : NOTHING
  }
  if ('code' in prefix) {
    const found = finding(prefix.code, {token: show(argv[prefix.index] ?? '')})
    const tokens = argv.map((text, index): Token => {
      const refused = index === prefix.index
      return {
        text,
        start: index,
        end: index + 1,
        role: refused ? 'refused' : 'kept',
        key: null,
        code: refused ? found.code : null,
        note: refused ? found.reason : null,
      }
    })
    return {...NOTHING, verdict: 'reject', codes: [found.code], tokens, reason: found.reason, hint: found.hint}
  }
  return judgeCommand(argv, prefix, relativeTo(root.path, cwd), root, profile, policy)
}

function refuseLength(length: number): Decision {
  const found = finding('command_too_long', {length: String(length), most: String(MAX_CHARACTERS)})
  return {...NOTHING, verdict: 'reject', codes: [found.code], reason: found.reason, hint: found.hint}
}

/** Where the command runs after every `cd`, relative to the root. */
function directoryOf(line: CommandLine, cwd: string, root: Root): string | null {
  let directory = relativeTo(root.path, cwd)
  for (const {path} of line.directories) {
    if (directory === null) return null
    directory = insideRepository(path, directory, root)
  }
  return directory
}

/** Judges one command whose words are known; tokens stand at their words' indices. */
function judgeCommand(
  words: readonly string[],
  prefix: Prefix,
  directory: string | null,
  root: Root,
  profile: GateProfile,
  policy: ClassifierPolicy,
): Decision {
  const judgement = judgeArguments(words, prefix.program + 1, directory, root, profile, policy)
  const env: Record<string, string> = {}
  const early: Finding[] = []
  const refusedAt = new Map<number, Finding>()
  for (const {index, name, value} of prefix.assignments) {
    const code =
      findInvisible(value) !== -1 ? 'control_character' : isHarmlessAssignment(name, value, policy) ? null : 'env_assignment_refused'
    if (code === null) {
      if (policy.env_allow.includes(name)) env[name] = value
      continue
    }
    const found = finding(code, {token: show(`${name}=${value}`)})
    early.push(found)
    refusedAt.set(index, found)
  }
  const assigned = new Map(prefix.assignments.map(({index, name}) => [index, name]))
  const tokens = words.map((text, index): Token => {
    const place = {text, start: index, end: index + 1}
    const refused = refusedAt.get(index)
    if (refused !== undefined) return {...place, role: 'refused', key: null, code: refused.code, note: refused.reason}
    const name = assigned.get(index)
    if (name !== undefined)
      return {...place, role: 'kept', key: 'env.allow', code: null, note: name === 'NSUnbufferedIO' ? 'the worker sets it itself' : null}
    if (index < prefix.program) return {...place, role: 'wrapper', key: null, code: null, note: 'changes nothing'}
    const mark = judgement.marks.get(index)
    return mark === undefined ? {...place, role: 'kept', key: null, code: null, note: null} : {...place, ...mark}
  })
  // What is missing shows behind the last word, where it would have to be added.
  for (const {code, reason} of judgement.missing) {
    tokens.push({text: '', start: words.length, end: words.length, role: 'refused', key: null, code, note: reason})
  }
  if (judgement.query !== null) return queryDecision(judgement, words, tokens, policy)
  const findings = [...early, ...judgement.findings]
  const [first] = findings
  return {
    ...NOTHING,
    verdict: first === undefined ? 'accept' : 'reject',
    codes: [...new Set(findings.map(({code}) => code))],
    tokens,
    steps: first === undefined ? judgement.steps : [],
    fresh_workspace: judgement.fresh_workspace,
    dropped: judgement.dropped,
    presentation: judgement.presentation,
    result_bundle_path: judgement.result_bundle_path,
    env,
    reason: first?.reason ?? null,
    hint: first?.hint ?? null,
  }
}

function queryDecision(judgement: Judgement, words: readonly string[], tokens: readonly Token[], policy: ClassifierPolicy): Decision {
  const word = words[judgement.query ?? 0] ?? ''
  const found = finding('xcode_query', {token: word, command: answeringCommand(word)})
  return {
    ...NOTHING,
    verdict: 'query',
    codes: [found.code],
    tokens,
    reason: policy.local_xcode ? `${found.reason} It is left to the local Xcode.` : found.reason,
    hint: found.hint,
  }
}

function refuseLine(text: string, line: RefusedLine): Decision {
  const {code, start, end} = line.refusal
  const found = finding(code, {token: show(text.slice(start, end))})
  const tokens = line.words
    .filter((word) => word.end <= start || word.start >= end)
    .map((word): Token => ({
      text: text.slice(word.start, word.end),
      start: word.start,
      end: word.end,
      role: 'context',
      key: null,
      code: null,
      note: null,
    }))
  const refused: Token = {text: text.slice(start, end), start, end, role: 'refused', key: null, code, note: found.reason}
  return {
    ...NOTHING,
    verdict: 'reject',
    codes: [code],
    tokens: [...tokens, refused].toSorted((a, b) => a.start - b.start),
    reason: found.reason,
    hint: found.hint,
  }
}

/** ARG_MAX of macOS. */
const MAX_CHARACTERS = 1_048_576

/** The lane's own command line, as rewriting writes it: the word in it is not to be rewritten again. */
const TAKEN_OVER = /\brch xcode run(?: [\w=./:-]+){0,20}? -- (?:[\w=./-]+[ \t]+){0,20}?(?:\/usr\/bin\/)?xcodebuild(?![\w.-])/g

const RUNS_HERE = 'The lane runs this xcodebuild already.'

const MENTION = 'The word xcodebuild is only mentioned; nothing here runs it.'

const ONE_WORD = 'The whole command came as one word, which is no program: leave out the quotes around it.'

const NOTHING: Decision = {
  verdict: 'pass',
  codes: [],
  tokens: [],
  steps: [],
  fresh_workspace: false,
  command: null,
  splice: null,
  dropped: [],
  presentation: {quiet: false, verbose: false},
  result_bundle_path: null,
  env: {},
  reason: null,
  hint: null,
}

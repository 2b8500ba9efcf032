import {existsSync, realpathSync} from 'node:fs'
import {homedir} from 'node:os'
import {isRchError, toRchError, type Decision, type RchError} from '@rch/contract'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import {classifierPolicy, leastConfig, loadConfig, type ConfigRequest, type EffectiveConfig} from '../domain/config/index.ts'
import {rewriteCommand} from '@rch/contract/kinds/xcodebuild'
import {readConfigFiles} from '../infra/config-files.ts'
import {repositoryAlias} from '../infra/repository-alias.ts'
import {repositoryTop} from '../infra/repository-top.ts'
import {workingDirectory} from '../infra/working-directory.ts'

/** What hooks and shims learn of a shell string. */
export interface Interception {
  readonly verdict: Decision['verdict']
  readonly codes: readonly string[]
  readonly reason: string | null
  readonly hint: string | null
  /** The string with the lane in xcodebuild's place; `null` unless it was accepted. */
  readonly rewritten: string | null
}

const PASS: Interception = {verdict: 'pass', codes: [], reason: null, hint: null, rewritten: null}

/** Words that a shell has split already cannot be put together again: their quotes are lost. */
const SPLIT: Interception = {
  verdict: 'reject',
  codes: ['usage_error'],
  reason: 'intercept takes a shell string as one word, or on stdin.',
  hint: 'Put the whole command in quotes: rch-xcode-intercept "$command".',
  rewritten: null,
}

/**
 * Judges one shell string as every other entrance does, without what only they need: no framework, no schemas, no provider but
 * the first-party classifier. A repository that cannot be judged is told, never guessed about.
 */
export async function intercept(text: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Interception> {
  const classifier = createXcodebuildClassifier()
  if (!classifier.triggers.some((word) => text.includes(word))) return PASS
  try {
    const here = realpathSync(cwd)
    const root = repositoryTop(here)
    const files = readConfigFiles(root, env, null)
    const origin = await originWhereItCounts(files.host?.bytes, root)
    const {config, missing} = effective({
      repository: files.repository,
      host: files.host,
      flags: {},
      profile: null,
      env,
      githubEvent: files.githubEvent,
      origin,
    })
    const policy = classifierPolicy(config.profile, {
      repoRoot: root,
      localXcode: process.platform === 'darwin' && existsSync('/usr/bin/xcodebuild'),
    })
    const input = {form: 'shell', text, cwd: here, root_alias: repositoryAlias(root, here, env)} as const
    const decision = classifier.classify(input, config.profile, policy)
    // Where all that is missing is a profile, that is what to say.
    if (missing !== null && decision.verdict === 'reject' && classifier.fit(input, policy) !== null) throw missing
    const {verdict, codes, reason, hint} = decision
    return {verdict, codes, reason, hint, rewritten: rewriteCommand(text, decision)}
  } catch (error) {
    if (!isRchError(error)) throw error
    return refused(error)
  }
}

/** The profile in force; without one, queries and other people's commands are still told as what they are. */
function effective(request: ConfigRequest): {readonly config: EffectiveConfig; readonly missing: RchError | null} {
  try {
    return {config: loadConfig(request), missing: null}
  } catch (error) {
    if (!isRchError(error) || error.code !== 'profile_required' || request.repository !== null) throw error
    return {config: leastConfig(request), missing: error}
  }
}

/** The remote matters only where the host trusts some by name; asking git costs more than everything else here. */
async function originWhereItCounts(host: Uint8Array | undefined, root: string): Promise<string | null> {
  if (host === undefined || !Buffer.from(host).includes('repos')) return null
  const {originOf} = await import('../infra/repository.ts')
  return originOf(root)
}

/** The fast entry's whole life: arguments or stdin in, the rewritten command (or `--json`) out, one line of reason on stderr. */
export async function interceptMain(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json')
  const words = argv.filter((word) => word !== '--json' && word !== '--')
  const {rewritten, ...rest} = words.length > 1 ? SPLIT : await interceptHere(words[0] ?? (await readInput()))
  if (json) process.stdout.write(`${JSON.stringify({kind: 'interception', schema_version: 1, ...rest, rewritten})}\n`)
  else if (rewritten !== null) process.stdout.write(`${rewritten}\n`)
  else if (rest.verdict !== 'pass')
    process.stderr.write(`rch: ${rest.verdict}: ${rest.codes.join(', ')}: ${rest.reason?.split('\n')[0] ?? ''}\n`)
}

/** Whatever happens, a hook gets an answer. */
async function interceptHere(text: string): Promise<Interception> {
  try {
    return await intercept(text, workingDirectory(), {HOME: homedir(), ...process.env})
  } catch (error) {
    return refused(toRchError(error))
  }
}

function refused({code, message, hint}: RchError): Interception {
  return {verdict: 'reject', codes: [code], reason: message, hint, rewritten: null}
}

/** What stands on stdin, without the newline that ends it. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString()
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

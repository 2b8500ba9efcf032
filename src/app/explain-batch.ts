import {open} from 'node:fs/promises'
import {createInterface} from 'node:readline'
import {RchError, toRchError, type Decision} from '@rch/contract'
import {parseStrictJson} from '@rch/contract/json'
import type {OverrideFlags} from '../domain/config/index.ts'
import {DEFAULT_KIND} from '../domain/default-kind.ts'
import {policyOf, profileOrNothing} from './decide.ts'
import type {Lane} from './lane.ts'

/**
 * One decision per line, in the order of the lines; a bad line answers with its error and ends nothing. With `fit` each command is
 * judged under the profile that fits it best, so that what remains is what no profile could allow.
 */
export async function explainBatch(
  lane: Lane,
  source: string,
  options: {readonly fit: boolean; readonly overrides: OverrideFlags; readonly profile: string | null},
  write: (line: string) => unknown,
): Promise<void> {
  const {provider: classifier} = await lane.providers.load('classifier', DEFAULT_KIND)
  const {config} = await profileOrNothing(lane, options.overrides, options.profile)
  const {profile: base} = config
  const policy = policyOf(lane, config)
  const lines = createInterface({input: source === '-' ? process.stdin : await readable(source), crlfDelay: Infinity})
  let number = 0
  for await (const line of lines) {
    number += 1
    if (line.trim() === '') continue
    try {
      const {id, cmd} = readLine(line, number)
      const input = {form: 'shell', text: cmd, cwd: lane.repository.root} as const
      const fitted = options.fit ? classifier.fit(input, policy) : null
      const profile = fitted === null ? base : {...base, ...fitted.profile}
      const decision = classifier.classify(input, profile, fitted === null ? policy : {...policy, drop_owned_paths: profile.classifier.drop_owned_paths})
      write(`${JSON.stringify(row(id, decision))}\n`)
    } catch (error) {
      const {code, message} = toRchError(error)
      write(`${JSON.stringify({id: null, line: number, verdict: null, codes: [code], reason: message})}\n`)
    }
  }
}

/** The file's bytes. Throws `usage_error` for what cannot be read as one. */
async function readable(source: string): Promise<NodeJS.ReadableStream> {
  try {
    const file = await open(source)
    if ((await file.stat()).isDirectory()) throw new Error('it is a folder')
    return file.createReadStream()
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new RchError('usage_error', `--batch ${source} cannot be read: ${problem}`, {data: {file: source}, hint: 'Name a file with one {"id", "cmd"} per line, or - for stdin.'})
  }
}

function readLine(line: string, number: number): {readonly id: unknown; readonly cmd: string} {
  let value: unknown
  try {
    value = parseStrictJson(line, {maxBytes: 1024 * 1024})
  } catch (error) {
    throw new RchError('usage_error', `line ${number} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {data: {line: number}})
  }
  if (typeof value !== 'object' || value === null || !('cmd' in value) || typeof value.cmd !== 'string') throw new RchError('usage_error', `line ${number} has no "cmd" text`, {data: {line: number}})
  return {id: 'id' in value ? value.id : null, cmd: value.cmd}
}

function row(id: unknown, decision: Decision): Readonly<Record<string, unknown>> {
  const {verdict, codes, splice, fresh_workspace, dropped, reason, hint, steps} = decision
  return {id, verdict, codes, in_place: splice !== null, splice, fresh_workspace, dropped, reason, hint, steps: steps.map(({action, sanitized_argv}) => ({action, sanitized_argv}))}
}

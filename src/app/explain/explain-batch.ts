import {open} from 'node:fs/promises'
import {RchError, toRchError, type CommandInput, type Decision} from '@rch/contract'
import {parseStrictJson} from '@rch/contract/json'
import type {OverrideFlags} from '../../domain/config/index.ts'
import {DEFAULT_KIND} from '../../domain/default-kind.ts'
import {byteLines} from '../../infra/byte-lines.ts'
import {fitter, policyOf, profileOrNothing, typedHere} from './decide.ts'
import type {Lane} from '../lane.ts'

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
  const decide = options.fit ? await fitting(lane) : await judging(lane, options)
  const bytes: AsyncIterable<string | Uint8Array> = source === '-' ? process.stdin : await readable(source)
  const here = typedHere(lane)
  let number = 0
  for await (const line of byteLines(bytes, MAX_LINE_BYTES)) {
    number += 1
    if (line !== null && isBlank(line)) continue
    write(`${JSON.stringify(answer(line, number, decide, here))}\n`)
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
    throw new RchError('usage_error', `--batch ${source} cannot be read: ${problem}`, {
      data: {file: source},
      hint: 'Name a file with one {"id", "cmd"} object per line, or - for stdin.',
    })
  }
}

/** Room for every command that is short enough to be read, with each character escaped. */
const MAX_LINE_BYTES = 8 * 1024 * 1024
const BATCH_LINE = 'Write one {"id", "cmd"} object per line.'

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09)
}

/** The decision about one line, or what is wrong with the line, under its id as far as it has one. */
function answer(
  line: Uint8Array | null,
  number: number,
  decide: (input: CommandInput) => Decision,
  here: ReturnType<typeof typedHere>,
): Readonly<Record<string, unknown>> {
  let id: unknown = null
  try {
    const value = parse(line, number)
    if ('id' in value) ({id} = value)
    if (!('cmd' in value) || typeof value.cmd !== 'string')
      throw new RchError('usage_error', `Line ${number} has no "cmd" text.`, {data: {line: number}, hint: BATCH_LINE})
    return row(id, decide({form: 'shell', text: value.cmd, ...here}))
  } catch (error) {
    const {code, message, hint} = toRchError(error)
    return {id, line: number, verdict: null, codes: [code], reason: message, hint}
  }
}

function parse(line: Uint8Array | null, number: number): object {
  if (line === null)
    throw new RchError('usage_error', `Line ${number} is longer than ${MAX_LINE_BYTES} bytes.`, {data: {line: number}, hint: BATCH_LINE})
  let value: unknown
  try {
    value = parseStrictJson(line, {maxBytes: MAX_LINE_BYTES})
  } catch (error) {
    throw new RchError('usage_error', `Line ${number} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      data: {line: number},
      hint: BATCH_LINE,
      cause: error,
    })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RchError('usage_error', `Line ${number} is no object with "id" and "cmd".`, {data: {line: number}, hint: BATCH_LINE})
  return value
}

async function fitting(lane: Lane): Promise<(input: CommandInput) => Decision> {
  const fitted = await fitter(lane)
  return (input) => fitted(input).decision
}

async function judging(
  lane: Lane,
  options: {readonly overrides: OverrideFlags; readonly profile: string | null},
): Promise<(input: CommandInput) => Decision> {
  const {provider: classifier} = await lane.providers.load('classifier', DEFAULT_KIND)
  const {config} = await profileOrNothing(lane, options.overrides, options.profile)
  const policy = policyOf(lane, config)
  return (input) => classifier.classify(input, config.profile, policy)
}

function row(id: unknown, decision: Decision): Readonly<Record<string, unknown>> {
  const {verdict, codes, splice, fresh_workspace, dropped, reason, hint, steps} = decision
  return {
    id,
    verdict,
    codes,
    in_place: splice !== null,
    splice,
    fresh_workspace,
    dropped,
    reason,
    hint,
    steps: steps.map(({action, sanitized_argv}) => ({action, sanitized_argv})),
  }
}

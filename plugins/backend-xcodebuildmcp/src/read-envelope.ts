import {parseStrictJson} from '@rch/contract/json'

/** What XcodeBuildMCP answered, as far as it matters here. */
export type Envelope =
  | {readonly kind: 'ran'; readonly succeeded: boolean; readonly log: string | null; readonly raw: readonly string[]}
  | {readonly kind: 'refused'; readonly problem: string}

const RESULTS: ReadonlySet<unknown> = new Set(['xcodebuildmcp.output.build-result', 'xcodebuildmcp.output.test-result'])

/** Reads the answer of one call; `null` when it is none that we know. */
export function readEnvelope(text: Uint8Array): Envelope | null {
  let value: unknown
  try {
    value = parseStrictJson(text)
  } catch {
    return null
  }
  const didError = member(value, 'didError')
  if (typeof didError !== 'boolean') return null
  const data = member(value, 'data')
  if (RESULTS.has(member(value, 'schema'))) {
    const status = member(member(data, 'summary'), 'status')
    if (status !== 'SUCCEEDED' && status !== 'FAILED') return null
    const log = member(member(data, 'artifacts'), 'buildLogPath')
    const raw = member(member(data, 'diagnostics'), 'rawOutput')
    return {
      kind: 'ran',
      succeeded: !didError && status === 'SUCCEEDED',
      log: typeof log === 'string' ? log : null,
      raw: Array.isArray(raw) ? raw.filter((line) => typeof line === 'string') : [],
    }
  }
  const error = member(value, 'error')
  if (!didError || typeof error !== 'string') return null
  const code = member(data, 'code')
  return {kind: 'refused', problem: typeof code === 'string' ? `${error} (${code})` : error}
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value).find(([key]) => key === name)?.[1]
}

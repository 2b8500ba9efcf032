import type {InterpreterEvent} from '@rch/contract/events'
import {visible} from '../visible.ts'
import type {HtmlLog} from './client/model.ts'
import {diagnosticKey, testKeys} from './log-places.ts'

/** What a page keeps of a log, and where in it things are told. */
export interface LogExcerpt {
  /** Bytes as they come, before the events that they cause. */
  bytes(chunk: Uint8Array): void
  event(event: InterpreterEvent): void
  end(): {
    readonly lines: number
    readonly pieces: HtmlLog['pieces']
    readonly marks: HtmlLog['marks']
    readonly places: ReadonlyMap<string, number>
  }
}

/** Characters. A log that fits into the sum of the first two is kept whole. */
export interface ExcerptLimits {
  readonly head: number
  readonly tail: number
  /** Kept in between, around what went wrong. */
  readonly around: number
  readonly line: number
}

const LIMITS: ExcerptLimits = {head: 1024 * 1024, tail: 2 * 1024 * 1024, around: 1024 * 1024, line: 2000}
const AROUND_LINES = 20
const LOOK_BACK_LINES = 5000
const MAX_MARKS = 5000
/** After so many texts that are not in the log as they were reported, nothing more is looked for. */
const MAX_MISSES = 1000
// oxlint-disable-next-line no-control-regex -- escape sequences start with a control character
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g

/** Keeps a log's beginning, its end and the lines around its failures. Memory is bounded by the limits, not by the log. */
export function createLogExcerpt(limits: ExcerptLimits = LIMITS): LogExcerpt {
  const decoder = new TextDecoder()
  const places = new Map<string, number>()
  const marks = new Map<number, HtmlLog['marks'][number]['kind']>()
  const wanted = new Set<number>()
  const kept: {line: number; text: string}[] = []
  let recent: string[] = []
  /** Number of the first recent line. */
  let first = 1
  let [headRoom, aroundRoom, recentLength] = [limits.head, limits.around, 0]
  let rest = ''
  let cursor = 0
  let misses = 0

  const take = (raw: string): void => {
    const line = tidy(raw, limits.line)
    recent.push(line)
    recentLength += line.length + 1
  }

  const dropOld = (): void => {
    let dropped = 0
    while (recentLength > limits.tail && recent.length - dropped > 1) {
      const text = recent[dropped] ?? ''
      const line = first + dropped
      const cost = text.length + 1
      if (headRoom >= cost && headRoom > 0) {
        headRoom -= cost
        kept.push({line, text})
      } else {
        headRoom = 0
        if (wanted.has(line) && aroundRoom >= cost) {
          aroundRoom -= cost
          kept.push({line, text})
        }
      }
      recentLength -= cost
      dropped += 1
    }
    if (dropped === 0) return
    recent = recent.slice(dropped)
    first += dropped
    cursor = Math.max(0, cursor - dropped)
  }

  /** Things are told in the order of their events, mostly: forward first, then back. */
  const find = (text: string): number | null => {
    const needle = tidy(text.split(/\r?\n/, 1)[0] ?? '', limits.line).trim()
    if (needle === '' || misses > MAX_MISSES) return null
    for (let at = cursor; at < recent.length; at++) if (recent[at]?.includes(needle) === true) return at
    for (let at = Math.min(cursor, recent.length) - 1; at >= Math.max(0, cursor - LOOK_BACK_LINES); at--)
      if (recent[at]?.includes(needle) === true) return at
    misses += 1
    return null
  }

  const mark = (keys: readonly string[], texts: readonly string[], kind: HtmlLog['marks'][number]['kind']): void => {
    if (keys.every((key) => places.has(key)) || (kind === 'warning' && marks.size >= MAX_MARKS)) return
    for (const text of texts) {
      const at = find(text)
      if (at === null) continue
      const line = first + at
      for (const key of keys) if (!places.has(key)) places.set(key, line)
      marks.set(line, kind)
      cursor = Math.max(cursor, at)
      if (kind !== 'warning') for (let near = line - AROUND_LINES; near <= line + AROUND_LINES; near++) wanted.add(near)
      return
    }
  }

  return {
    bytes(chunk) {
      dropOld()
      const parts = (rest + decoder.decode(chunk, {stream: true})).split('\n')
      rest = (parts.pop() ?? '').slice(0, 8 * limits.line)
      for (const part of parts) take(part)
    },
    event(event) {
      if (event.type === 'test_case_failed')
        mark(testKeys(event.test.id, event.failures), [...event.failures.map(({message}) => message), event.test.name], 'error')
      else if (event.type === 'diagnostic') {
        if (event.severity !== 'note') mark([diagnosticKey(event.severity, event.message)], [event.text, event.message], event.severity)
      } else if (event.type === 'phase_completed' && event.verdict !== null)
        mark([`phase\0${event.phase}\0${event.verdict}`], [event.verdict], 'verdict')
    },
    end() {
      const last = rest + decoder.decode()
      if (last !== '') take(last)
      rest = ''
      dropOld()
      const all = [...kept, ...recent.map((text, index) => ({line: first + index, text}))]
      const lines = first + recent.length - 1
      return {
        lines,
        pieces: piecesOf(all),
        marks: [...marks].map(([line, kind]) => ({line, kind})).toSorted((a, b) => a.line - b.line),
        places,
      }
    },
  }
}

function piecesOf(lines: readonly {readonly line: number; readonly text: string}[]): HtmlLog['pieces'] {
  const pieces: {from: number; texts: string[]}[] = []
  for (const {line, text} of lines) {
    const piece = pieces.at(-1)
    if (piece !== undefined && piece.from + piece.texts.length === line) piece.texts.push(text)
    else pieces.push({from: line, texts: [text]})
  }
  return pieces.map(({from, texts}) => ({from, text: texts.join('\n')}))
}

function tidy(raw: string, limit: number): string {
  const line = raw
    .slice(0, 4 * limit)
    .replace(/\r+$/, '')
    .replace(ESCAPES, '')
    .replace(/^\u200b/, '')
  const cut = line.length > limit || raw.length > 4 * limit
  return visible(cut ? `${line.slice(0, limit)}… (line cut)` : line)
}

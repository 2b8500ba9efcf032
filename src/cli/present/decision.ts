import {styleText} from 'node:util'
import type {Decision, Token} from '@rch/contract'
import {width} from './table.ts'

/** How a decision is laid out. */
export interface Page {
  /** Whether the tokens are the source text of a shell string, which is shown as it was written. */
  readonly source: boolean
  readonly rewritten: string | null
  /** Of the terminal; `null` where lines may be as long as they are. */
  readonly columns: number | null
  readonly colour: boolean
}

/** A decision as text for people: the command piece by piece, what would run, and the next thing to do. */
export function describeDecision(decision: Decision, page: Page): string {
  const pieces = group(decision.tokens, page)
  const {reason, hint, verdict} = decision
  // One refusal says it where it stands; of several, the first to deal with is said again beside what to do.
  const told = pieces.filter(({role}) => role === 'refused').length === 1 && pieces.some((piece) => piece.note === reason)
  return [
    wrapped(headline(decision).split(' '), page, '', '', '  ').map((line) => paint(line, VERDICT_COLOURS[verdict], page)),
    layOut(pieces, page),
    decision.steps.flatMap(({action, sanitized_argv}, index) => [
      `would run${decision.steps.length > 1 ? ` (${index + 1} of ${decision.steps.length}, ${action})` : ''}:`,
      ...wrapped(sanitized_argv.map(quoted), page, '  ', ' \\', '      '),
    ]),
    decision.steps.length === 0 ? [] : circumstances(decision),
    page.rewritten === null
      ? []
      : [
          'rewritten:',
          ...shownText(page.rewritten, page)
            .split('\n')
            .map((line) => `  ${line}`),
        ],
    [
      ...(reason === null || told || verdict === 'accept' ? [] : wrapped(reason.split(' '), page, '', '', '')),
      ...(hint === null ? [] : wrapped(hint.split(' '), page, '→ ', '', '  ')),
    ],
  ]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function headline({verdict, splice, codes}: Decision): string {
  switch (verdict) {
    case 'accept':
      return splice === null ? 'accept' : 'accept (in place)'
    case 'pass':
      return 'pass: not an Xcode command'
    case 'query':
      return `query: asks Xcode something, builds nothing${codes.length > 0 ? ` (${codes[0]})` : ''}`
    case 'reject':
      return `reject: ${codes.join(', ')}`
  }
}

type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'dim'

const VERDICT_COLOURS: Readonly<Record<Decision['verdict'], Colour>> = {accept: 'green', reject: 'red', query: 'cyan', pass: 'dim'}

const ROLES: Readonly<Record<Token['role'], {readonly mark: string; readonly colour: Colour}>> = {
  kept: {mark: '✔', colour: 'green'},
  constrained: {mark: '✔', colour: 'green'},
  modelled: {mark: '✔', colour: 'green'},
  dropped: {mark: '−', colour: 'yellow'},
  presentation: {mark: '·', colour: 'dim'},
  refused: {mark: '✘', colour: 'red'},
  query: {mark: '?', colour: 'cyan'},
  wrapper: {mark: '·', colour: 'dim'},
  context: {mark: '·', colour: 'dim'},
}

/** Tokens that were judged as one: an option with its value, or the words around the command. */
interface Piece extends Pick<Token, 'role' | 'key' | 'code' | 'note'> {
  readonly text: string
}

function group(tokens: readonly Token[], page: Page): readonly Piece[] {
  const pieces: Piece[] = []
  for (const [index, token] of tokens.entries()) {
    const {role, key, code, note} = token
    const last = pieces.at(-1)
    const before = tokens[index - 1]
    const text =
      token.text === '' && role === 'refused'
        ? '(missing)'
        : shownText(page.source ? token.text.trim().replaceAll(/\s*\\\n\s*/g, ' ') : quoted(token.text), page)
    if (last !== undefined && before !== undefined && token.text !== '' && belongs(before, token))
      pieces[pieces.length - 1] = {...last, text: `${last.text} ${text}`, note: last.note ?? note}
    else pieces.push({role, key, code, note, text})
  }
  return pieces
}

function belongs(before: Token, token: Token): boolean {
  if (before.role !== token.role || before.key !== token.key || before.code !== token.code) return false
  if (token.role === 'context') return before.note === null && token.note === null
  return before.text.startsWith('-') && !token.text.startsWith('-') && (before.note === null || token.note === null)
}

/** What a piece means to the gate, in a few words; what a refusal has to say stands below it. */
function meaning({role, key, code, note}: Piece): string {
  if (role === 'refused') return code ?? 'refused'
  const what = role === 'context' ? [] : [key === null ? role : `${role}: ${key}`]
  return [...what, ...(note === null ? [] : [note])].join(', ')
}

function layOut(pieces: readonly Piece[], page: Page): readonly string[] {
  const most = page.columns === null ? 56 : Math.max(20, Math.floor(page.columns / 2))
  const column = Math.max(0, ...pieces.map(({text}) => width(text)).filter((one) => one <= most))
  return pieces.flatMap((piece) => {
    const {mark, colour} = ROLES[piece.role]
    const note = meaning(piece)
    const head = `  ${paint(mark, colour, page)} ${piece.text}`
    const beside = width(piece.text) <= column && (page.columns === null || 6 + column + width(note) <= page.columns)
    const rows =
      note === '' || beside
        ? [`${head}${' '.repeat(Math.max(0, column - width(piece.text)))}  ${paint(note, colour, page)}`.trimEnd()]
        : [head, ...below(note, page)]
    const told = piece.role === 'refused' && piece.note !== null ? below(piece.note, page) : []
    return note === '' ? [head] : [...rows, ...told]
  })
}

function below(text: string, page: Page): readonly string[] {
  return wrapped(text.split(' '), page, '      ', '', '      ')
}

function circumstances({fresh_workspace, dropped}: Decision): readonly string[] {
  return [
    ...(fresh_workspace ? ['in a fresh workspace, because of clean'] : []),
    ...dropped.map(({option, value, note}) => `without ${option}${value === null ? '' : ` ${quoted(value)}`}: ${note}`),
  ]
}

/** Words in lines that fit; `joint` ends each line that goes on. */
function wrapped(words: readonly string[], {columns}: Page, first: string, joint: string, further: string): readonly string[] {
  const room = (columns ?? Infinity) - joint.length
  const lines: string[] = []
  let line = first
  let empty = true
  for (const word of words) {
    if (!empty && width(line) + 1 + width(word) > room) {
      lines.push(line + joint)
      line = further
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line]
}

/** On a terminal nothing of a command may act on the terminal. */
function shownText(text: string, {columns}: Page): string {
  return columns === null
    ? text
    : text.replaceAll(
        /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu,
        (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`,
      )
}

function paint(text: string, colour: Colour, page: Page): string {
  return page.colour && text !== '' ? styleText(colour, text, {validateStream: false}) : text
}

/** A word as a shell would have to be given it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+:,./=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

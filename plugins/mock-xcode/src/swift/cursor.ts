import type {Argument, Expression, Place, Statement} from './ast.ts'
import type {SourceText} from './source-text.ts'
import type {Token} from './token.ts'

/** Thrown at the first fault of a statement; statement lists report it and go on behind it. */
export class SyntaxFault extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

export interface ExpressionMode {
  /** In conditions a `{` begins the body, not a trailing closure. */
  readonly basic?: boolean
  /** In `case` labels: `let x`, `is T`, no assignment. */
  readonly pattern?: boolean
}

/** The productions that depend on each other; they reach one another through the cursor, so that no module imports in a circle. */
export interface Grammar {
  expression(cursor: Cursor, mode?: ExpressionMode): Expression
  arguments(cursor: Cursor, close: string): readonly Argument[]
  closure(cursor: Cursor): Expression
  type(cursor: Cursor): string
  genericArguments(cursor: Cursor): void
  block(cursor: Cursor, missing: string, end?: string): readonly Statement[]
  statements(cursor: Cursor, until: (token: Token) => boolean): readonly Statement[]
  statement(cursor: Cursor): Statement
  isDeclaration(cursor: Cursor, container: Container): boolean
  declaration(cursor: Cursor, container: Container): Statement
  attribute(cursor: Cursor): void
}

export type Container = 'file' | 'body' | 'enum' | 'protocol' | 'type'

/** A position in the tokens of one file (or of one interpolation). */
export class Cursor {
  readonly source: SourceText
  readonly grammar: Grammar
  mode: ExpressionMode = {}
  private readonly tokens: Token[]
  private index = 0
  private readonly splits: {readonly at: number; readonly whole: Token}[] = []

  constructor(source: SourceText, tokens: readonly Token[], grammar: Grammar) {
    this.source = source
    this.grammar = grammar
    this.tokens = [...tokens]
  }

  get current(): Token {
    return this.peek(0)
  }

  get ended(): boolean {
    return this.peek(0).kind === 'end'
  }

  get previous(): Token | undefined {
    return this.tokens[this.index - 1]
  }

  peek(ahead: number): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)]
    if (token === undefined) throw new SyntaxFault('unexpected end of file', 0)
    return token
  }

  advance(): Token {
    const token = this.current
    if (token.kind !== 'end') this.index += 1
    return token
  }

  at(text: string): boolean {
    const {current} = this
    return current.text === text && current.kind !== 'string'
  }

  accept(text: string): boolean {
    if (!this.at(text)) return false
    this.advance()
    return true
  }

  expect(text: string, message: string): Token {
    if (!this.at(text)) this.fail(message)
    return this.advance()
  }

  /** At an operator that begins with `text` (a `>>` closes two generic lists): takes just that part. */
  acceptOperatorPart(text: string): boolean {
    const {current} = this
    if (current.kind !== 'operator' || !current.text.startsWith(text)) return false
    if (current.text !== text) {
      const cut = current.start + text.length
      const rest: Token = {
        ...current,
        text: current.text.slice(text.length),
        start: cut,
        column: current.column + text.length,
        newline: false,
      }
      this.splits.push({at: this.index, whole: current})
      this.tokens.splice(this.index, 1, {...current, text, end: cut}, rest)
    }
    this.advance()
    return true
  }

  /** Faults at the current token; at a new line or the end, right behind the previous token, as the compiler does. */
  fail(message: string, offset?: number): never {
    const {current, previous} = this
    const behind = previous !== undefined && (current.newline || current.kind === 'end') ? previous.end : current.start
    throw new SyntaxFault(message, offset ?? behind)
  }

  /** Runs `attempt`; on a fault goes back and gives undefined. */
  speculate<T>(attempt: () => T): T | undefined {
    const {index, mode} = this
    const saved = this.splits.length
    try {
      return attempt()
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error
      if (this.splits.length > saved) this.undoSplits(saved)
      this.index = index
      this.mode = mode
      return undefined
    }
  }

  private undoSplits(keep: number): void {
    for (let split = this.splits.pop(); split !== undefined; split = this.splits.pop()) {
      this.tokens.splice(split.at, 2, split.whole)
      if (this.splits.length <= keep) return
    }
  }

  withMode<T>(mode: ExpressionMode, run: () => T): T {
    const saved = this.mode
    this.mode = mode
    try {
      return run()
    } finally {
      this.mode = saved
    }
  }

  place(first: Token): Place {
    return {start: first.start, end: this.previous?.end ?? first.end, line: first.line, column: first.column}
  }

  slice(start: number): string {
    return this.source.text.slice(start, this.previous?.end ?? start)
  }

  /** Position `ahead` behind the bracket that closes the one at `ahead`. */
  behindBrackets(ahead: number): number {
    let depth = 0
    for (let at = ahead; ; at += 1) {
      const token = this.peek(at)
      if (token.kind === 'end') return at
      if (token.kind !== 'punctuation') continue
      if ('([{'.includes(token.text)) depth += 1
      else if (')]}'.includes(token.text)) depth -= 1
      if (depth === 0) return at + 1
    }
  }

  skip(count: number): void {
    for (let done = 0; done < count; done += 1) this.advance()
  }
}

export type TokenKind = 'identifier' | 'keyword' | 'operator' | 'punctuation' | 'number' | 'string' | 'regex' | 'directive' | 'end'

/** How whitespace binds an operator: `a + b` is infix, `-b` prefix, `b!` postfix. */
export type Fixity = 'prefix' | 'infix' | 'postfix'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Offset of the first character in the source. */
  readonly start: number
  /** Offset after the last character. */
  readonly end: number
  readonly line: number
  readonly column: number
  /** A line break stands between this token and the one before. */
  readonly newline: boolean
  readonly fixity?: Fixity
  /** Of a string literal: its text and the token runs of its interpolations. */
  readonly segments?: readonly StringSegment[]
}

export type StringSegment =
  | {readonly kind: 'text'; readonly value: string}
  | {readonly kind: 'interpolation'; readonly tokens: readonly Token[]}

export interface SyntaxDiagnostic {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly line: number
  readonly column: number
}

/** Words that are never plain identifiers (contextual words such as `actor`, `async`, `some` are identifiers). */
export const keywords: ReadonlySet<string> = new Set(
  (
    'associatedtype class deinit enum extension fileprivate func import init inout internal let operator private precedencegroup protocol public ' +
    'static struct subscript typealias var break case catch continue default defer do else fallthrough for guard if in repeat return throw switch ' +
    'where while Any as false is nil rethrows self Self super throws true try _'
  ).split(' '),
)

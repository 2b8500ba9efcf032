import type {Statement} from './ast.ts'
import {activeTokens, type ConditionOracle} from './conditional-compilation.ts'
import {Cursor, type Grammar, SyntaxFault} from './cursor.ts'
import {isDeclaration} from './declaration-start.ts'
import {lex} from './lexer.ts'
import {parseAttribute} from './parse-attribute.ts'
import {parseClosure} from './parse-closure.ts'
import {parseDeclaration} from './parse-declaration.ts'
import {parseExpression} from './parse-expression.ts'
import {parseArguments} from './parse-primary.ts'
import {parseBlock, parseStatement, parseStatements} from './parse-statement.ts'
import {parseGenericArguments, parseType} from './parse-type.ts'
import {sourceText} from './source-text.ts'
import type {SyntaxDiagnostic} from './token.ts'

export interface ParsedFile {
  readonly statements: readonly Statement[]
  /** In order of their place in the file; at most one per line. */
  readonly diagnostics: readonly SyntaxDiagnostic[]
}

/** Reads a Swift file: its statements, and what is wrong with its syntax. Never throws. */
export function parseFile(text: string, holds: ConditionOracle): ParsedFile {
  const source = sourceText(text)
  const cursor = new Cursor(source, activeTokens(source, lex(source), holds), grammar)
  const statements: Statement[] = []
  try {
    while (!cursor.ended) {
      statements.push(...parseStatements(cursor, () => false))
      if (cursor.ended) break
      source.report(cursor.current.start, "extraneous '}' at top level")
      cursor.advance()
    }
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    source.report(error.offset, error.message)
  }
  return {statements, diagnostics: onePerLine(source.diagnostics)}
}

const grammar: Grammar = {
  expression: parseExpression,
  arguments: parseArguments,
  closure: parseClosure,
  type: parseType,
  genericArguments: parseGenericArguments,
  block: parseBlock,
  statements: parseStatements,
  statement: parseStatement,
  isDeclaration,
  declaration: parseDeclaration,
  attribute: parseAttribute,
}

function onePerLine(diagnostics: readonly SyntaxDiagnostic[]): readonly SyntaxDiagnostic[] {
  const lines = new Set<string>()
  return diagnostics
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter(({line, severity}) => !lines.has(`${severity}${line}`) && lines.add(`${severity}${line}`))
}

import type {Expression, Statement} from '../swift/ast.ts'
import type {Program} from './program.ts'
import type {Recorder} from './recorder.ts'
import type {Scope} from './scope.ts'
import type {Value} from './value.ts'

export interface Returned {
  readonly value: Value
}

/** What the parts of the interpreter need of each other. */
export interface Evaluator {
  readonly program: Program
  readonly recorder: Recorder
  readonly source: (expression: Expression) => string
  /** Inside a `do` with `catch`, or where a throw is looked at: an unknown `try` settles nothing there. */
  readonly catches: boolean
  evaluate(expression: Expression, scope: Scope<Value>): Value
  run(statements: readonly Statement[], scope: Scope<Value>): Returned | undefined
  /** Runs a function body; a single expression is its value. */
  body(statements: readonly Statement[], scope: Scope<Value>): Value
  /** Runs one call deeper; too deep is uncertain. */
  enter<T>(run: () => T): T
  guarded<T>(attempt: () => T): T
  /** Statements of which nobody knows whether they run: what they could change is no longer known. */
  taint(statements: readonly Statement[], scope: Scope<Value>): void
  conditional(statement: Extract<Statement, {kind: 'if'}>, scope: Scope<Value>): Returned | undefined
}

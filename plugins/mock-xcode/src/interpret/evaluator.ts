import type {Expression} from '../swift/ast.ts'
import type {Recorder} from './recorder.ts'
import type {Scope} from './scope.ts'
import type {Value} from './value.ts'

/** What checks need of the interpreter. */
export interface Evaluator {
  readonly recorder: Recorder
  readonly source: (expression: Expression) => string
  evaluate(expression: Expression, scope: Scope): Value
  callValue(callable: Value, values: readonly Value[]): Value
  /** Runs `attempt` where a thrown error is looked at, so that an unknown `try` inside settles nothing. */
  guarded<T>(attempt: () => T): T
}

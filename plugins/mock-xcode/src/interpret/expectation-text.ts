import type {Expression} from '../swift/ast.ts'
import {walkExpression} from '../swift/walk.ts'
import type {Evaluator} from './evaluator.ts'
import type {Scope} from './scope.ts'
import {describe, type Value} from './value.ts'

/** A failed expectation as Swift Testing writes it: its source, with the value of each operand that is no literal. */
export function expectationText(evaluator: Evaluator, expression: Expression, value: Value, scope: Scope<Value>): string {
  if (expression.kind === 'binary')
    return `${operandText(evaluator, expression.left, scope)} ${expression.operator} ${operandText(evaluator, expression.right, scope)}`
  const source = evaluator.source(expression)
  return isLiteral(expression) ? source : `${source} → ${describe(value, true)}`
}

function operandText(evaluator: Evaluator, expression: Expression, scope: Scope<Value>): string {
  const source = evaluator.source(expression)
  return isLiteral(expression) ? source : `(${source} → ${describe(evaluator.evaluate(expression, scope), true)})`
}

/** Literals and arithmetic over them show no value. */
function isLiteral(expression: Expression): boolean {
  let plain = true
  walkExpression(expression, {
    expression: ({kind}) => {
      if (/^(?:name|member|call|subscript|macro|closure|statement|other)$/.test(kind)) plain = false
    },
  })
  return plain
}

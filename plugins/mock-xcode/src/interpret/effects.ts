import type {Expression, Statement} from '../swift/ast.ts'
import {walkStatements} from '../swift/walk.ts'
import {isCheck} from './check-names.ts'

/** What running some statements could do, when it is not known whether they run. */
export interface Effects {
  /** Local names and fields of `self` that are assigned. */
  readonly assigned: ReadonlySet<string>
  /** Whether they may leave the function, skip the test or end the process. */
  readonly mayLeave: boolean
  readonly checks: number
}

export function effectsOf(statements: readonly Statement[]): Effects {
  const assigned = new Set<string>()
  let mayLeave = false
  let checks = 0
  walkStatements(statements, {
    statement: (statement) => {
      if (statement.kind === 'return' || statement.kind === 'throw') mayLeave = true
      return statement.kind !== 'function' && statement.kind !== 'type'
    },
    expression: (expression) => {
      if (expression.kind === 'binary' && /^(?:[-+*/%&|^]?=|<<=|>>=)$/.test(expression.operator)) note(assigned, expression.left)
      if (expression.kind === 'prefix' && expression.operator === '&') note(assigned, expression.operand)
      if (expression.kind === 'call' && expression.callee.kind === 'member' && expression.callee.base !== undefined)
        note(assigned, expression.callee.base)
      if (
        expression.kind === 'call' &&
        expression.callee.kind === 'name' &&
        /^(?:fatalError|preconditionFailure|exit|abort)$/.test(expression.callee.name)
      )
        mayLeave = true
      if (isCheck(expression)) checks += 1
    },
  })
  return {assigned, mayLeave, checks}
}

function note(assigned: Set<string>, target: Expression): void {
  if (target.kind === 'name') assigned.add(target.name)
  else if (target.kind === 'member' && target.base !== undefined) {
    if (target.base.kind === 'name' && target.base.name === 'self') assigned.add(target.name)
    else note(assigned, target.base)
  } else if (target.kind === 'subscript') note(assigned, target.base)
  else if (target.kind === 'postfix') note(assigned, target.operand)
  else if (target.kind === 'tuple') for (const {value} of target.items) note(assigned, value)
}

import type {Expression} from '../swift/ast.ts'
import type {Evaluator} from './evaluator.ts'
import type {Scope} from './scope.ts'
import {unknown, type Value} from './value.ts'

/** Performs `target = value` where the target is a name, a field or `_`; of a subscript only that its base is no longer known. */
export function assign(evaluator: Evaluator, target: Expression, value: Value, scope: Scope<Value>): void {
  if (target.kind === 'name') {
    if (target.name !== '_') assignName(target.name, value, scope)
  } else if (target.kind === 'member' && target.base !== undefined) {
    const base = evaluator.evaluate(target.base, scope)
    if (base.kind === 'instance') base.fields.set(target.name, value)
  } else if (target.kind === 'subscript') assign(evaluator, target.base, unknown, scope)
  else if (target.kind === 'postfix') assign(evaluator, target.operand, unknown, scope)
  else if (target.kind === 'tuple') for (const item of target.items) assign(evaluator, item.value, unknown, scope)
}

export function assignName(name: string, value: Value, scope: Scope<Value>): void {
  if (!scope.assign(name, value) && scope.self?.kind === 'instance') scope.self.fields.set(name, value)
}

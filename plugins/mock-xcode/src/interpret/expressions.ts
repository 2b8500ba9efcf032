import type {Expression} from '../swift/ast.ts'
import {assign} from './assign.ts'
import {call} from './calls.ts'
import {checkMacro} from './checks.ts'
import type {Evaluator} from './evaluator.ts'
import {subscript} from './library.ts'
import {isCase, isOverloaded, lookUp, memberOf} from './lookup.ts'
import {ArithmeticFault, binary, coalesce, prefix} from './operators.ts'
import {Crashed, Thrown, Uncertain} from './recorder.ts'
import type {Scope} from './scope.ts'
import {bool, copied, describe, double, nil, nothing, string, unknown, type Value} from './value.ts'

/** The value of an expression, or unknown. */
export function evaluateExpression(evaluator: Evaluator, expression: Expression, scope: Scope<Value>): Value {
  switch (expression.kind) {
    case 'number':
      return number(expression.text)
    case 'boolean':
      return bool(expression.value)
    case 'nil':
      return nil
    case 'string': {
      const parts = expression.segments.map((segment) =>
        typeof segment === 'string' ? string(segment) : evaluator.evaluate(segment, scope),
      )
      return parts.some(({kind}) => kind === 'unknown' || kind === 'nil') ? unknown : string(parts.map((part) => describe(part)).join(''))
    }
    case 'array':
      return {kind: 'array', items: expression.items.map((item) => evaluator.evaluate(item, scope))}
    case 'dictionary':
      return {
        kind: 'dictionary',
        entries: expression.entries.map(([key, value]) => [evaluator.evaluate(key, scope), evaluator.evaluate(value, scope)]),
      }
    case 'tuple': {
      const items = expression.items.map(({label, value}) => ({label, value: evaluator.evaluate(value, scope)}))
      const [only] = items
      if (items.length === 0) return nothing
      return items.length === 1 && only !== undefined && only.label === undefined ? only.value : {kind: 'tuple', items}
    }
    case 'name':
      return lookUp(evaluator, expression.name, scope)
    case 'member':
      if (expression.base === undefined)
        return isCase(evaluator, expression.name) ? {kind: 'case', type: undefined, name: expression.name, payload: []} : unknown
      return memberOf(evaluator, evaluator.evaluate(expression.base, scope), expression.name) ?? unknown
    case 'subscript':
      return subscripted(evaluator, expression, scope)
    case 'prefix':
      return expression.operator === '&'
        ? evaluator.evaluate(expression.operand, scope)
        : prefix(expression.operator, evaluator.evaluate(expression.operand, scope))
    case 'postfix': {
      const value = evaluator.evaluate(expression.operand, scope)
      if (expression.operator === '!' && value.kind === 'nil')
        throw new Crashed('Fatal error: Unexpectedly found nil while unwrapping an Optional value')
      return expression.operator === '!' || expression.operator === '?' ? value : unknown
    }
    case 'binary':
      return binaryExpression(evaluator, expression, scope)
    case 'ternary': {
      const condition = evaluator.evaluate(expression.condition, scope)
      return condition.kind === 'bool' ? evaluator.evaluate(condition.value ? expression.yes : expression.no, scope) : unknown
    }
    case 'try':
      return tryExpression(evaluator, expression, scope)
    case 'closure':
      return {kind: 'closure', parameters: expression.parameters, body: expression.body, scope}
    case 'macro':
      return checkMacro(evaluator, expression, scope)
    case 'call':
      return call(evaluator, expression, scope)
    case 'statement':
      if (expression.statement.kind === 'if') return evaluator.conditional(expression.statement, scope)?.value ?? unknown
      evaluator.taint([expression.statement], scope)
      return unknown
    default:
      return unknown
  }
}

/** `left operator right`, where the program does not say itself what that means. */
export function operate(evaluator: Evaluator, operator: string, left: Value, right: Value): Value {
  if (isOverloaded(evaluator, operator === '!=' ? '==' : operator, [left, right])) return unknown
  try {
    return binary(operator, left, right)
  } catch (error) {
    if (error instanceof ArithmeticFault) throw new Crashed(`Fatal error: ${error.message}`)
    throw error
  }
}

function binaryExpression(
  evaluator: Evaluator,
  {operator, left, right}: Extract<Expression, {kind: 'binary'}>,
  scope: Scope<Value>,
): Value {
  if (operator === '=') {
    const before = left.kind === 'name' ? lookUp(evaluator, left.name, scope) : unknown
    const value = evaluator.evaluate(right, scope)
    assign(evaluator, left, before.kind === 'double' && value.kind === 'int' ? double(value.asDouble ?? value.value) : copied(value), scope)
    return nothing
  }
  if (/^[-+*/%]=$/.test(operator)) {
    assign(
      evaluator,
      left,
      copied(operate(evaluator, operator.slice(0, -1), evaluator.evaluate(left, scope), evaluator.evaluate(right, scope))),
      scope,
    )
    return nothing
  }
  if (/^(?:[&|^]|<<|>>|&[-+*])=$/.test(operator)) {
    assign(evaluator, left, unknown, scope)
    return nothing
  }
  if (operator === '&&' || operator === '||') {
    const first = evaluator.evaluate(left, scope)
    if (first.kind === 'bool' && first.value === (operator === '||')) return first
    const second = evaluator.evaluate(right, scope)
    if (first.kind === 'bool') return second
    return second.kind === 'bool' && second.value === (operator === '||') ? second : unknown
  }
  if (operator === '??') return coalesce(evaluator.evaluate(left, scope), () => evaluator.evaluate(right, scope))
  return operate(evaluator, operator, evaluator.evaluate(left, scope), evaluator.evaluate(right, scope))
}

function tryExpression(evaluator: Evaluator, {mode, operand}: Extract<Expression, {kind: 'try'}>, scope: Scope<Value>): Value {
  try {
    const value = evaluator.evaluate(operand, scope)
    if (value.kind === 'unknown' && mode === '' && evaluator.catches) throw new Uncertain()
    return value
  } catch (error) {
    if (!(error instanceof Thrown) || mode === '') throw error
    if (mode === '!') throw new Crashed(`Fatal error: 'try!' expression unexpectedly raised an error: ${describe(error.value, true)}`)
    return nil
  }
}

function subscripted(evaluator: Evaluator, {base, arguments: list}: Extract<Expression, {kind: 'subscript'}>, scope: Scope<Value>): Value {
  const [index] = list
  const collection = evaluator.evaluate(base, scope)
  if (index === undefined || list.length > 1 || index.label !== undefined) return unknown
  if (collection.kind !== 'array' && collection.kind !== 'dictionary') return unknown
  const at = evaluator.evaluate(index.value, scope)
  if (at.kind === 'unknown') return unknown
  const value = subscript(collection, at)
  if (value === undefined) throw new Crashed('Fatal error: Index out of range')
  return value
}

function number(text: string): Value {
  const plain = text.replaceAll('_', '')
  if (/^0[xob]/.test(plain)) return /[.pP]/.test(plain) ? unknown : whole(Number(plain))
  return /[.eE]/.test(plain) ? double(Number(plain)) : whole(Number(plain))
}

function whole(value: number): Value {
  return Number.isSafeInteger(value) ? {kind: 'int', value, asDouble: value} : unknown
}

import type {Argument, Expression} from '../swift/ast.ts'
import type {Evaluator} from './evaluator.ts'
import {expectationText} from './expectation-text.ts'
import {isOverloaded} from './lookup.ts'
import {Skipped, Thrown, Uncertain} from './recorder.ts'
import {Scope} from './scope.ts'
import {compare, describe, equal, nothing, string, unknown, type Value} from './value.ts'

type CallExpression = Extract<Expression, {kind: 'call'}>
type MacroExpression = Extract<Expression, {kind: 'macro'}>

interface Check {
  readonly evaluator: Evaluator
  readonly scope: Scope<Value>
  readonly place: Expression
  readonly list: readonly Argument[]
}

/** Performs a call of XCTest or of Swift Testing's library. Undefined: it is neither. */
export function callCheck(evaluator: Evaluator, expression: CallExpression, scope: Scope<Value>): Value | undefined {
  const {callee, arguments: list} = expression
  const check: Check = {evaluator, scope, place: expression, list}
  if (callee.kind === 'member') {
    if (callee.base?.kind !== 'name' || callee.base.name !== 'Issue' || callee.name !== 'record') return undefined
    const comment = list[0] === undefined ? undefined : text(check, list[0])
    evaluator.recorder.issue('Issue recorded', expression.line, expression.column, comment === undefined ? [] : [comment])
    return nothing
  }
  if (callee.kind !== 'name') return undefined
  switch (callee.name) {
    case 'XCTFail':
      failed(check, 'failed', 0)
      return nothing
    case 'XCTAssert':
    case 'XCTAssertTrue':
      return truth(check, true, 'XCTAssertTrue failed')
    case 'XCTAssertFalse':
      return truth(check, false, 'XCTAssertFalse failed')
    case 'XCTAssertEqual':
    case 'XCTAssertNotEqual':
      return equality(check, callee.name)
    case 'XCTAssertNil':
    case 'XCTAssertNotNil':
      return nullness(check, callee.name)
    case 'XCTAssertGreaterThan':
    case 'XCTAssertGreaterThanOrEqual':
    case 'XCTAssertLessThan':
    case 'XCTAssertLessThanOrEqual':
      return order(check, callee.name)
    case 'XCTUnwrap': {
      const value = operand(check, 0)
      if (value.kind === 'unknown') return notEvaluated(check)
      if (value.kind !== 'nil') return value
      failed(check, 'XCTUnwrap failed: expected non-nil value', 1)
      throw new Uncertain()
    }
    case 'XCTAssertThrowsError':
    case 'XCTAssertNoThrow':
      return throwing(check, callee.name)
    case 'XCTSkip':
      return {
        kind: 'instance',
        type: 'XCTSkip',
        fields: new Map([['message', list[0] === undefined ? string('') : evaluator.evaluate(list[0].value, scope)]]),
        reference: false,
      }
    case 'XCTSkipIf':
    case 'XCTSkipUnless': {
      const condition = operand(check, 0)
      if (condition.kind !== 'bool') throw new Uncertain()
      if (condition.value === (callee.name === 'XCTSkipIf'))
        throw new Skipped(list[1] === undefined ? '' : (text(check, list[1]) ?? ''), expression.line)
      return nothing
    }
    case 'XCTExpectFailure':
      return expectFailure(check)
    case 'withKnownIssue':
      return knownIssue(check)
    default:
      return undefined
  }
}

/** Performs `#expect` and `#require`; any other macro is unknown. */
export function checkMacro(evaluator: Evaluator, expression: MacroExpression, scope: Scope<Value>): Value {
  const check: Check = {evaluator, scope, place: expression, list: expression.arguments}
  if (expression.name !== 'expect' && expression.name !== 'require') return unknown
  const [first] = expression.arguments
  if (first === undefined) return unknown
  if (first.label === 'throws' || first.label === 'performing') return expectThrows(check, first)
  const value = evaluator.evaluate(first.value, scope)
  const comments = expression.arguments.slice(1).flatMap((argument) => (argument.label === undefined ? (text(check, argument) ?? []) : []))
  if (value.kind === 'unknown') return notEvaluated(check)
  const fails = value.kind === 'bool' ? !value.value : value.kind === 'nil'
  if (fails) {
    evaluator.recorder.issue(
      `Expectation failed: ${expectationText(evaluator, first.value, value, scope)}`,
      expression.line,
      expression.column,
      comments,
    )
    if (expression.name === 'require') throw new RequirementFailed()
  }
  return value
}

/** `#require` ends the test; its issue is already recorded. */
export class RequirementFailed extends Error {}

function truth(check: Check, wanted: boolean, message: string): Value {
  const value = operand(check, 0)
  if (value.kind !== 'bool') return notEvaluated(check)
  if (value.value !== wanted) failed(check, message, 1)
  return nothing
}

function equality(check: Check, name: string): Value {
  const [left, right] = [operand(check, 0), operand(check, 1)]
  const accuracy = check.list.find(({label}) => label === 'accuracy')
  const wanted = name === 'XCTAssertEqual'
  let same = isOverloaded(check.evaluator, '==', [left, right]) ? undefined : equal(left, right)
  let tail = ''
  if (accuracy !== undefined) {
    const margin = check.evaluator.evaluate(accuracy.value, check.scope)
    const difference = compare(left, right)
    same =
      (margin.kind === 'double' || margin.kind === 'int') && difference !== undefined ? Math.abs(difference) <= margin.value : undefined
    tail = ` +/- ("${describe(margin)}")`
  }
  if (same === undefined) return notEvaluated(check)
  if (same !== wanted)
    failed(check, `${name} failed: ("${describe(left)}") is ${wanted ? 'not equal' : 'equal'} to ("${describe(right)}")${tail}`, 2)
  return nothing
}

function nullness(check: Check, name: string): Value {
  const value = operand(check, 0)
  if (value.kind === 'unknown') return notEvaluated(check)
  const isNil = value.kind === 'nil'
  if (isNil !== (name === 'XCTAssertNil')) failed(check, isNil ? `${name} failed` : `${name} failed: "${describe(value)}"`, 1)
  return nothing
}

const orders: Readonly<Record<string, readonly [holds: (difference: number) => boolean, otherwise: string]>> = {
  XCTAssertGreaterThan: [(difference) => difference > 0, 'is not greater than'],
  XCTAssertGreaterThanOrEqual: [(difference) => difference >= 0, 'is less than'],
  XCTAssertLessThan: [(difference) => difference < 0, 'is not less than'],
  XCTAssertLessThanOrEqual: [(difference) => difference <= 0, 'is greater than'],
}

function order(check: Check, name: string): Value {
  const [left, right] = [operand(check, 0), operand(check, 1)]
  const difference = compare(left, right)
  const rule = orders[name]
  if (difference === undefined || rule === undefined) return notEvaluated(check)
  if (!rule[0](difference)) failed(check, `${name} failed: ("${describe(left)}") ${rule[1]} ("${describe(right)}")`, 2)
  return nothing
}

function throwing(check: Check, name: string): Value {
  const [first] = check.list
  if (first === undefined) return unknown
  const {thrown, value} = attempt(check, () => check.evaluator.evaluate(first.value, check.scope))
  if (thrown === undefined && value?.kind === 'unknown') return notEvaluated(check)
  if (name === 'XCTAssertThrowsError') {
    if (thrown === undefined) failed(check, 'XCTAssertThrowsError failed: did not throw an error', 1)
  } else if (thrown !== undefined) failed(check, `XCTAssertNoThrow failed: threw error "${describe(thrown.value)}"`, 1)
  return nothing
}

function expectThrows(check: Check, first: Argument): Value {
  const body = check.list.find(({value}) => value.kind === 'closure')
  if (body === undefined) return unknown
  const closure = check.evaluator.evaluate(body.value, check.scope)
  const {thrown, value} = attempt(check, () => runClosure(check, closure, []))
  const never = first.value.kind === 'member' && first.value.base?.kind === 'name' && first.value.base.name === 'Never'
  if (thrown === undefined && (value === undefined || value.kind === 'unknown')) return notEvaluated(check)
  if (thrown === undefined && !never) {
    check.evaluator.recorder.issue('Expectation failed: an error was expected but none was thrown', check.place.line, check.place.column)
  } else if (thrown !== undefined && never) {
    check.evaluator.recorder.issue(
      `Expectation failed: an error was thrown when none was expected: ${describe(thrown.value, true)}`,
      check.place.line,
      check.place.column,
    )
  }
  return thrown?.value ?? nothing
}

function attempt(check: Check, run: () => Value): {readonly thrown?: Thrown; readonly value?: Value} {
  try {
    return {value: check.evaluator.guarded(run)}
  } catch (error) {
    if (error instanceof Thrown) return {thrown: error}
    if (error instanceof Uncertain) return {value: unknown}
    throw error
  }
}

function expectFailure(check: Check): Value {
  const {recorder} = check.evaluator
  const reason = check.list.find(({label, value}) => label === undefined && value.kind !== 'closure')
  const strict = check.list.find(({label}) => label === 'strict')?.value
  const closure = check.list.find(({value}) => value.kind === 'closure')
  const enabled = check.list.find(({label}) => label === 'enabled')?.value
  if (enabled !== undefined) {
    const value = check.evaluator.evaluate(enabled, check.scope)
    if (value.kind !== 'bool') throw new Uncertain()
    if (!value.value) return closure === undefined ? nothing : runClosure(check, check.evaluator.evaluate(closure.value, check.scope), [])
  }
  recorder.expectFailure(
    reason === undefined ? '' : (text(check, reason) ?? ''),
    check.place.line,
    !(strict?.kind === 'boolean' && !strict.value),
  )
  if (closure === undefined) return nothing
  const value = runClosure(check, check.evaluator.evaluate(closure.value, check.scope), [])
  recorder.endExpectation((expected) => `Expected failure '${expected}' but none recorded`)
  return value
}

function knownIssue(check: Check): Value {
  const {recorder} = check.evaluator
  const comment = check.list.find(({label, value}) => label === undefined && value.kind !== 'closure')
  const intermittent = check.list.some(({label, value}) => label === 'isIntermittent' && !(value.kind === 'boolean' && !value.value))
  const [body] = check.list.filter(({value}) => value.kind === 'closure')
  recorder.expectFailure(comment === undefined ? '' : (text(check, comment) ?? ''), check.place.line, !intermittent)
  if (body !== undefined) {
    const {thrown, value} = attempt(check, () => runClosure(check, check.evaluator.evaluate(body.value, check.scope), []))
    if (thrown !== undefined) recorder.issue(`Caught error: ${describe(thrown.value, true)}`, thrown.line, thrown.column)
    else if (value?.kind === 'unknown') recorder.notEvaluated += 1
  }
  recorder.endExpectation(() => 'Known issue was not recorded')
  return nothing
}

function failed(check: Check, message: string, operands: number): void {
  const {recorder} = check.evaluator
  const comment = check.list.filter(({label}) => label === undefined)[operands]
  const said = comment === undefined ? undefined : text(check, comment)
  recorder.issue(said === undefined || said === '' ? message : `${message} - ${said}`, check.place.line, check.place.column)
}

function operand({evaluator, scope, list}: Check, index: number): Value {
  const argument = list.filter(({label}) => label === undefined)[index]
  return argument === undefined ? unknown : evaluator.evaluate(argument.value, scope)
}

function text({evaluator, scope}: Check, argument: Argument): string | undefined {
  const value = evaluator.evaluate(argument.value, scope)
  return value.kind === 'string' ? value.value : undefined
}

function notEvaluated({evaluator}: Check): Value {
  evaluator.recorder.notEvaluated += 1
  return unknown
}

function runClosure({evaluator}: Check, closure: Value, values: readonly Value[]): Value {
  if (closure.kind !== 'closure' || values.length > 0) return unknown
  return evaluator.enter(() => evaluator.body(closure.body, new Scope(closure.scope)))
}

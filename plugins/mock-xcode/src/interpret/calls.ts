import type {Argument, Expression, FunctionDeclaration} from '../swift/ast.ts'
import {assign, assignName} from './assign.ts'
import {callCheck} from './checks.ts'
import {coerce} from './coerce.ts'
import {effectsOf} from './effects.ts'
import type {Evaluator} from './evaluator.ts'
import {elements, freeFunction, method} from './library.ts'
import {ancestry, isCase, properties} from './lookup.ts'
import {Crashed, Uncertain} from './recorder.ts'
import {Scope} from './scope.ts'
import {copied, describe, nil, nothing, unknown, type Value} from './value.ts'

type Call = Extract<Expression, {kind: 'call'}>
type Member = Extract<Expression, {kind: 'member'}>
type Instance = Extract<Value, {kind: 'instance'}>
type List = readonly Argument[]

/** Performs a call: a check, a function or initialiser of the program, a bit of the standard library; any other is unknown. */
export function call(evaluator: Evaluator, expression: Call, scope: Scope<Value>): Value {
  const {callee, arguments: list} = expression
  const checked = callCheck(evaluator, expression, scope)
  if (checked !== undefined) return checked
  if (callee.kind === 'name') return callName(evaluator, callee.name, list, scope)
  if (callee.kind === 'member') return callMember(evaluator, callee, list, scope)
  const called = evaluator.evaluate(callee, scope)
  return called.kind === 'closure' ? callClosure(evaluator, called, values(evaluator, list, scope)) : unknownCall(evaluator, list, scope)
}

export function callValue(evaluator: Evaluator, callable: Value, parameters: readonly Value[]): Value {
  return callable.kind === 'closure' ? callClosure(evaluator, callable, parameters) : unknown
}

function callName(evaluator: Evaluator, name: string, list: List, scope: Scope<Value>): Value {
  const local = scope.get(name)
  if (local !== undefined)
    return local.kind === 'closure' ? callClosure(evaluator, local, values(evaluator, list, scope)) : unknownCall(evaluator, list, scope)
  if (name === 'print') {
    const parts = list.filter(({label}) => label === undefined).map(({value}) => evaluator.evaluate(value, scope))
    evaluator.recorder.printed.push(parts.map((value) => describe(value)).join(' '))
    return nothing
  }
  trap(evaluator, name, list, scope)
  if (scope.self !== undefined) {
    const found = matching(ownFunctions(evaluator, scope.self), name, list)
    if (found !== undefined) return invoke(evaluator, found, list, scope, scope.self)
  }
  const free = matching(evaluator.program.functions.get(name) ?? [], name, list)
  if (free !== undefined) return invoke(evaluator, free, list, scope, undefined)
  if (evaluator.program.types.has(name)) return construct(evaluator, name, list, scope)
  const known = values(evaluator, list, scope)
  if (evaluator.program.functions.has(name) || known.some(({kind}) => kind === 'unknown')) return unknownCall(evaluator, list, scope)
  return freeFunction(name, known) ?? unknownCall(evaluator, list, scope)
}

function ownFunctions(evaluator: Evaluator, self: Value): readonly FunctionDeclaration[] {
  if (self.kind === 'instance') return ancestry(evaluator, self.type).flatMap(({functions}) => functions)
  return self.kind === 'type' ? (evaluator.program.types.get(self.name)?.staticFunctions ?? []) : []
}

function trap(evaluator: Evaluator, name: string, list: List, scope: Scope<Value>): void {
  if (/^(?:fatalError|preconditionFailure|assertionFailure)$/.test(name)) {
    const message = list[0] === undefined ? undefined : evaluator.evaluate(list[0].value, scope)
    throw new Crashed(message?.kind === 'string' ? `Fatal error: ${message.value}` : 'Fatal error')
  }
  if ((name === 'precondition' || name === 'assert') && list[0] !== undefined) {
    const condition = evaluator.evaluate(list[0].value, scope)
    if (condition.kind === 'bool' && !condition.value)
      throw new Crashed(`Fatal error: ${name === 'assert' ? 'Assertion' : 'Precondition'} failed`)
  }
}

function callMember(evaluator: Evaluator, callee: Member, list: List, scope: Scope<Value>): Value {
  const {base: target, name} = callee
  if (target === undefined)
    return isCase(evaluator, name)
      ? {kind: 'case', type: undefined, name, payload: payload(evaluator, list, scope)}
      : unknownCall(evaluator, list, scope)
  if (target.kind === 'name' && target.name === 'super') return nothing
  const base = evaluator.evaluate(target, scope)
  if (base.kind === 'nil') return nil
  if (base.kind === 'instance') return callOnInstance(evaluator, base, name, list, scope)
  if (base.kind === 'type') {
    if (name === 'init') return construct(evaluator, base.name, list, scope)
    const type = evaluator.program.types.get(base.name)
    const found = matching(type?.staticFunctions ?? [], name, list)
    if (found !== undefined) return invoke(evaluator, found, list, scope, base)
    return type?.cases.has(name) === true
      ? {kind: 'case', type: base.name, name, payload: payload(evaluator, list, scope)}
      : unknownCall(evaluator, list, scope)
  }
  if (base.kind === 'array' && name === 'append' && list[0] !== undefined) {
    const item = copied(evaluator.evaluate(list[0].value, scope))
    const added = list[0].label === 'contentsOf' ? elements(item) : [item]
    assign(evaluator, target, added === undefined ? unknown : {kind: 'array', items: [...base.items, ...added]}, scope)
    return nothing
  }
  const known = values(evaluator, list, scope)
  const labels = list.map(({label}) => label)
  const plain = base.kind !== 'unknown' && base.kind !== 'case' && known.every(({kind}) => kind !== 'unknown')
  const answer = plain ? method(base, name, known, labels, (closure, parameters) => callValue(evaluator, closure, parameters)) : undefined
  if (answer !== undefined) return answer
  assign(evaluator, target, unknown, scope)
  return unknownCall(evaluator, list, scope)
}

function callOnInstance(evaluator: Evaluator, base: Instance, name: string, list: List, scope: Scope<Value>): Value {
  const found = matching(ownFunctions(evaluator, base), name, list)
  if (found !== undefined) return invoke(evaluator, found, list, scope, base)
  const field = base.fields.get(name)
  if (field?.kind === 'closure') return callClosure(evaluator, field, values(evaluator, list, scope))
  forget(base)
  return unknownCall(evaluator, list, scope)
}

function payload(
  evaluator: Evaluator,
  list: List,
  scope: Scope<Value>,
): readonly {readonly label: string | undefined; readonly value: Value}[] {
  return list.map(({label, value}) => ({label, value: copied(evaluator.evaluate(value, scope))}))
}

function values(evaluator: Evaluator, list: List, scope: Scope<Value>): readonly Value[] {
  return list.map(({value}) => evaluator.evaluate(value, scope))
}

/** Of a call into the unknown: closures it gets may run, `&x` may change. */
function unknownCall(evaluator: Evaluator, list: List, scope: Scope<Value>): Value {
  for (const {value} of list) {
    if (value.kind === 'closure') {
      const {assigned, checks} = effectsOf(value.body)
      evaluator.recorder.notEvaluated += checks
      for (const name of assigned) assignName(name, unknown, scope)
    } else if (value.kind === 'prefix' && value.operator === '&') assign(evaluator, value.operand, unknown, scope)
  }
  return unknown
}

function forget(instance: Instance): void {
  for (const field of instance.fields.keys()) instance.fields.set(field, unknown)
}

function callClosure(evaluator: Evaluator, {parameters, body, scope}: Extract<Value, {kind: 'closure'}>, given: readonly Value[]): Value {
  const inner = new Scope(scope)
  for (const [index, value] of given.entries()) {
    inner.declare(`$${index}`, copied(value))
    const name = parameters[index]
    if (name !== undefined) inner.declare(name, copied(value))
  }
  return evaluator.enter(() => evaluator.body(body, inner))
}

function construct(evaluator: Evaluator, name: string, list: List, scope: Scope<Value>): Value {
  const type = evaluator.program.types.get(name)
  if (type === undefined || type.opaque || !/^(?:struct|class|actor)$/.test(type.kind)) return unknownCall(evaluator, list, scope)
  const instance: Instance = {kind: 'instance', type: name, fields: new Map(), reference: type.kind !== 'struct'}
  const stored = properties(evaluator, name).filter(({getter}) => getter === undefined)
  for (const {name: field, value, type: written} of stored) {
    if (field !== undefined)
      instance.fields.set(
        field,
        value === undefined ? unknown : coerce(evaluator.evaluate(value, new Scope<Value>(undefined, instance)), written),
      )
  }
  const initializers = ancestry(evaluator, name).flatMap((one) => one.initializers)
  const found = matching(initializers, 'init', list)
  if (found !== undefined) {
    if (invoke(evaluator, found, list, scope, instance).kind === 'nil') return nil
    return instance
  }
  if (type.initializers.length > 0 || (type.kind !== 'struct' && list.length > 0)) return unknownCall(evaluator, list, scope)
  for (const {label, value} of list) {
    if (label === undefined) return unknownCall(evaluator, list, scope)
    const written = stored.find((binding) => binding.name === label)
    const given = evaluator.evaluate(value, scope)
    const initial = instance.fields.get(label)
    instance.fields.set(label, coerce(given, written?.type ?? (initial?.kind === 'double' ? 'Double' : undefined)))
  }
  return instance
}

/** Runs a function of the program with the arguments of a call. */
function invoke(evaluator: Evaluator, declaration: FunctionDeclaration, list: List, scope: Scope<Value>, self: Value | undefined): Value {
  const {body, parameters, returns} = declaration
  const inner = new Scope<Value>(undefined, self)
  let next = 0
  for (const {label, name, type, value} of parameters) {
    const argument = list[next]
    if (argument !== undefined && (argument.label === label || (argument.label === undefined && argument.value.kind === 'closure'))) {
      inner.declare(name, coerce(evaluator.evaluate(argument.value, scope), type))
      next += 1
    } else inner.declare(name, value === undefined ? unknown : coerce(evaluator.evaluate(value, new Scope<Value>()), type))
  }
  if (body === undefined || list.some(({value}) => value.kind === 'prefix' && value.operator === '&'))
    return unknownCall(evaluator, list, scope)
  try {
    const value = evaluator.enter(() => evaluator.body(body, inner))
    return returns === undefined ? value : coerce(value, returns === 'Self' ? undefined : returns)
  } catch (error) {
    if (!(error instanceof Uncertain)) throw error
    if (self?.kind === 'instance') forget(self)
    return unknownCall(evaluator, list, scope)
  }
}

/** The one declaration that takes these labels; undefined when none or several do, or when it takes any number. */
function matching(declarations: readonly FunctionDeclaration[], name: string, list: List): FunctionDeclaration | undefined {
  const fitting = declarations.filter((declaration) => declaration.name === name && accepts(declaration, list))
  const [only] = fitting
  return fitting.length === 1 && only?.parameters.every(({variadic}) => !variadic) === true ? only : undefined
}

function accepts({parameters}: FunctionDeclaration, list: List): boolean {
  let next = 0
  for (const {label, value, variadic} of parameters) {
    const argument = list[next]
    if (variadic) return true
    if (argument !== undefined && (argument.label === label || (argument.label === undefined && argument.value.kind === 'closure')))
      next += 1
    else if (value === undefined) return false
  }
  return next === list.length
}

import type {Binding} from '../swift/ast.ts'
import {coerce} from './coerce.ts'
import type {Evaluator} from './evaluator.ts'
import {property} from './library.ts'
import type {ProgramType} from './program.ts'
import {Scope} from './scope.ts'
import {nil, unknown, type Value} from './value.ts'

/** What a name stands for: a local, a member of `self`, a global, a type; else unknown. */
export function lookUp(evaluator: Evaluator, name: string, scope: Scope<Value>): Value {
  if (name === 'self') return scope.self ?? unknown
  const local = scope.get(name)
  if (local !== undefined) return local
  if (name === 'Self') return scope.self?.kind === 'instance' ? {kind: 'type', name: scope.self.type} : (scope.self ?? unknown)
  const own = scope.self === undefined ? undefined : memberOf(evaluator, scope.self, name)
  if (own !== undefined) return own
  const global = evaluator.program.globals.get(name)
  if (global !== undefined) return initialValue(evaluator, global, new Scope<Value>())
  return evaluator.program.types.has(name) ? {kind: 'type', name} : unknown
}

/** A member that is no call; undefined when the value has none of that name that is known here. */
export function memberOf(evaluator: Evaluator, base: Value, name: string): Value | undefined {
  if (base.kind === 'nil') return nil
  if (base.kind === 'tuple') return base.items.find(({label}, index) => label === name || String(index) === name)?.value
  if (base.kind === 'instance') {
    const field = base.fields.get(name)
    if (field !== undefined) return field
    const declared = properties(evaluator, base.type).find((candidate) => candidate.name === name)
    return declared === undefined ? undefined : initialValue(evaluator, declared, new Scope<Value>(undefined, base))
  }
  if (base.kind === 'type') {
    if (name === 'self') return base
    const type = evaluator.program.types.get(base.name)
    const declared = type?.staticProperties.find((candidate) => candidate.name === name)
    if (declared !== undefined) return initialValue(evaluator, declared, new Scope<Value>(undefined, base))
    return type?.cases.has(name) === true ? {kind: 'case', type: base.name, name, payload: []} : undefined
  }
  return property(base, name)
}

/** What a declaration says its value is: the getter's, or the initial one. */
export function initialValue(evaluator: Evaluator, {value, getter, type}: Binding, scope: Scope<Value>): Value {
  if (getter !== undefined)
    return coerce(
      evaluator.enter(() => evaluator.body(getter, scope)),
      type,
    )
  return value === undefined
    ? unknown
    : coerce(
        evaluator.enter(() => evaluator.evaluate(value, scope)),
        type,
      )
}

/** Whether `.name` is an enum case wherever it could be looked up. */
export function isCase({program}: Evaluator, name: string): boolean {
  const types = [...program.types.values()]
  return (
    types.some(({cases}) => cases.has(name)) &&
    !types.some(({staticProperties, staticFunctions}) =>
      [...staticProperties, ...staticFunctions].some((declared) => declared.name === name),
    )
  )
}

export function properties(evaluator: Evaluator, type: string): readonly Binding[] {
  return ancestry(evaluator, type).flatMap((one) => one.properties)
}

/** The type, then its superclasses as far as the program holds them. */
export function ancestry({program}: Evaluator, name: string): readonly ProgramType[] {
  const found: ProgramType[] = []
  let type = program.types.get(name)
  while (type !== undefined && !found.includes(type)) {
    found.push(type)
    type = program.types.get(type.kind === 'class' ? (type.inherits[0] ?? '') : '')
  }
  return found
}

/** Whether the program says itself what `operator` means for one of these values. */
export function isOverloaded({program}: Evaluator, operator: string, values: readonly Value[]): boolean {
  return values.some((value) => {
    const name = value.kind === 'instance' || value.kind === 'case' ? value.type : undefined
    if (value.kind !== 'instance' && value.kind !== 'case') return false
    return (
      program.functions.has(operator) ||
      (name !== undefined && program.types.get(name)?.staticFunctions.some((declared) => declared.name === operator) === true)
    )
  })
}

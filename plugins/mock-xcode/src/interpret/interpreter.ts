import type {Argument, Binding, Condition, Expression, FunctionDeclaration, Statement} from '../swift/ast.ts'
import {callCheck, checkMacro} from './checks.ts'
import {effectsOf} from './effects.ts'
import {elements, freeFunction, method, property, subscript} from './library.ts'
import {ArithmeticFault, binary, coalesce, prefix} from './operators.ts'
import type {Evaluator} from './evaluator.ts'
import type {Program, ProgramType} from './program.ts'
import {Crashed, type Recorder, Thrown, Uncertain} from './recorder.ts'
import {Scope} from './scope.ts'
import {bool, copied, describe, double, int, nil, nothing, string, unknown, type Value} from './value.ts'

interface Returned {
  readonly value: Value
}

const maximumDepth = 60
const maximumSteps = 200_000

/** Runs the part of Swift whose outcome is plain from the source; everything else is `unknown`, and nothing is guessed. */
export class Interpreter implements Evaluator {
  readonly program: Program
  readonly recorder: Recorder
  readonly source: (expression: Expression) => string
  private depth = 0
  private steps = 0
  private catching = 0

  constructor(program: Program, recorder: Recorder, source: (expression: Expression) => string) {
    this.program = program
    this.recorder = recorder
    this.source = source
  }

  /** Runs a function body; a single expression is its value. */
  body(statements: readonly Statement[], scope: Scope): Value {
    const [only] = statements
    if (statements.length === 1 && only?.kind === 'expression') return this.evaluate(only.value, scope)
    return this.run(statements, scope)?.value ?? nothing
  }

  run(statements: readonly Statement[], scope: Scope): Returned | undefined {
    const deferred: (readonly Statement[])[] = []
    try {
      for (const statement of statements) {
        if (statement.kind === 'defer') deferred.unshift(statement.body)
        else {
          const returned = this.statement(statement, scope)
          if (returned !== undefined) return returned
        }
      }
      return undefined
    } finally {
      for (const body of deferred) this.run(body, new Scope(scope))
    }
  }

  private statement(statement: Statement, scope: Scope): Returned | undefined {
    this.steps += 1
    if (this.steps > maximumSteps) throw new Uncertain()
    switch (statement.kind) {
      case 'expression':
        this.evaluate(statement.value, scope)
        return undefined
      case 'variable':
        for (const binding of statement.bindings) this.bind(binding, scope)
        return undefined
      case 'return':
        return {value: statement.value === undefined ? nothing : this.evaluate(statement.value, scope)}
      case 'throw':
        throw new Thrown(this.evaluate(statement.value, scope), statement.line, statement.column)
      case 'if':
        return this.ifStatement(statement, scope)
      case 'guard': {
        const inner = new Scope(scope)
        const verdict = this.conditions(statement.conditions, scope)
        if (verdict === undefined) throw new Uncertain()
        if (verdict) return undefined
        return this.run(statement.otherwise, inner) ?? {value: unknown}
      }
      case 'for': {
        const items = statement.filtered ? undefined : elements(this.evaluate(statement.sequence, scope))
        if (items === undefined) return this.taint(statement.body, scope)
        for (const item of items) {
          const inner = new Scope(scope)
          if (statement.name !== undefined) inner.declare(statement.name, item)
          const returned = this.run(statement.body, inner)
          if (returned !== undefined) return returned
        }
        return undefined
      }
      case 'do':
        return this.doStatement(statement, scope)
      case 'block':
        return this.taint(statement.blocks.flat(), scope)
      case 'other':
        throw new Uncertain()
      default:
        return undefined
    }
  }

  private bind({name, value, getter}: Binding, scope: Scope): void {
    const bound = value === undefined || getter !== undefined ? unknown : copied(this.evaluate(value, scope))
    if (name !== undefined) scope.declare(name, bound)
  }

  private ifStatement(statement: Extract<Statement, {kind: 'if'}>, scope: Scope): Returned | undefined {
    const inner = new Scope(scope)
    const verdict = this.conditions(statement.conditions, inner)
    if (verdict === undefined) return this.taint([...statement.body, ...(statement.otherwise ?? [])], scope)
    if (verdict) return this.run(statement.body, inner)
    return statement.otherwise === undefined ? undefined : this.run(statement.otherwise, new Scope(scope))
  }

  private doStatement(statement: Extract<Statement, {kind: 'do'}>, scope: Scope): Returned | undefined {
    if (statement.catches.length === 0) return this.run(statement.body, new Scope(scope))
    this.catching += 1
    try {
      return this.run(statement.body, new Scope(scope))
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      const [clause] = statement.catches
      if (clause === undefined || statement.catches.length > 1) throw new Uncertain()
      const inner = new Scope(scope)
      inner.declare('error', error.value)
      return this.run(clause, inner)
    } finally {
      this.catching -= 1
    }
  }

  /** Statements of which nobody knows whether they run: what they could change is no longer known. */
  private taint(statements: readonly Statement[], scope: Scope): undefined {
    const {assigned, mayLeave, checks} = effectsOf(statements)
    this.recorder.notEvaluated += checks
    if (mayLeave) throw new Uncertain()
    for (const name of assigned) if (!scope.assign(name, unknown) && scope.self?.kind === 'instance') scope.self.fields.set(name, unknown)
  }

  private conditions(conditions: readonly Condition[], scope: Scope): boolean | undefined {
    for (const condition of conditions) {
      if (condition.kind === 'other') return undefined
      if (condition.kind === 'binding') {
        const value = condition.value === undefined ? this.name(condition.name ?? '', scope) : this.evaluate(condition.value, scope)
        if (value.kind === 'unknown') return undefined
        if (value.kind === 'nil') return false
        if (condition.name !== undefined) scope.declare(condition.name, copied(value))
        continue
      }
      const value = this.evaluate(condition.value, scope)
      if (value.kind !== 'bool') return undefined
      if (!value.value) return false
    }
    return true
  }

  evaluate(expression: Expression, scope: Scope): Value {
    this.steps += 1
    if (this.steps > maximumSteps) throw new Uncertain()
    switch (expression.kind) {
      case 'number':
        return number(expression.text)
      case 'boolean':
        return bool(expression.value)
      case 'nil':
        return nil
      case 'string': {
        const parts = expression.segments.map((segment) => (typeof segment === 'string' ? string(segment) : this.evaluate(segment, scope)))
        return parts.some(({kind}) => kind === 'unknown' || kind === 'nil') ? unknown : string(parts.map((part) => describe(part)).join(''))
      }
      case 'array': {
        const items = expression.items.map((item) => copied(this.evaluate(item, scope)))
        return {kind: 'array', items}
      }
      case 'dictionary':
        return {
          kind: 'dictionary',
          entries: expression.entries.map(([key, value]) => [this.evaluate(key, scope), copied(this.evaluate(value, scope))]),
        }
      case 'tuple': {
        const items = expression.items.map(({label, value}) => ({label, value: copied(this.evaluate(value, scope))}))
        const [only] = items
        if (items.length === 0) return nothing
        return items.length === 1 && only !== undefined && only.label === undefined ? only.value : {kind: 'tuple', items}
      }
      case 'name':
        return this.name(expression.name, scope)
      case 'member':
        return this.member(expression, scope)
      case 'subscript':
        return this.subscripted(expression, scope)
      case 'prefix':
        return expression.operator === '&'
          ? this.evaluate(expression.operand, scope)
          : prefix(expression.operator, this.evaluate(expression.operand, scope))
      case 'postfix': {
        const value = this.evaluate(expression.operand, scope)
        if (expression.operator === '!' && value.kind === 'nil')
          throw new Crashed('Fatal error: Unexpectedly found nil while unwrapping an Optional value')
        return expression.operator === '!' || expression.operator === '?' ? value : unknown
      }
      case 'binary':
        return this.binaryExpression(expression, scope)
      case 'ternary': {
        const condition = this.evaluate(expression.condition, scope)
        if (condition.kind !== 'bool') return unknown
        return this.evaluate(condition.value ? expression.yes : expression.no, scope)
      }
      case 'try':
        return this.tryExpression(expression, scope)
      case 'closure':
        return {kind: 'closure', parameters: expression.parameters, body: expression.body, scope}
      case 'macro':
        return checkMacro(this, expression, scope)
      case 'call':
        return this.call(expression, scope)
      case 'statement':
        if (expression.statement.kind === 'if') return this.ifStatement(expression.statement, scope)?.value ?? unknown
        this.taint([expression.statement], scope)
        return unknown
      default:
        return unknown
    }
  }

  private tryExpression({mode, operand}: Extract<Expression, {kind: 'try'}>, scope: Scope): Value {
    try {
      const value = this.evaluate(operand, scope)
      if (value.kind === 'unknown' && mode === '' && this.catching > 0) throw new Uncertain()
      return value
    } catch (error) {
      if (!(error instanceof Thrown) || mode === '') throw error
      if (mode === '!') throw new Crashed(`Fatal error: 'try!' expression unexpectedly raised an error: ${describe(error.value, true)}`)
      return nil
    }
  }

  /** Runs `attempt` where a thrown error is looked at, so that an unknown `try` inside settles nothing. */
  guarded<T>(attempt: () => T): T {
    this.catching += 1
    try {
      return attempt()
    } finally {
      this.catching -= 1
    }
  }

  private binaryExpression({operator, left, right}: Extract<Expression, {kind: 'binary'}>, scope: Scope): Value {
    if (operator === '=') {
      this.assign(left, copied(this.evaluate(right, scope)), scope)
      return nothing
    }
    if (/^[-+*/%]=$/.test(operator)) {
      this.assign(left, this.operate(operator.slice(0, -1), this.evaluate(left, scope), this.evaluate(right, scope)), scope)
      return nothing
    }
    if (operator === '&&' || operator === '||') {
      const first = this.evaluate(left, scope)
      if (first.kind === 'bool' && first.value === (operator === '||')) return first
      const second = this.evaluate(right, scope)
      if (first.kind === 'bool') return second
      return second.kind === 'bool' && second.value === (operator === '||') ? second : unknown
    }
    if (operator === '??') return coalesce(this.evaluate(left, scope), () => this.evaluate(right, scope))
    return this.operate(operator, this.evaluate(left, scope), this.evaluate(right, scope))
  }

  private operate(operator: string, left: Value, right: Value): Value {
    if (left.kind === 'instance' || right.kind === 'instance') {
      const name = left.kind === 'instance' ? left.type : right.kind === 'instance' ? right.type : ''
      if (
        this.program.types.get(name)?.staticFunctions.some((declaration) => declaration.name === operator) === true ||
        this.program.functions.has(operator)
      )
        return unknown
    }
    try {
      return binary(operator, left, right)
    } catch (error) {
      if (error instanceof ArithmeticFault) throw new Crashed(`Fatal error: ${error.message}`)
      throw error
    }
  }

  private assign(target: Expression, value: Value, scope: Scope): void {
    if (target.kind === 'name') {
      if (target.name === '_' || scope.assign(target.name, value)) return
      if (scope.self?.kind === 'instance') scope.self.fields.set(target.name, value)
    } else if (target.kind === 'member' && target.base !== undefined) {
      const base = this.evaluate(target.base, scope)
      if (base.kind === 'instance') base.fields.set(target.name, value)
    } else if (target.kind === 'subscript') this.assign(target.base, unknown, scope)
  }

  name(name: string, scope: Scope): Value {
    if (name === 'self') return scope.self ?? unknown
    const local = scope.get(name)
    if (local !== undefined) return local
    if (name === 'Self') return scope.self?.kind === 'instance' ? {kind: 'type', name: scope.self.type} : (scope.self ?? unknown)
    const own = scope.self === undefined ? undefined : this.memberOf(scope.self, name)
    if (own !== undefined) return own
    const global = this.program.globals.get(name)
    if (global !== undefined) return this.initial(global, new Scope())
    return this.program.types.has(name) ? {kind: 'type', name} : unknown
  }

  private initial({value, getter}: Binding, scope: Scope): Value {
    if (getter !== undefined) return this.enter(() => this.body(getter, scope))
    return value === undefined ? unknown : this.enter(() => this.evaluate(value, scope))
  }

  private member({base, name}: Extract<Expression, {kind: 'member'}>, scope: Scope): Value {
    if (base === undefined) return this.isCase(name) ? {kind: 'case', type: undefined, name, payload: []} : unknown
    return this.memberOf(this.evaluate(base, scope), name) ?? unknown
  }

  private memberOf(base: Value, name: string): Value | undefined {
    if (base.kind === 'nil') return nil
    if (base.kind === 'tuple') return base.items.find(({label}, index) => label === name || String(index) === name)?.value
    if (base.kind === 'instance') {
      const field = base.fields.get(name)
      if (field !== undefined) return field
      const declared = this.properties(base.type).find((candidate) => candidate.name === name)
      return declared === undefined ? undefined : this.initial(declared, new Scope(undefined, base))
    }
    if (base.kind === 'type') {
      if (name === 'self') return base
      const type = this.program.types.get(base.name)
      const declared = type?.staticProperties.find((candidate) => candidate.name === name)
      if (declared !== undefined) return this.initial(declared, new Scope(undefined, base))
      return type?.cases.has(name) === true ? {kind: 'case', type: base.name, name, payload: []} : undefined
    }
    return property(base, name)
  }

  private isCase(name: string): boolean {
    const types = [...this.program.types.values()]
    return (
      types.some(({cases}) => cases.has(name)) &&
      !types.some(({staticProperties}) => staticProperties.some((declared) => declared.name === name))
    )
  }

  private properties(type: string): readonly Binding[] {
    return this.ancestry(type).flatMap(({properties}) => properties)
  }

  /** The type, then its superclasses as far as the program holds them. */
  private ancestry(name: string): readonly ProgramType[] {
    const found: ProgramType[] = []
    for (
      let type = this.program.types.get(name);
      type !== undefined && !found.includes(type);
      type = this.program.types.get(type.kind === 'class' ? (type.inherits[0] ?? '') : '')
    )
      found.push(type)
    return found
  }

  private subscripted(expression: Extract<Expression, {kind: 'subscript'}>, scope: Scope): Value {
    const [index] = expression.arguments
    const base = this.evaluate(expression.base, scope)
    if (index === undefined || expression.arguments.length > 1 || base.kind === 'unknown') return unknown
    const value = subscript(base, this.evaluate(index.value, scope))
    if (value === undefined) throw new Crashed('Fatal error: Index out of range')
    return value
  }

  private call(expression: Extract<Expression, {kind: 'call'}>, scope: Scope): Value {
    const {callee, arguments: list} = expression
    const checked = callCheck(this, expression, scope)
    if (checked !== undefined) return checked
    if (callee.kind === 'name') return this.callName(callee.name, list, scope)
    if (callee.kind === 'member') return this.callMember(callee, list, scope)
    const called = this.evaluate(callee, scope)
    return called.kind === 'closure' ? this.callClosure(called, this.values(list, scope)) : this.unknownCall(list, scope)
  }

  private callName(name: string, list: readonly Argument[], scope: Scope): Value {
    const local = scope.get(name)
    if (local?.kind === 'closure') return this.callClosure(local, this.values(list, scope))
    if (name === 'print') {
      const values = list.filter(({label}) => label === undefined).map(({value}) => this.evaluate(value, scope))
      this.recorder.printed.push(values.map((value) => describe(value)).join(' '))
      return nothing
    }
    if (/^(?:fatalError|preconditionFailure|assertionFailure)$/.test(name)) {
      const message = list[0] === undefined ? undefined : this.evaluate(list[0].value, scope)
      throw new Crashed(message?.kind === 'string' ? `Fatal error: ${message.value}` : 'Fatal error')
    }
    if ((name === 'precondition' || name === 'assert') && list[0] !== undefined) {
      const condition = this.evaluate(list[0].value, scope)
      if (condition.kind === 'bool' && !condition.value)
        throw new Crashed(name === 'assert' ? 'Fatal error: Assertion failed' : 'Fatal error: Precondition failed')
      return nothing
    }
    if (scope.self !== undefined) {
      const own =
        scope.self.kind === 'instance'
          ? this.ancestry(scope.self.type).flatMap(({functions}) => functions)
          : scope.self.kind === 'type'
            ? (this.program.types.get(scope.self.name)?.staticFunctions ?? [])
            : []
      const found = matching(own, name, list)
      if (found !== undefined) return this.invoke(found, list, scope, scope.self)
    }
    const free = matching(this.program.functions.get(name) ?? [], name, list)
    if (free !== undefined) return this.invoke(free, list, scope, undefined)
    if (this.program.types.has(name)) return this.construct(name, list, scope)
    const values = this.values(list, scope)
    if (values.some(({kind}) => kind === 'unknown')) return this.unknownCall(list, scope)
    return freeFunction(name, values) ?? this.unknownCall(list, scope)
  }

  private callMember(callee: Extract<Expression, {kind: 'member'}>, list: readonly Argument[], scope: Scope): Value {
    const {base: baseExpression, name} = callee
    if (baseExpression === undefined) {
      if (!this.isCase(name)) return this.unknownCall(list, scope)
      return {kind: 'case', type: undefined, name, payload: list.map(({label, value}) => ({label, value: this.evaluate(value, scope)}))}
    }
    if (baseExpression.kind === 'name' && baseExpression.name === 'super') return nothing
    const base = this.evaluate(baseExpression, scope)
    if (base.kind === 'nil') return nil
    if (base.kind === 'instance') {
      const found = matching(
        this.ancestry(base.type).flatMap(({functions}) => functions),
        name,
        list,
      )
      if (found !== undefined) return this.invoke(found, list, scope, base)
      const field = base.fields.get(name)
      if (field?.kind === 'closure') return this.callClosure(field, this.values(list, scope))
      for (const key of base.fields.keys()) base.fields.set(key, unknown)
      return this.unknownCall(list, scope)
    }
    if (base.kind === 'type') {
      if (name === 'init') return this.construct(base.name, list, scope)
      const type = this.program.types.get(base.name)
      const found = matching(type?.staticFunctions ?? [], name, list)
      if (found !== undefined) return this.invoke(found, list, scope, base)
      if (type?.cases.has(name) === true)
        return {kind: 'case', type: base.name, name, payload: list.map(({label, value}) => ({label, value: this.evaluate(value, scope)}))}
      return this.unknownCall(list, scope)
    }
    if (base.kind === 'array' && name === 'append' && list[0] !== undefined) {
      const item = this.evaluate(list[0].value, scope)
      const added = list[0].label === 'contentsOf' ? elements(item) : [item]
      this.assign(baseExpression, added === undefined ? unknown : {kind: 'array', items: [...base.items, ...added]}, scope)
      return nothing
    }
    const values = this.values(list, scope)
    const answer =
      base.kind === 'unknown' || values.some(({kind}) => kind === 'unknown')
        ? undefined
        : method(
            base,
            name,
            values,
            list.map(({label}) => label),
            (closure, parameters) => this.callValue(closure, parameters),
          )
    if (answer !== undefined) return answer
    this.assign(baseExpression, unknown, scope)
    return this.unknownCall(list, scope)
  }

  /** Of a call into the unknown: closures it gets may run, `&x` may change. */
  private unknownCall(list: readonly Argument[], scope: Scope): Value {
    for (const {value} of list) {
      if (value.kind === 'closure') {
        const {assigned, checks} = effectsOf(value.body)
        this.recorder.notEvaluated += checks
        for (const name of assigned)
          if (!scope.assign(name, unknown) && scope.self?.kind === 'instance') scope.self.fields.set(name, unknown)
      } else if (value.kind === 'prefix' && value.operator === '&') this.assign(value.operand, unknown, scope)
    }
    return unknown
  }

  private values(list: readonly Argument[], scope: Scope): readonly Value[] {
    return list.map(({value}) => this.evaluate(value, scope))
  }

  callValue(callable: Value, values: readonly Value[]): Value {
    return callable.kind === 'closure' ? this.callClosure(callable, values) : unknown
  }

  private callClosure({parameters, body, scope}: Extract<Value, {kind: 'closure'}>, values: readonly Value[]): Value {
    const inner = new Scope(scope)
    for (const [index, value] of values.entries()) {
      inner.declare(`$${index}`, value)
      const name = parameters[index]
      if (name !== undefined) inner.declare(name, value)
    }
    return this.enter(() => this.body(body, inner))
  }

  private construct(name: string, list: readonly Argument[], scope: Scope): Value {
    const type = this.program.types.get(name)
    if (type === undefined || (type.kind !== 'struct' && type.kind !== 'class' && type.kind !== 'actor'))
      return this.unknownCall(list, scope)
    const instance: Extract<Value, {kind: 'instance'}> = {
      kind: 'instance',
      type: name,
      fields: new Map(),
      reference: type.kind !== 'struct',
    }
    for (const {name: field, value, getter} of this.properties(name))
      if (field !== undefined && getter === undefined)
        instance.fields.set(field, value === undefined ? unknown : this.evaluate(value, new Scope(undefined, instance)))
    const found = matching(
      this.ancestry(name).flatMap(({initializers}) => initializers),
      'init',
      list,
    )
    if (found !== undefined) {
      this.invoke(found, list, scope, instance)
      return instance
    }
    if (type.initializers.length > 0 || (type.kind !== 'struct' && list.length > 0)) return this.unknownCall(list, scope)
    for (const {label, value} of list) if (label !== undefined) instance.fields.set(label, copied(this.evaluate(value, scope)))
    return instance
  }

  invoke(declaration: FunctionDeclaration, list: readonly Argument[], scope: Scope, self: Value | undefined): Value {
    const {body, parameters} = declaration
    const inner = new Scope(undefined, self)
    let next = 0
    for (const {label, name, value} of parameters) {
      const argument = list[next]
      if (argument !== undefined && (argument.label === label || (argument.label === undefined && argument.value.kind === 'closure'))) {
        inner.declare(name, copied(this.evaluate(argument.value, scope)))
        next += 1
      } else inner.declare(name, value === undefined ? unknown : this.evaluate(value, new Scope()))
    }
    if (body === undefined) return this.unknownCall(list, scope)
    try {
      return this.enter(() => this.body(body, inner))
    } catch (error) {
      if (!(error instanceof Uncertain)) throw error
      if (self?.kind === 'instance') for (const field of self.fields.keys()) self.fields.set(field, unknown)
      return this.unknownCall(list, scope)
    }
  }

  private enter<T>(run: () => T): T {
    if (this.depth >= maximumDepth) throw new Uncertain()
    this.depth += 1
    try {
      return run()
    } finally {
      this.depth -= 1
    }
  }
}

/** The one declaration that takes these labels; undefined when none or several do. */
function matching(declarations: readonly FunctionDeclaration[], name: string, list: readonly Argument[]): FunctionDeclaration | undefined {
  const fitting = declarations.filter((declaration) => declaration.name === name && accepts(declaration, list))
  return fitting.length === 1 ? fitting[0] : undefined
}

function accepts({parameters}: FunctionDeclaration, list: readonly Argument[]): boolean {
  let next = 0
  for (const {label, value} of parameters) {
    const argument = list[next]
    if (argument !== undefined && (argument.label === label || (argument.label === undefined && argument.value.kind === 'closure')))
      next += 1
    else if (value === undefined) return false
  }
  return next === list.length
}

function number(text: string): Value {
  const plain = text.replaceAll('_', '')
  if (/^0[xob]/.test(plain)) return /[.pP]/.test(plain) ? unknown : int(Number(plain))
  return /[.eE]/.test(plain) ? double(Number(plain)) : int(Number(plain))
}

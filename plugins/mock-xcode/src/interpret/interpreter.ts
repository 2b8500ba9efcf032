import type {Binding, Condition, Expression, Statement} from '../swift/ast.ts'
import {assignName} from './assign.ts'
import {coerce} from './coerce.ts'
import {effectsOf} from './effects.ts'
import type {Evaluator, Returned} from './evaluator.ts'
import {evaluateExpression} from './expressions.ts'
import {elements} from './library.ts'
import {lookUp} from './lookup.ts'
import type {Program} from './program.ts'
import {type Recorder, Thrown, Uncertain} from './recorder.ts'
import {Scope} from './scope.ts'
import {copied, nothing, unknown, type Value} from './value.ts'

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

  get catches(): boolean {
    return this.catching > 0
  }

  evaluate(expression: Expression, scope: Scope<Value>): Value {
    this.step()
    return evaluateExpression(this, expression, scope)
  }

  body(statements: readonly Statement[], scope: Scope<Value>): Value {
    const [only] = statements
    if (statements.length === 1 && only?.kind === 'expression') return this.evaluate(only.value, scope)
    return this.run(statements, scope)?.value ?? nothing
  }

  run(statements: readonly Statement[], scope: Scope<Value>): Returned | undefined {
    const deferred: (readonly Statement[])[] = []
    // A function or type of this very block hides any other of its name.
    for (const statement of statements)
      if (statement.kind === 'function' || statement.kind === 'type') scope.declare(statement.name, unknown)
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

  enter<T>(run: () => T): T {
    if (this.depth >= maximumDepth) throw new Uncertain()
    this.depth += 1
    try {
      return run()
    } finally {
      this.depth -= 1
    }
  }

  guarded<T>(attempt: () => T): T {
    this.catching += 1
    try {
      return attempt()
    } finally {
      this.catching -= 1
    }
  }

  taint(statements: readonly Statement[], scope: Scope<Value>): void {
    const {assigned, mayLeave, checks} = effectsOf(statements)
    this.recorder.notEvaluated += checks
    if (mayLeave) throw new Uncertain()
    for (const name of assigned) assignName(name, unknown, scope)
  }

  conditional({conditions, body, otherwise}: Extract<Statement, {kind: 'if'}>, scope: Scope<Value>): Returned | undefined {
    const inner = new Scope(scope)
    const verdict = this.holds(conditions, inner)
    if (verdict === undefined) {
      this.taint([...body, ...(otherwise ?? [])], scope)
      return undefined
    }
    if (verdict) return this.run(body, inner)
    return otherwise === undefined ? undefined : this.run(otherwise, new Scope(scope))
  }

  private step(): void {
    this.steps += 1
    if (this.steps > maximumSteps) throw new Uncertain()
  }

  private statement(statement: Statement, scope: Scope<Value>): Returned | undefined {
    this.step()
    switch (statement.kind) {
      case 'expression':
        this.evaluate(statement.value, scope)
        return undefined
      case 'variable':
        for (const binding of statement.bindings) this.bind(binding, statement.attributes.length > 0, scope)
        return undefined
      case 'return':
        return {value: statement.value === undefined ? nothing : this.evaluate(statement.value, scope)}
      case 'throw':
        throw new Thrown(this.evaluate(statement.value, scope), statement.line, statement.column)
      case 'if':
        return this.conditional(statement, scope)
      case 'guard': {
        const verdict = this.holds(statement.conditions, scope)
        if (verdict === undefined) throw new Uncertain()
        return verdict ? undefined : (this.run(statement.otherwise, new Scope(scope)) ?? {value: unknown})
      }
      case 'for':
        return this.forStatement(statement, scope)
      case 'do':
        return this.doStatement(statement, scope)
      case 'block':
        this.taint(statement.blocks.flat(), scope)
        return undefined
      case 'other':
        throw new Uncertain()
      default:
        return undefined
    }
  }

  private bind({name, value, getter, observed, type}: Binding, wrapped: boolean, scope: Scope<Value>): void {
    const plain = value !== undefined && getter === undefined && !observed && !wrapped
    const bound = plain ? coerce(this.evaluate(value, scope), type) : unknown
    if (name !== undefined) scope.declare(name, bound)
  }

  private forStatement({sequence, filtered, name, body}: Extract<Statement, {kind: 'for'}>, scope: Scope<Value>): Returned | undefined {
    const items = filtered ? undefined : elements(this.evaluate(sequence, scope))
    if (items === undefined) {
      this.taint(body, scope)
      return undefined
    }
    for (const item of items) {
      const inner = new Scope(scope)
      if (name !== undefined) inner.declare(name, copied(item))
      const returned = this.run(body, inner)
      if (returned !== undefined) return returned
    }
    return undefined
  }

  private doStatement({body, catches}: Extract<Statement, {kind: 'do'}>, scope: Scope<Value>): Returned | undefined {
    if (catches.length === 0) return this.run(body, new Scope(scope))
    try {
      return this.guarded(() => this.run(body, new Scope(scope)))
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      const [clause] = catches
      if (clause === undefined || catches.length > 1) throw new Uncertain()
      const inner = new Scope(scope)
      inner.declare('error', error.value)
      return this.run(clause, inner)
    }
  }

  private holds(conditions: readonly Condition[], scope: Scope<Value>): boolean | undefined {
    for (const condition of conditions) {
      if (condition.kind === 'other') return undefined
      if (condition.kind === 'binding') {
        const value = condition.value === undefined ? lookUp(this, condition.name ?? '', scope) : this.evaluate(condition.value, scope)
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
}

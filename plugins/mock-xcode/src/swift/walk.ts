import type {Argument, Condition, Expression, Statement} from './ast.ts'

/** Called for everything inside, before its parts; false keeps out of the parts. */
export interface Visitor {
  statement?(statement: Statement): boolean | void
  expression?(expression: Expression): boolean | void
}

export function walkStatements(statements: readonly Statement[], visitor: Visitor): void {
  for (const statement of statements) walkStatement(statement, visitor)
}

function walkStatement(statement: Statement, visitor: Visitor): void {
  if (visitor.statement?.(statement) === false) return
  const inside = (statements: readonly Statement[] | undefined): void => walkStatements(statements ?? [], visitor)
  switch (statement.kind) {
    case 'function':
      return inside(statement.body)
    case 'type':
      return inside(statement.members)
    case 'variable':
      for (const {value, getter} of statement.bindings) {
        if (value !== undefined) walkExpression(value, visitor)
        inside(getter)
      }
      return undefined
    case 'expression':
    case 'throw':
      return walkExpression(statement.value, visitor)
    case 'return':
      return statement.value === undefined ? undefined : walkExpression(statement.value, visitor)
    case 'if':
      walkConditions(statement.conditions, visitor)
      inside(statement.body)
      return inside(statement.otherwise)
    case 'guard':
      walkConditions(statement.conditions, visitor)
      return inside(statement.otherwise)
    case 'for':
      walkExpression(statement.sequence, visitor)
      return inside(statement.body)
    case 'do':
      inside(statement.body)
      for (const clause of statement.catches) inside(clause)
      return undefined
    case 'defer':
      return inside(statement.body)
    case 'block':
      for (const block of statement.blocks) inside(block)
      return undefined
    case 'import':
    case 'cases':
    case 'other':
      return undefined
  }
}

export function walkExpression(expression: Expression, visitor: Visitor): void {
  if (visitor.expression?.(expression) === false) return
  const list = (items: readonly Argument[]): void => items.forEach(({value}) => walkExpression(value, visitor))
  switch (expression.kind) {
    case 'string':
      for (const segment of expression.segments) if (typeof segment !== 'string') walkExpression(segment, visitor)
      break
    case 'member':
      if (expression.base !== undefined) walkExpression(expression.base, visitor)
      break
    case 'call':
      walkExpression(expression.callee, visitor)
      list(expression.arguments)
      break
    case 'subscript':
      walkExpression(expression.base, visitor)
      list(expression.arguments)
      break
    case 'prefix':
    case 'postfix':
    case 'try':
      walkExpression(expression.operand, visitor)
      break
    case 'binary':
      walkExpression(expression.left, visitor)
      walkExpression(expression.right, visitor)
      break
    case 'ternary':
      for (const part of [expression.condition, expression.yes, expression.no]) walkExpression(part, visitor)
      break
    case 'array':
      for (const item of expression.items) walkExpression(item, visitor)
      break
    case 'dictionary':
      for (const [key, value] of expression.entries) {
        walkExpression(key, visitor)
        walkExpression(value, visitor)
      }
      break
    case 'tuple':
      list(expression.items)
      break
    case 'macro':
      list(expression.arguments)
      break
    case 'closure':
      walkStatements(expression.body, visitor)
      break
    case 'statement':
      walkStatement(expression.statement, visitor)
      break
    case 'number':
    case 'boolean':
    case 'nil':
    case 'name':
    case 'other':
      break
  }
}

function walkConditions(conditions: readonly Condition[], visitor: Visitor): void {
  for (const condition of conditions) {
    if (condition.kind !== 'other' && condition.value !== undefined) walkExpression(condition.value, visitor)
  }
}

import type {Expression} from './ast.ts'

/** What stands between two operands; a cast has no right operand. */
export type Infix = {readonly kind: 'operator'; readonly text: string} | {readonly kind: 'ternary'; readonly middle: Expression}

const levels: readonly (readonly [level: number, operators: string])[] = [
  [1, '= += -= *= /= %= <<= >>= &= |= ^= &+= &-= &*= ??='],
  [2, '?'],
  [3, '||'],
  [4, '&&'],
  [5, '== != < > <= >= === !== ~= .== .!= .< .> .<= .>='],
  [6, '??'],
  [7, 'is as as? as!'],
  [8, '... ..<'],
  [9, '+ - &+ &- | ^'],
  [10, '* / % &* & '],
  [11, '<< >> &<< &>>'],
]
const precedence = new Map(levels.flatMap(([level, operators]) => operators.split(' ').map((operator) => [operator, level] as const)))
const unknownOperator = 5.5

/** Folds `a + b * c` into a tree with Swift's standard precedences. */
export function foldInfix(operands: readonly Expression[], operators: readonly Infix[]): Expression {
  let position = 0
  const climb = (minimum: number): Expression => {
    let left = required(operands[position])
    for (;;) {
      const operator = operators[position]
      if (operator === undefined) return left
      const level = levelOf(operator)
      if (level < minimum) return left
      position += 1
      const right = climb(level <= 2 || level === 6 ? level : level + 1e-6)
      left = join(left, operator, right)
    }
  }
  return climb(0)
}

function levelOf(operator: Infix): number {
  return operator.kind === 'ternary' ? 2 : (precedence.get(operator.text) ?? unknownOperator)
}

function join(left: Expression, operator: Infix, right: Expression): Expression {
  const place = {start: left.start, end: right.end, line: left.line, column: left.column}
  if (operator.kind === 'ternary') return {...place, kind: 'ternary', condition: left, yes: operator.middle, no: right}
  return {...place, kind: 'binary', operator: operator.text, left, right}
}

function required(expression: Expression | undefined): Expression {
  if (expression === undefined) throw new Error('an operator without its operand reached precedence folding')
  return expression
}

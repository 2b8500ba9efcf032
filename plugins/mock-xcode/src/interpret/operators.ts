import {bool, compare, copied, double, equal, int, isNumber, nil, sameKind, string, unknown, type Value} from './value.ts'

/** `left operator right` over known values; what has no meaning here is unknown. Integer overflow and division by zero are faults. */
export function binary(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
    case '!=': {
      const same = equal(left, right)
      return same === undefined ? unknown : bool(same === (operator === '=='))
    }
    case '<':
    case '>':
    case '<=':
    case '>=': {
      const order = compare(left, right)
      if (order === undefined) return unknown
      return bool(operator === '<' ? order < 0 : operator === '>' ? order > 0 : operator === '<=' ? order <= 0 : order >= 0)
    }
    case '...':
    case '..<':
      return left.kind === 'int' && right.kind === 'int'
        ? {kind: 'range', low: left.value, high: right.value, closed: operator === '...'}
        : unknown
    case '+':
      if (left.kind === 'string' && right.kind === 'string') return string(left.value + right.value)
      if (left.kind === 'array' && right.kind === 'array') return {kind: 'array', items: [...left.items, ...right.items].map(copied)}
      return arithmetic(operator, left, right)
    default:
      return arithmetic(operator, left, right)
  }
}

export class ArithmeticFault extends Error {}

export function prefix(operator: string, operand: Value): Value {
  if (operator === '!' && operand.kind === 'bool') return bool(!operand.value)
  if (operator === '-' && operand.kind === 'int')
    return {...operand, value: -operand.value, ...(operand.asDouble === undefined ? {} : {asDouble: -operand.asDouble})}
  if (operator === '-' && operand.kind === 'double') return double(-operand.value)
  if (operator === '+' && (operand.kind === 'int' || operand.kind === 'double')) return operand
  return unknown
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) return unknown
  const operate = floating[operator]
  if (left.kind === 'double' || right.kind === 'double') return operate === undefined ? unknown : double(operate(...sameKind(left, right)))
  if ((operator === '/' || operator === '%') && right.value === 0) throw new ArithmeticFault('Division by zero')
  const result =
    operator === '/'
      ? Math.trunc(left.value / right.value)
      : operator === '%'
        ? left.value % right.value
        : operate?.(left.value, right.value)
  if (result === undefined || !Number.isSafeInteger(result)) return unknown
  const value = result === 0 ? 0 : result
  if (left.asDouble === undefined || right.asDouble === undefined || operate === undefined) return int(value)
  return {kind: 'int', value, asDouble: operate(left.asDouble, right.asDouble)}
}

const floating: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/** `a ?? b`. */
export function coalesce(left: Value, right: () => Value): Value {
  if (left.kind === 'unknown') return unknown
  return left === nil || left.kind === 'nil' ? right() : left
}

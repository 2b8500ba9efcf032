import {bool, compare, copied, double, equal, int, nil, string, unknown, type Value} from './value.ts'

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
  if (operator === '-' && operand.kind === 'int') return int(-operand.value)
  if (operator === '-' && operand.kind === 'double') return double(-operand.value)
  if (operator === '+' && (operand.kind === 'int' || operand.kind === 'double')) return operand
  return unknown
}

function arithmetic(operator: string, left: Value, right: Value): Value {
  if ((left.kind !== 'int' && left.kind !== 'double') || (right.kind !== 'int' && right.kind !== 'double')) return unknown
  if (left.kind === 'double' || right.kind === 'double') {
    const result = {
      '+': left.value + right.value,
      '-': left.value - right.value,
      '*': left.value * right.value,
      '/': left.value / right.value,
    }[operator]
    return result === undefined ? unknown : double(result)
  }
  if ((operator === '/' || operator === '%') && right.value === 0) throw new ArithmeticFault('Division by zero')
  const result = {
    '+': left.value + right.value,
    '-': left.value - right.value,
    '*': left.value * right.value,
    '/': Math.trunc(left.value / right.value),
    '%': left.value % right.value,
  }[operator]
  if (result === undefined || !Number.isSafeInteger(result)) return unknown
  return int(result === 0 ? 0 : result)
}

/** `a ?? b`. */
export function coalesce(left: Value, right: () => Value): Value {
  if (left.kind === 'unknown') return unknown
  return left === nil || left.kind === 'nil' ? right() : left
}

import type {ConfigValue, StrictnessOrder} from './key-row.ts'

/**
 * Whether `value` is looser than `bound` in that order. `null` as a bound permits everything; lists are never refused, they are
 * combined (`combine`).
 */
export function isLooser(order: StrictnessOrder, value: ConfigValue, bound: ConfigValue | null): boolean {
  if (bound === null) return false
  switch (order.by) {
    case 'ranks':
      return order.ranks.findIndex((rank) => rank === value) > order.ranks.findIndex((rank) => rank === bound)
    case 'at_most':
      return Number(value) > Number(bound)
    default:
      return false
  }
}

/** A repository's list under the host's: what both permit, or what either restricts. Other values stay. */
export function combine(order: StrictnessOrder, value: ConfigValue, bound: ConfigValue | null): ConfigValue {
  if (bound === null || !isTexts(value) || !isTexts(bound)) return value
  switch (order.by) {
    case 'permits':
      return value.filter((item) => bound.includes(item))
    case 'restricts':
      return [...new Set([...bound, ...value])]
    default:
      return value
  }
}

export function isTexts(value: ConfigValue | null): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

import {comparePaths} from './byte-order.ts'

/** A set-like array in its one written form: no duplicates, sorted by UTF-8 bytes. */
export function sortedSet(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted(comparePaths)
}

/** Whether an array is already written that way. */
export function isSortedSet(values: readonly string[]): boolean {
  return values.every((value, index) => index === 0 || comparePaths(values[index - 1]!, value) < 0)
}

/** Rules about plain text that load nothing else: for entries that must start fast. */
export {comparePaths} from './byte-order.ts'
export {normaliseOrigin} from './origin.ts'
export {isSortedSet, sortedSet} from './sorted-set.ts'

export type {ExcludedGroup} from './list-excluded.ts'
export {compareTrees, type TreeChanges} from './tree/compare-trees.ts'
export {takeSnapshot, type Snapshot, type SnapshotOptions, type SnapshotProgress, type SnapshotStats} from './take-snapshot.ts'
export type {ExcludedByRule, LfsState, SubmoduleState, VcsState} from './scan.ts'

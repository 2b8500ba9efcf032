export {takeSnapshot, type Snapshot, type SnapshotOptions, type SnapshotProgress, type SnapshotStats} from './take-snapshot.ts'
export type {ExcludedByRule, LfsState, SubmoduleState, VcsState} from './scan.ts'

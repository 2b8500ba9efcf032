/**
 * The schema of every configuration file: one table of rows. Validation, defaults, merging, who may set what, `--set`, the
 * documentation and the JSON Schemas are all read from it.
 */
export {HOST_KEYS, INVENTORY_KEYS, REPO_KEYS, WORKER_ENTRY_KEYS, WORKER_KEYS} from './host-keys.ts'
export type {Access, ConfigValue, FlatTable, KeyRow, KeyType, StrictnessOrder, StringFormat} from './key-row.ts'
export {DESTINATION_KEYS, PROFILE_KEYS, VERIFY_KEYS} from './profile-keys.ts'

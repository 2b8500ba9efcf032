import type {WorkerEntry} from '@rch/contract'
import {invalid, refuse, type Place, type Problem} from './config-fault.ts'
import {valuesOf} from './host-file.ts'
import type {FlatTable} from './key-row.ts'
import {INVENTORY_KEYS, WORKER_ENTRY_KEYS} from './keys.ts'
import {readTable} from './read-table.ts'
import {parseToml, type ConfigFile} from './toml-file.ts'

/**
 * The inventory of `workers.toml`, in its order, defaults filled in, `~/` expanded; `null` = there is no file. Throws a fault
 * with all its problems.
 *
 * @param home absolute path that `~` stands for.
 */
export function readWorkersFile(file: ConfigFile | null, home: string): readonly WorkerEntry[] {
  if (file === null) return []
  const problems: Problem[] = []
  const top: Place = {file: file.path, path: []}
  const read = readTable(parseToml(file).top, INVENTORY_KEYS, top, problems).get('workers')
  const tables = Array.isArray(read?.value) ? read.value.filter((item) => typeof item !== 'string') : []
  const entries: WorkerEntry[] = []
  for (const [index, table] of tables.entries()) {
    const place = {file: file.path, path: [...(read?.place.path ?? []), index]}
    const entry = toEntry(table, place, home)
    problems.push(...entryProblems(entry, entries, place))
    entries.push(entry)
  }
  refuse(problems)
  return entries
}

function toEntry(table: FlatTable, place: Place, home: string): WorkerEntry {
  const values = valuesOf(new Map([...table].map(([path, value]) => [path, {value, place}])), WORKER_ENTRY_KEYS)
  const path = (key: string): string | null => expandHome(values.text(key), home)
  return {
    name: values.text('name') ?? '',
    transport: values.text('transport') ?? '',
    host: values.text('host'),
    user: values.text('user'),
    port: values.number('port') ?? 0,
    tags: values.texts('tags'),
    priority: values.number('priority') ?? 0,
    run_key: path('run_key'),
    stage_key: path('stage_key'),
    fetch_key: path('fetch_key'),
    accept_first_key: values.flag('accept_first_key'),
    request_signing_key: path('request_signing_key'),
    host_key_fingerprint: values.text('host_key_fingerprint'),
    host_key_ca: path('host_key_ca'),
    jump: values.text('jump'),
    attestation_key_fingerprint: values.text('attestation_key_fingerprint'),
    expected_harness_sha256: values.text('expected_harness_sha256'),
    expected_harness_codesign_requirement: values.text('expected_harness_codesign_requirement'),
    probe_cache_ttl_seconds: values.number('probe_cache_ttl_seconds'),
    stage_root: values.text('stage_root'),
    worker_config: path('worker_config'),
  }
}

function entryProblems(entry: WorkerEntry, before: readonly WorkerEntry[], place: Place): readonly Problem[] {
  const problems: Problem[] = []
  if (entry.name === '') problems.push(invalid(place, 'a worker without a name', 'Add name = "…" to it.'))
  else if (before.some(({name}) => name === entry.name)) problems.push(invalid(place, `the worker "${entry.name}" is given twice`))
  // What is kept about a worker lies under its name.
  if (/^\.{1,2}$|\//.test(entry.name)) problems.push(invalid(place, `the worker's name "${entry.name}" could lead to another folder`))
  if (entry.transport === 'ssh' && entry.host === null)
    problems.push(invalid(place, `the worker "${entry.name}" has no host`, 'Add host = "…" to it.'))
  // What begins with "-" would be read as an option by the system's ssh.
  for (const key of ['host', 'user', 'jump'] as const) {
    if (entry[key]?.startsWith('-')) problems.push(invalid(place, `${key} begins with "-"`))
  }
  return problems
}

/** `~/` in front of a path as the home directory. */
export function expandHome<P extends string | null>(path: P, home: string): P | string {
  return path?.startsWith('~/') ? `${home.replace(/\/$/, '')}${path.slice(1)}` : path
}

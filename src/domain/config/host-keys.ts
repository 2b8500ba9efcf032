import {bytes, flag, GB, MB, integer, oneOf, row, setOf, string, TB, table, text, listOf, type KeyRow} from './key-row.ts'

const MAX_BYTES = 64 * TB

/** `config.toml` besides `[defaults]` and `[enforce]`, which hold profile keys, and `[repos]` and `[providers]`. */
export const HOST_KEYS: readonly KeyRow[] = [
  row('schema_version', integer(1, 1), 1, 'Version of this file.'),
  ...table('allow', {}, [
    row('env', setOf('env_name'), ['CI'], 'Variables that repositories may have forwarded.'),
    row('settings', setOf('granted_setting'), [], 'Build settings that repositories may add to the allow-list.'),
    row('backends', setOf('identifier'), ['xcodebuild', 'xcodebuildmcp'], 'Backends that repositories may choose.'),
  ]),
  ...table('gc', {}, [
    row('max_age_days', integer(1, 3650), 30, 'Older runs go.'),
    row('max_bytes', bytes(1, MAX_BYTES), 20 * GB, 'Disk that runs may fill.'),
    row('keep_last', integer(0, 100_000), 20, 'Newest runs of a repository that stay.'),
    row('keep_failed_days', integer(0, 3650), 14, 'Failed runs stay this long.'),
    row('min_free_bytes', bytes(1, MAX_BYTES), null, 'Collect until this much is free.'),
    row('auto', flag, true, 'Collect after a run, at most hourly.'),
  ]),
  ...table('store', {}, [
    row('root', string('user_path'), null, 'Where artifacts are kept, instead of the data directory.'),
    row('cas', flag, true, 'Keep equal files once.'),
  ]),
  ...table('daemon', {}, [
    row('enabled', flag, true, 'Use the daemon when it runs.'),
    row('idle_timeout_seconds', integer(60, 604_800), 3600, 'The daemon ends after this long without work.'),
  ]),
]

/** One `[repos."<origin>"]` table. */
export const REPO_KEYS: readonly KeyRow[] = [
  row('trust', oneOf('default', 'full'), 'default', '`full` lifts the classes *tighten* and *asked* for this repository.'),
]

/** One `[[workers]]` table of `workers.toml`. */
export const WORKER_ENTRY_KEYS: readonly KeyRow[] = [
  row('name', string('name'), null, 'Name. Required, unique.'),
  row('transport', string('identifier'), 'ssh', "`ssh`, `local`, or a plugin's name."),
  row('host', text, null, 'Host name or address. Required for `ssh`.', {aliases: ['ssh_host']}),
  row('user', string('name'), null, 'User.', {aliases: ['ssh_user']}),
  row('port', integer(1, 65_535), 22, 'Port.', {aliases: ['ssh_port']}),
  row('tags', setOf('name'), ['macos', 'xcode'], 'What `worker.require_tags` looks for.'),
  row('priority', integer(-1000, 1000), 0, 'Higher goes first.'),
  row('run_key', string('user_path'), null, 'Private key for the control plane.', {aliases: ['ssh_run_key', 'ssh_key_path']}),
  row('stage_key', string('user_path'), null, 'Private key for staging; otherwise `run_key`.', {aliases: ['ssh_stage_key']}),
  row('fetch_key', string('user_path'), null, 'Private key for fetching; otherwise `run_key`.', {aliases: ['ssh_fetch_key']}),
  row('accept_first_key', flag, false, 'Take and remember the host key of the first connection.'),
  row('request_signing_key', string('user_path'), null, 'Ed25519 key that signs requests to this worker.'),
  row('host_key_fingerprint', string('fingerprint'), null, 'Pinned host key, `SHA256:…`.', {aliases: ['known_host_fingerprint']}),
  row('host_key_ca', string('user_path'), null, 'Public key of the host key authority.'),
  row('jump', text, null, '`user@bastion`.'),
  row('attestation_key_fingerprint', string('fingerprint'), null, 'Pinned attestation key, `SHA256:…`.', {
    aliases: ['attestation_pubkey_fingerprint'],
  }),
  row('expected_harness_sha256', string('sha256'), null, 'Pinned harness.'),
  row('expected_harness_codesign_requirement', text, null, 'Code signing requirement of the harness.'),
  row('probe_cache_ttl_seconds', integer(0, 86_400), null, 'How long a probe is good for; otherwise the profile says.', {
    aliases: ['probe_ttl_seconds'],
  }),
  row('stage_root', string('absolute_path'), null, 'Where the worker stages; must equal what it says itself.'),
  row('worker_config', string('user_path'), null, '`worker.toml` of a `local` worker.'),
]

/** `workers.toml` besides its list of workers. */
export const INVENTORY_KEYS: readonly KeyRow[] = [
  row('schema_version', integer(1, 1), 1, 'Version of this file.'),
  row('workers', {kind: 'tables', rows: WORKER_ENTRY_KEYS}, [], 'The workers.', {aliases: ['worker']}),
]

/** `worker.toml`, on the worker, besides `[providers]`. */
export const WORKER_KEYS: readonly KeyRow[] = [
  row('schema_version', integer(1, 1), 1, 'Version of this file.'),
  row('name', string('name'), null, "Name of this worker; otherwise the machine's."),
  ...table('roots', {}, [
    row('stage_root', string('user_path'), null, 'Where uploads arrive.'),
    row('jobs_root', string('user_path'), null, 'Where jobs live.'),
    row('cache_root', string('user_path'), null, 'Where caches and warm workspaces live.'),
  ]),
  ...table('limits', {}, [
    row('max_upload_bytes', bytes(1, MAX_BYTES), 8 * GB, 'Largest upload.'),
    row('max_blob_bytes', bytes(1, MAX_BYTES), 2 * GB, 'Largest file of an upload.'),
    row('max_entries', integer(1, 10_000_000), 500_000, 'Most files of a source.'),
    row('max_artifact_bytes', bytes(1, MAX_BYTES), 20 * GB, 'Artifacts of a job, whatever its profile says.'),
    row('max_log_bytes', bytes(1, MAX_BYTES), 200 * MB, 'Log of a job, whatever its profile says.'),
    row('min_disk_free_bytes', bytes(1, MAX_BYTES), GB, 'Below this no job starts.'),
  ]),
  ...table('gc', {}, [
    row('max_age_days', integer(1, 3650), 7, 'Older jobs and caches go.'),
    row('max_bytes', bytes(1, MAX_BYTES), 100 * GB, 'Disk that caches may fill.'),
    row('keep_last', integer(0, 100_000), 20, 'Newest jobs of a repository that stay.'),
    row('keep_failed_days', integer(0, 3650), 14, 'Failed jobs stay this long.'),
    row('min_free_bytes', bytes(1, MAX_BYTES), null, 'Collect until this much is free.'),
    row('auto', flag, true, 'Collect after a job, at most hourly.'),
  ]),
  ...table('trust', {}, [
    row('require_signed_requests', flag, false, 'Refuse every unsigned request, whatever it says.'),
    row('trusted_keys', listOf('text'), [], 'Public keys (`ssh-ed25519 …`) that may sign requests.'),
  ]),
  row('identity.attestation_key', string('user_path'), null, 'Ed25519 key that signs attestations.'),
  ...table('queue', {}, [
    row('max_concurrent_jobs', integer(1, 64), 1, 'Jobs at the same time.'),
    row('max_priority', integer(-10, 10), 10, "Cap of a request's priority."),
  ]),
  ...table('toolchain', {}, [
    row('kind', oneOf('real', 'mock'), 'real', '`mock` drives a mock Xcode: for demonstrations and tests.'),
    row('paths', listOf('user_path'), [], 'Further places of Xcode, or of the mock.'),
  ]),
  row('sandbox.job_user', string('name'), null, 'Account that jobs run under, where the machine was set up for it.'),
]

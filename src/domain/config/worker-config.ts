import {invalid, refuse, type Problem} from './config-fault.ts'
import {readProviders, valuesOf} from './host-file.ts'
import {WORKER_KEYS} from './keys.ts'
import {readTable} from './read-table.ts'
import {parseToml, type ConfigFile, type RawTable} from './toml-file.ts'
import {expandHome} from './workers-file.ts'

/** What a worker's operator decides, defaults filled in, paths absolute. */
export interface WorkerSettings {
  /** Where it was read from; `null` when only defaults hold. */
  readonly file: string | null
  readonly name: string
  readonly roots: {readonly stage_root: string; readonly jobs_root: string; readonly cache_root: string}
  readonly limits: {
    readonly max_upload_bytes: number
    readonly max_blob_bytes: number
    readonly max_entries: number
    readonly max_artifact_bytes: number
    readonly max_log_bytes: number
    readonly min_disk_free_bytes: number
  }
  readonly queue: {readonly max_concurrent_jobs: number; readonly max_priority: number}
  readonly toolchain: {readonly kind: 'real' | 'mock'; readonly paths: readonly string[]}
  readonly trust: {readonly require_signed_requests: boolean; readonly trusted_keys: readonly string[]}
  readonly identity: {readonly attestation_key: string | null}
  readonly gc: {
    readonly max_age_days: number
    readonly max_bytes: number
    readonly keep_last: number
    readonly keep_failed_days: number
    readonly min_free_bytes: number | null
    readonly auto: boolean
  }
  readonly sandbox: {readonly job_user: string | null}
  readonly providers: Readonly<Record<string, RawTable>>
}

/** What the file leaves to the machine. */
export interface WorkerMachine {
  /** Absolute. */
  readonly home: string
  readonly hostname: string
  /** Absolute: where the roots lie that the file does not name. */
  readonly dataDirectory: string
}

const ROOTS = ['stage_root', 'jobs_root', 'cache_root'] as const

/** Reads `worker.toml`; `null` = there is none. Throws a fault: `config_invalid`, `invalid_worker_roots`. */
export function readWorkerSettings(file: ConfigFile | null, machine: WorkerMachine): WorkerSettings {
  const top = file === null ? {} : parseToml(file).top
  const place = {file: file?.path ?? 'worker.toml', path: []}
  const problems: Problem[] = []
  const values = valuesOf(readTable(top, WORKER_KEYS, place, problems, ['providers']), WORKER_KEYS)
  const number = (path: string): number => values.number(path) ?? 0
  const path = (value: string): string => expandHome(value, machine.home)
  const root = (name: (typeof ROOTS)[number]): string => path(values.text(`roots.${name}`) ?? `${machine.dataDirectory}/${name}`)
  const attestationKey = values.text('identity.attestation_key')
  const settings: WorkerSettings = {
    file: file?.path ?? null,
    name: values.text('name') ?? machine.hostname,
    roots: {stage_root: root('stage_root'), jobs_root: root('jobs_root'), cache_root: root('cache_root')},
    limits: {
      max_upload_bytes: number('limits.max_upload_bytes'),
      max_blob_bytes: number('limits.max_blob_bytes'),
      max_entries: number('limits.max_entries'),
      max_artifact_bytes: number('limits.max_artifact_bytes'),
      max_log_bytes: number('limits.max_log_bytes'),
      min_disk_free_bytes: number('limits.min_disk_free_bytes'),
    },
    queue: {max_concurrent_jobs: number('queue.max_concurrent_jobs'), max_priority: number('queue.max_priority')},
    toolchain: {kind: values.text('toolchain.kind') === 'mock' ? 'mock' : 'real', paths: values.texts('toolchain.paths').map(path)},
    trust: {require_signed_requests: values.flag('trust.require_signed_requests'), trusted_keys: values.texts('trust.trusted_keys')},
    identity: {attestation_key: attestationKey === null ? null : path(attestationKey)},
    gc: {
      max_age_days: number('gc.max_age_days'),
      max_bytes: number('gc.max_bytes'),
      keep_last: number('gc.keep_last'),
      keep_failed_days: number('gc.keep_failed_days'),
      min_free_bytes: values.number('gc.min_free_bytes'),
      auto: values.flag('gc.auto'),
    },
    sandbox: {job_user: values.text('sandbox.job_user')},
    providers: readProviders(top, place, problems),
  }
  problems.push(...rootProblems(settings.roots, place.file))
  if (settings.trust.require_signed_requests && settings.trust.trusted_keys.length === 0) {
    problems.push(
      invalid(
        {file: place.file, path: ['trust', 'require_signed_requests']},
        'trust.require_signed_requests without a key in trust.trusted_keys refuses everybody',
        "Add the hosts' public keys to trust.trusted_keys.",
      ),
    )
  }
  refuse(problems)
  return settings
}

/** Roots are absolute, normalised and apart from each other: what belongs to one may never be taken for another's. */
function rootProblems(roots: WorkerSettings['roots'], file: string): readonly Problem[] {
  return ROOTS.flatMap((name): readonly Problem[] => {
    const root = roots[name]
    const place = {file, path: ['roots', name]}
    if (!/^(\/[^/]+)+$/.test(root) || /\/\.\.?(\/|$)/.test(root)) {
      return [
        {code: 'invalid_worker_roots', place, problem: `roots.${name} = ${JSON.stringify(root)} is not an absolute, normalised directory`},
      ]
    }
    const inside = ROOTS.find((other) => other !== name && `${root}/`.startsWith(`${roots[other]}/`))
    return inside === undefined ? [] : [{code: 'invalid_worker_roots', place, problem: `roots.${name} lies inside roots.${inside}`}]
  })
}

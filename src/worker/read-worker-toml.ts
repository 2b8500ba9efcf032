import {existsSync, readFileSync} from 'node:fs'
import {homedir, hostname} from 'node:os'
import {isAbsolute, join, normalize} from 'node:path'
import {parse} from 'smol-toml'
import {RchError} from '@rch/contract'
import type {WorkerConfig} from './config.ts'

/** Reads worker.toml, or the defaults where there is none. Throws `config_invalid`, `invalid_worker_roots`. */
export function loadWorkerConfig(path: string | undefined): WorkerConfig {
  const file = path ?? join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'rch/worker.toml')
  const there = existsSync(file)
  if (!there && path !== undefined) throw new RchError('config_invalid', undefined, {data: {file, problem: 'there is no such file'}})
  const top: any = there ? parse(readFileSync(file, 'utf8')) : {}
  const base = join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'rch-worker')
  const root = (name: string): string => {
    const value: string = top.roots?.[name] ?? join(base, name)
    if (!isAbsolute(value) || normalize(value) !== value)
      throw new RchError('invalid_worker_roots', undefined, {data: {problem: `${name} = ${value}`}})
    return value
  }
  const GB = 1e9
  return {
    file: there ? file : null,
    name: top.name ?? hostname(),
    roots: {stage_root: root('stage_root'), jobs_root: root('jobs_root'), cache_root: root('cache_root')},
    limits: {
      max_upload_bytes: 8 * GB,
      max_blob_bytes: 2 * GB,
      max_entries: 500_000,
      max_artifact_bytes: 20 * GB,
      max_log_bytes: 200e6,
      min_disk_free_bytes: GB,
      ...top.limits,
    },
    queue: {max_concurrent_jobs: 1, max_priority: 10, ...top.queue},
    toolchain: {kind: top.toolchain?.kind ?? 'real', paths: top.toolchain?.paths ?? []},
    trust: {require_signed_requests: top.trust?.require_signed_requests ?? false, trusted_keys: top.trust?.trusted_keys ?? []},
    identity: {attestation_key: top.identity?.attestation_key ?? null},
    gc: {max_age_days: 7, max_bytes: 100 * GB, ...top.gc},
    providers: top.providers ?? {},
  }
}

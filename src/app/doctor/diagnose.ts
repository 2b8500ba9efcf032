import {accessSync, constants, existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {isRchError, toRchError, type WorkerEntry} from '@rch/contract'
import {runTool} from '../../infra/run-tool.ts'
import type {ModeRepair} from './mend.ts'
import {surveyWorkers} from '../inventory/survey-workers.ts'
import {profileOf, type Lane} from '../lane.ts'

export interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
  /** The command or line that puts it right; `null` when nothing has to be done. */
  readonly fix: string | null
  /** What `--fix` does about it. */
  readonly repair?: ModeRepair
}

const MAX_SKEW_MS = 120_000

/** Looks at everything a run needs, from Node to each worker's clock; every finding that is not well says how to mend it. */
export async function diagnose(lane: Lane): Promise<readonly Finding[]> {
  return [
    node(),
    await git(),
    folders(lane),
    ...privacy(lane),
    await profile(lane),
    ...lane.workers.flatMap((worker) => keys(worker)),
    ...(await workers(lane)),
    await plugins(lane),
  ]
}

/** The hardening checklist: what a fleet should have set, met or not, with the line that sets it. */
export async function harden(lane: Lane): Promise<readonly Finding[]> {
  const {profile: effective} = await profileOf(lane, {}, null)
  const {trust, env, destinations} = effective
  const perWorker = lane.workers.flatMap((worker): Finding[] => [
    met(
      `${worker.name}: host key pinned`,
      worker.transport === 'local' || worker.host_key_fingerprint !== null || worker.host_key_ca !== null,
      `host_key_fingerprint = "SHA256:…" (rch xcode workers probe ${worker.name})`,
    ),
    met(
      `${worker.name}: split keys`,
      worker.transport === 'local' || (worker.stage_key !== null && worker.fetch_key !== null),
      'stage_key = "…" and fetch_key = "…"',
    ),
    met(
      `${worker.name}: harness pinned`,
      worker.expected_harness_sha256 !== null,
      `expected_harness_sha256 = "…" (rch xcode workers probe ${worker.name})`,
    ),
    met(
      `${worker.name}: attestation key pinned`,
      worker.attestation_key_fingerprint !== null,
      `attestation_key_fingerprint = "SHA256:…" (rch xcode workers probe ${worker.name})`,
    ),
  ])
  return [
    ...perWorker,
    met(
      'signed requests',
      effective.request_signing_key !== null || lane.workers.every((worker) => worker.request_signing_key !== null),
      '[defaults] request_signing_key = "~/.ssh/rch_sign" in config.toml',
    ),
    met('pinned host keys required', trust.require_pinned_host_key, '[enforce.trust] require_pinned_host_key = true in config.toml'),
    met(
      'attestation signatures required',
      trust.require_attestation_signature,
      '[enforce.trust] require_attestation_signature = true in config.toml',
    ),
    met(
      'core ids in destinations',
      destinations.every((destination) => !destination.platform.endsWith(' Simulator') || destination.require_core_ids),
      'require_core_ids = true with device_type_id and runtime_id (rch xcode destinations --toml)',
    ),
    met('env.strict', env.strict, '[profiles.<name>.env] strict = true'),
  ]
}

function met(check: string, ok: boolean, fix: string): Finding {
  return {check, ok, detail: ok ? 'met' : 'not met', fix: ok ? null : fix}
}

function node(): Finding {
  return {check: 'node', ok: true, detail: process.versions.node, fix: null}
}

async function git(): Promise<Finding> {
  try {
    const {stdout} = await runTool('git', ['--version'], {env: {PATH: process.env['PATH'] ?? ''}, timeoutMs: 10_000})
    return {check: 'git', ok: true, detail: stdout.trim(), fix: null}
  } catch {
    return {check: 'git', ok: false, detail: 'git cannot be run', fix: 'Install git, or set source.mode = "working_tree".'}
  }
}

function folders(lane: Lane): Finding {
  for (const folder of [lane.places.artifacts, lane.places.cache, lane.places.state]) {
    const existing = nearestExisting(folder)
    try {
      accessSync(existing, constants.W_OK)
    } catch {
      const repair = {path: existing, mode: (statSync(existing).mode & 0o777) | 0o700}
      return {check: 'folders', ok: false, detail: `${existing} cannot be written to`, fix: `chmod u+rwx ${existing}`, repair}
    }
  }
  return {check: 'folders', ok: true, detail: lane.places.artifacts, fix: null}
}

/** What others may neither read (results, first-use keys) nor write (configuration: it names programs and keys). */
function privacy({places}: Lane): readonly Finding[] {
  const kept = [places.artifacts, places.cache, places.state].map((path) => ({path, unwanted: 0o077, what: 'can be looked into by others'}))
  const read = [places.config, join(places.config, 'config.toml'), join(places.config, 'workers.toml')].map((path) => ({
    path,
    unwanted: 0o022,
    what: 'can be changed by others',
  }))
  return [...kept, ...read].flatMap(({path, unwanted, what}): Finding[] => {
    const mode = modeOf(path)
    if (mode === null || (mode & unwanted) === 0) return []
    const better = mode & ~unwanted
    const fix = `chmod ${better.toString(8)} ${path}`
    return [{check: 'permissions', ok: false, detail: `${path} ${what} (mode ${mode.toString(8)})`, fix, repair: {path, mode: better}}]
  })
}

function modeOf(path: string): number | null {
  return existsSync(path) ? statSync(path).mode & 0o777 : null
}

function nearestExisting(folder: string): string {
  return existsSync(folder) ? folder : nearestExisting(join(folder, '..'))
}

async function profile(lane: Lane): Promise<Finding> {
  try {
    const {profile: effective, posture} = await profileOf(lane, {}, null)
    return {check: 'profile', ok: true, detail: `${effective.name}, posture ${posture.value}`, fix: null}
  } catch (error) {
    if (!isRchError(error)) throw error
    return {
      check: 'profile',
      ok: false,
      detail: `${error.code}: ${error.message}`,
      fix: error.code === 'profile_required' && lane.files.repository === null ? 'rch xcode init' : error.hint,
    }
  }
}

function keys(worker: WorkerEntry): Finding[] {
  const named = [worker.run_key, worker.stage_key, worker.fetch_key].filter((key) => key !== null)
  return [...new Set(named)].map((key) => {
    const check = `key of ${worker.name}`
    if (!existsSync(key)) return {check, ok: false, detail: `${key} is not there`, fix: `ssh-keygen -t ed25519 -f ${key}`}
    const mode = statSync(key).mode & 0o777
    return (mode & 0o077) === 0
      ? {check, ok: true, detail: key, fix: null}
      : {
          check,
          ok: false,
          detail: `${key} can be read by others (mode ${mode.toString(8)})`,
          fix: `chmod 600 ${key}`,
          repair: {path: key, mode: 0o600},
        }
  })
}

async function workers(lane: Lane): Promise<readonly Finding[]> {
  if (lane.workers.length === 0)
    return [
      {check: 'workers', ok: false, detail: 'none are known', fix: 'rch xcode workers add NAME --host HOST --user USER --run-key KEY'},
    ]
  const asked = Date.now()
  const surveyed = await surveyWorkers(lane, null)
  const took = Date.now() - asked
  return surveyed.flatMap(({worker, capabilities, error}): Finding[] => {
    const check = `worker ${worker.name}`
    if (error !== null) return [{check, ok: false, detail: `${error.code}: ${error.message}`, fix: error.hint}]
    if (capabilities === null) return []
    const skew = Date.parse(capabilities.now) - Date.now()
    const findings: Finding[] = [
      {
        check,
        ok: capabilities.health.status === 'ok',
        detail:
          capabilities.health.status === 'ok'
            ? `harness ${capabilities.harness_version}, ${capabilities.xcodes.length} Xcodes`
            : capabilities.health.reasons.join('; '),
        fix: capabilities.health.status === 'ok' ? null : `rch xcode workers probe ${worker.name}`,
      },
    ]
    // What the answer took may all have been on its way back.
    if (Math.abs(skew) > MAX_SKEW_MS + took)
      findings.push({
        check: `clock of ${worker.name}`,
        ok: false,
        detail: `${Math.round(skew / 1000)} s off`,
        fix: 'Set both clocks by NTP.',
      })
    return findings
  })
}

async function plugins(lane: Lane): Promise<Finding> {
  try {
    const [all, [problem]] = await Promise.all([lane.providers.listAll(), lane.providers.problems()])
    if (problem !== undefined) return {check: 'plugins', ok: false, detail: problem.message, fix: problem.hint}
    return {
      check: 'plugins',
      ok: true,
      detail: all.map(({kind, id, plugin, version}) => `${kind} ${id} (${plugin} ${version})`).join(', '),
      fix: null,
    }
  } catch (error) {
    const known = toRchError(error)
    return {check: 'plugins', ok: false, detail: known.message, fix: known.hint}
  }
}

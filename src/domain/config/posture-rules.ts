import type {ConfigValue} from './key-row.ts'
import type {Decided} from './decide.ts'
import {isTexts} from './strictness.ts'

export type DecidedKeys = ReadonlyMap<string, Decided>

/** The values that follow from others: defaults by posture, what an untrusted source is denied, and what `cache.mode` caps. */
export function applyRules(decided: DecidedKeys, posture: 'trusted' | 'untrusted', hostEnv: readonly string[]): DecidedKeys {
  const values = new Map(decided)
  const set = (key: string, value: ConfigValue, rule: string): void => {
    const before = values.get(key)
    if (before === undefined || before.value === value) return
    const replaced = before.value === null ? [] : [{value: before.value, origin: before.origin, rank: 0}]
    values.set(key, {value, origin: {layer: 'rule', label: rule, place: null}, overridden: [...before.overridden, ...replaced]})
  }
  const get = (key: string): ConfigValue | null => values.get(key)?.value ?? null

  set('trust.posture', posture, 'posture')
  if (posture === 'untrusted') denyUntrusted(get, set, hostEnv)
  const byPosture = `${posture} posture`
  if (get('workspace_mode.mode') === null) set('workspace_mode.mode', 'warm', byPosture)
  if (get('cache.mode') === null) set('cache.mode', 'read_write', byPosture)
  capCaches(get, set)

  const rich = get('artifact_profile') === 'rich'
  for (const report of ['reports.sarif', 'reports.annotations']) {
    if (get(report) === null) set(report, rich, 'artifact_profile')
  }
  return values
}

type Get = (key: string) => ConfigValue | null
type Set = (key: string, value: ConfigValue, rule: string) => void

/** Nothing that a file or a flag says can undo these. */
function denyUntrusted(get: Get, set: Set, hostEnv: readonly string[]): void {
  const rule = 'untrusted posture'
  set('safety.code_signing_allowed', false, rule)
  set('safety.simulator_signing', 'none', rule)
  set('safety.allow_mutating', false, rule)
  set('workspace_mode.mode', 'isolated', rule)
  set('source.symlinks', 'forbid', rule)
  set('source.read_only', true, rule)
  set('cache.mode', get('cache.allow_untrusted_reads') === true && get('cache.mode') !== 'off' ? 'read_only' : 'off', rule)
  set('simulator.strategy', 'per_job', rule)
  set('simulator.device_set', 'shared', rule)
  set('simulator.erase_on_start', true, rule)
  set('simulator.shutdown_on_end', true, rule)
  set('redaction.enabled', true, rule)
  const env = get('env.allow')
  if (isTexts(env) && env.some((name) => !hostEnv.includes(name))) {
    set(
      'env.allow',
      env.filter((name) => hostEnv.includes(name)),
      rule,
    )
  }
}

function capCaches(get: Get, set: Set): void {
  const mode = get('cache.mode')
  if (mode === 'read_write') return
  const rule = `cache.mode = ${JSON.stringify(mode)}`
  if (mode === 'read_only') {
    if (get('cache.result') === 'read_write') set('cache.result', 'read', rule)
    return
  }
  set('cache.result', 'off', rule)
  set('cache.spm', 'off', rule)
  set('cache.compilation', 'off', rule)
  if (get('cache.derived_data') === 'shared') set('cache.derived_data', 'per_job', rule)
}

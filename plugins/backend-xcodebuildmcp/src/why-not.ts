import type {BackendJob} from '@rch/contract'
import {chooseTools} from './choose-tools.ts'

/** What the tool itself says when it builds tests for a simulator. */
export const TEST_SETTINGS = ['COMPILER_INDEX_STORE_ENABLE=NO', 'ONLY_ACTIVE_ARCH=YES'] as const

/** Why XcodeBuildMCP cannot run a job as it is; empty when it can. Each reason is a clause about the tool. */
export function whyNot(job: BackendJob): readonly string[] {
  const {action, destinations, model, posture, env, toolchain} = job
  const reasons: string[] = []
  const tests = action === 'test'
  if (action === 'test-without-building') reasons.push('it runs prepared tests only from a bundle that it built itself')
  if (action === 'clean') reasons.push('it has no clean that keeps to our paths')
  const [first] = destinations
  const family = first === undefined ? null : chooseTools(first)
  if (first === undefined) reasons.push('it needs a destination')
  else if (family === null || (tests && family.test === null))
    reasons.push(
      `it has no tool for ${action} on ${first.generic ? 'any ' : ''}${first.platform}${first.variant === null ? '' : `, ${first.variant}`}`,
    )
  if (tests && destinations.length > 1) reasons.push(`it tests one destination at a time, not ${destinations.length}`)
  // It names a simulator by its id alone and a Mac without architecture when testing: the machine's own is what it gets.
  const foreign = destinations.find(({arch}) => arch !== null && arch !== toolchain.arch)
  if (foreign !== undefined && (tests || family?.workflow !== 'macos'))
    reasons.push(`it cannot ask for ${foreign.arch} on ${foreign.platform}`)
  if (family?.workflow === 'simulator' && action !== 'build') {
    const contrary = TEST_SETTINGS.find((setting) => contradicts(setting, model.build_settings))
    if (contrary !== undefined) reasons.push(`it builds tests with ${contrary}`)
  }
  if (model.run.collect_test_diagnostics === 'on-failure') reasons.push('it never collects test diagnostics')
  if (posture === 'untrusted' && model.run.skip_macro_validation !== true)
    reasons.push('it always skips the validation of macros, which an untrusted job has to ask for')
  if (Object.hasOwn(env, 'NODE_OPTIONS')) reasons.push('NODE_OPTIONS would reach the tool itself')
  return reasons
}

function contradicts(setting: string, settings: Readonly<Record<string, string>>): boolean {
  const [name = '', value] = setting.split('=')
  return Object.hasOwn(settings, name) && settings[name] !== value
}

import type {BackendJob} from '../../providers.ts'

/**
 * The settings that decide signing, which only the worker adds: nothing is signed unless the host allowed it; ad-hoc signing serves
 * simulators only and needs no certificate. What `words` already say is left out.
 */
export function signingSettings(
  job: Pick<BackendJob, 'code_signing_allowed' | 'simulator_signing' | 'destinations'>,
  words: readonly string[],
): readonly string[] {
  const simulators = job.destinations.length > 0 && job.destinations.every((destination) => destination.platform.endsWith(' Simulator'))
  const wanted = job.code_signing_allowed
    ? []
    : job.simulator_signing === 'adhoc' && simulators
      ? ['CODE_SIGNING_ALLOWED=YES', 'CODE_SIGNING_REQUIRED=NO', 'CODE_SIGN_IDENTITY=-']
      : ['CODE_SIGNING_ALLOWED=NO']
  return wanted.filter((setting) => !words.includes(setting))
}

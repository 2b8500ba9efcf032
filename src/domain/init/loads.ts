import {ConfigFault} from '../config/config-fault.ts'
import {REPOSITORY_CONFIG, resolveConfig} from '../config/resolve.ts'
import type {ProfileProposal} from './proposal.ts'
import {renderProfile} from './render-profile.ts'

/** Whether the loader takes what would be written: CI may ask for what no profile can hold, such as tests on a device. */
export function loads(proposal: ProfileProposal): boolean {
  const bytes = new TextEncoder().encode(renderProfile(proposal, {profile: 'ci', demo: false}))
  try {
    resolveConfig({
      repository: {path: REPOSITORY_CONFIG, bytes},
      host: null,
      flags: {},
      profile: null,
      env: {},
      githubEvent: null,
      origin: null,
    })
    return true
  } catch (error) {
    if (error instanceof ConfigFault) return false
    throw error
  }
}

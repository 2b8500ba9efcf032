import type {DestinationConfig} from '@rch/contract'
import type {CiCommand} from './ci-commands.ts'
import type {ContainerChoice, Finding} from './facts.ts'

export type ProposedDestination = Pick<DestinationConfig, 'platform' | 'generic' | 'name' | 'os' | 'arch' | 'variant'>

export interface ProfileProposal {
  readonly container: ContainerChoice
  readonly scheme: string
  /** Further schemes with tests in the same container, or that CI uses. */
  readonly schemes: readonly string[]
  readonly action: 'build' | 'test'
  readonly configuration: string | null
  readonly sdk: string | null
  readonly testPlan: string | null
  readonly dropOwnedPaths: boolean
  readonly destinations: readonly ProposedDestination[]
  /** The CI command that it fits; `null` when the repository alone was asked. */
  readonly from: CiCommand | null
  readonly findings: readonly Finding[]
}

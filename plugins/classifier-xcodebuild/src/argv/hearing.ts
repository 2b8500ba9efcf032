import type {ClassifierPolicy} from '@rch/contract'
import type {GateProfile} from '../gate-profile.ts'
import {insideRepository, type Root} from '../paths.ts'
import type {Draft} from './draft.ts'
import type {Ledger} from './ledger.ts'

/** Everything that the judgement of one command works with. */
export interface Hearing {
  readonly profile: GateProfile
  readonly policy: ClassifierPolicy
  readonly root: Root
  /** The command's directory relative to the repository root; `null` = outside of it. */
  readonly directory: string | null
  readonly draft: Draft
  readonly ledger: Ledger
  /** Names of options and settings met so far. */
  readonly seen: Set<string>
  readonly dropped: {option: string; value: string | null; note: string}[]
  containerNamed: boolean
  quiet: boolean
  verbose: boolean
  resultBundlePath: string | null
}

/** A path of the command relative to the repository root; `null` when it leaves the repository. */
export function pathInside({directory, root}: Hearing, path: string): string | null {
  return directory === null ? null : insideRepository(path, directory, root)
}

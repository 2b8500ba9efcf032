import type {Problem} from './config-fault.ts'
import type {Entry} from './layer.ts'

/** The last value for a key of each of those who may give one. */
export interface Given {
  readonly defaults: Entry | null
  readonly repository: Entry | null
  /** A flag, or an option of the command. */
  readonly user: Entry | null
  readonly enforce: Entry | null
}

/** Plain layering: the strongest layer that gives a value. */
export function newest({enforce, user, repository, defaults}: Given): Entry | null {
  return enforce ?? user ?? repository ?? defaults
}

/** What a repository asked for and did not get, though nothing is wrong. */
export interface Note {
  readonly key: string
  readonly message: string
  readonly hint: string
}

export interface Findings {
  readonly problems: Problem[]
  readonly notes: Note[]
}

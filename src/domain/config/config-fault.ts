import type {ErrorCode} from '@rch/contract'

/** A place in a file: the raw keys and indices that lead to it. Its line is looked up only when somebody will read it. */
export interface Place {
  readonly file: string
  readonly path: readonly (string | number)[]
}

export interface Problem {
  readonly code: ErrorCode
  /** `null` where no file is to blame (a flag, a variable). */
  readonly place: Place | null
  readonly problem: string
  readonly hint?: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** What the pure loader throws: problems whose lines are not known yet. Never leaves this folder. */
export class ConfigFault extends Error {
  override readonly name = 'ConfigFault'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(({problem}) => problem).join('; '))
    this.problems = problems
  }
}

/** Throws when there is a problem. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigFault(problems)
}

export function invalid(place: Place | null, problem: string, hint?: string): Problem {
  return {code: 'config_invalid', place, problem, ...(hint === undefined ? {} : {hint})}
}

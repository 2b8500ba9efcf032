import type {OverrideFlags} from '../domain/config/index.ts'

/** The flags of commands that start a run, as parsed. */
export interface RunFlags {
  readonly profile?: string | undefined
  readonly 'config-dir'?: string | undefined
  readonly quiet: boolean
  readonly verbose: boolean
  /** Only errors, warnings and failed tests are told. */
  readonly troubleOnly?: boolean
  readonly worker?: string | undefined
  readonly action?: string | undefined
  readonly scheme?: string | undefined
  readonly configuration?: string | undefined
  readonly destination?: readonly string[] | undefined
  readonly xcode?: string | undefined
  readonly stager?: string | undefined
  readonly backend?: string | undefined
  readonly timeout?: number | undefined
  readonly set?: readonly string[] | undefined
  readonly detach: boolean
  readonly yes?: boolean
  readonly 'trace-id'?: string | undefined
}

/** What of the flags overrides the profile. */
export function overridesOf(flags: Partial<RunFlags>): OverrideFlags {
  const {action, scheme, configuration, destination, xcode, stager, backend, timeout, set} = flags
  return {action, scheme, configuration, destination, xcode, stager, backend, timeout, set}
}

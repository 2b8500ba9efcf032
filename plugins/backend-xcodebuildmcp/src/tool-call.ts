import type {Invocation} from '@rch/contract'

/** One call of one of XcodeBuildMCP's tools, and what must be done around it. */
export interface ToolInvocation extends Invocation {
  readonly request: Readonly<Record<string, unknown>>
  readonly around: {
    /** The result bundle the call writes. */
    readonly resultBundle: string
    /** A package that has to be wrapped into a workspace first. */
    readonly wrap: {readonly workspace: string; readonly package: string} | null
    /** Where a bundle of the step before is kept while this call writes its own; both become one. */
    readonly mergeInto: {readonly aside: string; readonly program: string} | null
    /** What nobody needs after the call. */
    readonly leaves: readonly string[]
  }
}

export function isToolInvocation(invocation: Invocation): invocation is ToolInvocation {
  return 'around' in invocation
}

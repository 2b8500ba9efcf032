import {RchError} from '@rch/contract'
import type {VerdictCode} from './verdict.ts'

export interface VerdictFacts {
  /** Distinct errors of the build that the log names. */
  readonly errors: number
  /** Distinct failed tests that the log names. */
  readonly failed: number
  /** Of the tool that ran; null where it told none. */
  readonly exit_code: number | null
}

/** A verdict as an error that counts what was named, or says that nothing was. */
export function verdictError(code: VerdictCode, facts: VerdictFacts): RchError {
  return new RchError(code, messageOf(code, facts), {data: {...facts}})
}

function messageOf(code: VerdictCode, {errors, failed, exit_code}: VerdictFacts): string | undefined {
  const status = exit_code === null ? '' : ` with exit status ${exit_code}`
  if (code === 'build_failed')
    return errors > 0 ? `The build failed with ${plural(errors, 'error')}.` : `The build failed${status}; its log names no error.`
  if (code === 'tests_failed')
    return failed > 0 ? `${plural(failed, 'test')} failed.` : `The tests failed${status}; the log names none that did.`
  if (code === 'insufficient_disk_space') return 'The build stopped because a disk was full.'
  return undefined
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

import {describe, it} from 'vitest'
import {transportChecks} from './checks.ts'
import type {OpenFake} from './transport-check.ts'

/**
 * The suite that every transport must pass. `open` reaches a worker whose harness is `fakeHarnessCommand()`, which the transport
 * starts as it would start the real one (`--forced=run:<owner>`, the verb in `SSH_ORIGINAL_COMMAND`).
 */
export function transportConformance(name: string, open: OpenFake): void {
  describe(`the transport ${name}`, () => {
    for (const check of transportChecks()) it(check.name, () => check.run(open))
  })
}

import {describe, it} from 'vitest'
import {backendChecks, type BackendSubject} from './checks.ts'

/** The laws that every backend keeps, tried on a tool that does what it is told. */
export function backendConformance(name: string, subject: () => BackendSubject): void {
  describe(`the backend ${name}`, () => {
    for (const check of backendChecks()) it(check.name, () => check.run(subject()))
  })
}

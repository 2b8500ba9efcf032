import {describe, it} from 'vitest'
import {CLASSIFIER_CHECKS, type ClassifierSubject} from './checks.ts'

/** The laws that every classifier keeps, tried on the commands that its author names. */
export function classifierConformance(name: string, subject: () => ClassifierSubject): void {
  describe(`the classifier ${name}`, () => {
    for (const check of CLASSIFIER_CHECKS) it(check.name, () => check.run(subject()))
  })
}

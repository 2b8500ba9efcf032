import type {TestFindings} from '../../../reports/findings.ts'
import {asObject, needText, objectsOf, textOf, textsOf} from './json-fields.ts'
import {identityOf} from './test-identity.ts'

export type Insight = NonNullable<TestFindings['insights']>[number]

const KINDS = [
  ['commonFailureInsights', 'common_failure'],
  ['failureDistributionInsights', 'failure_distribution'],
  ['longestTestRunsInsights', 'longest_tests'],
] as const

/**
 * `get test-results insights`: what Xcode itself finds worth saying about a run. Of the kinds only the longest tests were seen filled in, so
 * nothing but the title is asked for. Throws a BundleFormatError.
 */
export function parseInsights(value: unknown): readonly Insight[] {
  const root = asObject(value, '')
  return KINDS.flatMap(([field, kind]) =>
    objectsOf(root, field, '').map((insight, index): Insight => {
      const at = `${field}[${index}]`
      return {
        kind,
        title: needText(insight, 'title', at),
        impact: textOf(insight, 'impact', at),
        target: textOf(insight, 'targetName', at),
        device: textOf(insight, 'deviceName', at),
        tests: textsOf(insight, 'associatedTestIdentifiers', at).map((url) => identityOf(url, url, url, null).id),
      }
    }),
  )
}

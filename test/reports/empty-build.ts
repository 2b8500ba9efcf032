import {NO_BUILD_FINDINGS, type BuildFindings} from '../../src/reports/findings.ts'

/** What is found in a build that succeeded and said nothing. */
export const EMPTY_BUILD: BuildFindings = {...NO_BUILD_FINDINGS, outcome: 'succeeded', source: 'log'}

import type {BundleCounts} from './bundle-facts.ts'
import {asObject, BundleFormatError, countOf, numberOf, objectOf, objectsOf, textOf} from './json-fields.ts'
import {deviceOf} from './parse-devices.ts'
import {outcomeOf} from './parse-tests.ts'
import {identityOf} from './test-identity.ts'

/** `get test-results summary`. Throws a BundleFormatError. */
export function parseSummary(value: unknown): BundleCounts {
  const root = asObject(value, '')
  const need = (field: string): number => {
    const count = countOf(root, field, '')
    if (count === null) throw new BundleFormatError(field, 'a count', undefined)
    return count
  }
  const [start, finish] = [numberOf(root, 'startTime', ''), numberOf(root, 'finishTime', '')]
  const outcome = outcomeOf(textOf(root, 'result', ''))
  return {
    result: outcome === 'failed' ? 'failed' : outcome === 'unknown' ? 'unknown' : 'passed',
    total: need('totalTestCount'),
    passed: need('passedTests'),
    failed: need('failedTests'),
    skipped: need('skippedTests'),
    expected_failures: countOf(root, 'expectedFailures', '') ?? 0,
    started_at: start === null ? null : isoTime(start),
    seconds: start === null || finish === null ? null : Math.max(0, finish - start),
    devices: objectsOf(root, 'devicesAndConfigurations', '').flatMap((row, index) => {
      const at = `devicesAndConfigurations[${index}]`
      const device = objectOf(row, 'device', at)
      return device === null ? [] : [deviceOf(device, `${at}.device`)]
    }),
    measured: objectsOf(root, 'statistics', '').some((row, index) =>
      /performance/i.test(textOf(row, 'title', `statistics[${index}]`) ?? ''),
    ),
    insights: objectsOf(root, 'topInsights', '').length,
    failures: objectsOf(root, 'testFailures', '').map((failure, index) => {
      const at = `testFailures[${index}]`
      const name = textOf(failure, 'testName', at) ?? ''
      const {id} = identityOf(
        textOf(failure, 'testIdentifierURL', at),
        textOf(failure, 'testIdentifierString', at),
        name,
        textOf(failure, 'targetName', at),
      )
      return {id, message: textOf(failure, 'failureText', at) ?? ''}
    }),
  }
}

/** Seconds since 1970 as a timestamp; null when they are none. */
function isoTime(seconds: number): string | null {
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) || time.getUTCFullYear() > 9999 || time.getUTCFullYear() < 0 ? null : time.toISOString()
}

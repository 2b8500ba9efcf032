import type {TestFindings} from '../../../reports/findings.ts'
import {asList, asObject, BundleFormatError, needText, numberOf, objectOf, objectsOf, textOf, type JsonObject} from './json-fields.ts'
import {identityOf} from './test-identity.ts'

export type PerformanceRow = NonNullable<TestFindings['performance']>[number]

/** `get test-results metrics`: what performance tests measured, one row per test, run and metric. Throws a BundleFormatError. */
export function parseMetrics(value: unknown): readonly PerformanceRow[] {
  return asList(value, '').flatMap((entry, index) => {
    const at = `[${index}]`
    const test = asObject(entry, at)
    const identifier = textOf(test, 'testIdentifier', at)
    const {id} = identityOf(textOf(test, 'testIdentifierURL', at), identifier, identifier?.split('/').at(-1) ?? '', null)
    return objectsOf(test, 'testRuns', at).flatMap((run, number) => {
      const inRun = `${at}.testRuns[${number}]`
      const device = objectOf(run, 'device', inRun)
      const configuration = objectOf(run, 'testPlanConfiguration', inRun)
      return objectsOf(run, 'metrics', inRun).map((metric, place): PerformanceRow => ({
        test: id,
        device: device === null ? null : textOf(device, 'deviceName', `${inRun}.device`),
        configuration: configuration === null ? null : textOf(configuration, 'configurationName', `${inRun}.testPlanConfiguration`),
        ...metricOf(metric, `${inRun}.metrics[${place}]`),
      }))
    })
  })
}

function metricOf(metric: JsonObject, at: string): Omit<PerformanceRow, 'test' | 'device' | 'configuration'> {
  const measurements = metric['measurements'] === undefined ? [] : asList(metric['measurements'], `${at}.measurements`)
  const baseline = numberOf(metric, 'baselineAverage', at)
  return {
    metric: textOf(metric, 'displayName', at) ?? needText(metric, 'identifier', at),
    identifier: textOf(metric, 'identifier', at),
    unit: textOf(metric, 'unitOfMeasurement', at),
    measurements: measurements.map((one, index) => {
      if (typeof one === 'number' && Number.isFinite(one)) return one
      throw new BundleFormatError(`${at}.measurements[${index}]`, 'a number', one)
    }),
    // Without a baseline the tool writes a nameless one of 0.
    baseline: baseline === null || (baseline === 0 && (textOf(metric, 'baselineName', at) ?? '') === '') ? null : baseline,
    polarity: textOf(metric, 'polarity', at),
  }
}

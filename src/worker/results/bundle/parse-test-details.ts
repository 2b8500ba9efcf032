import type {TestRow} from '../../../reports/findings.ts'
import {asObject, needText, objectsOf, textOf} from './json-fields.ts'
import {devicesOf} from './parse-devices.ts'
import {parseTests} from './parse-tests.ts'

export interface BundleTestDetails {
  /** As in the tree of all tests: one per device, configuration and argument. */
  readonly rows: readonly TestRow[]
  readonly measured: boolean
  readonly media: boolean
}

/**
 * `get test-results test-details`: one test with its runs, in the nodes of the tree of tests. Throws a BundleFormatError.
 */
export function parseTestDetails(value: unknown): BundleTestDetails {
  const root = asObject(value, '')
  const name = needText(root, 'testName', '')
  devicesOf(root, '')
  const test = {
    nodeType: 'Test Case',
    name,
    nodeIdentifier: textOf(root, 'testIdentifier', '') ?? undefined,
    nodeIdentifierURL: textOf(root, 'testIdentifierURL', '') ?? undefined,
    result: textOf(root, 'testResult', '') ?? undefined,
    durationInSeconds: root['durationInSeconds'],
    duration: root['duration'],
    tags: root['tags'],
    children: objectsOf(root, 'testRuns', ''),
  }
  const {rows} = parseTests({devices: root['devices'], testPlanConfigurations: root['testPlanConfigurations'], testNodes: [test]})
  return {rows, measured: root['hasPerformanceMetrics'] === true, media: root['hasMediaAttachments'] === true}
}

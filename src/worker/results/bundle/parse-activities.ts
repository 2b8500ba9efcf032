import type {TestIdentity} from '@rch/contract/events'
import {asObject, BundleFormatError, needText, numberOf, objectOf, objectsOf, textOf, type JsonObject} from './json-fields.ts'
import {identityOf} from './test-identity.ts'

/** Something that a test did, in the order in which it began. */
export interface BundleActivity {
  readonly title: string
  /** 0 for what the test did itself, 1 for what that did, and so on. */
  readonly depth: number
  /** Seconds since 1970; null where the tool does not say. */
  readonly at: number | null
  readonly failed: boolean
  /** Names of the files that it left. */
  readonly attachments: readonly string[]
}

export interface BundleActivities {
  readonly test: TestIdentity
  readonly runs: readonly {
    readonly device: string | null
    readonly configuration: string | null
    /** As the rows of the tree of tests name them; null for none. */
    readonly arguments: string | null
    readonly activities: readonly BundleActivity[]
  }[]
}

const MAX_DEPTH = 100

/** `get test-results activities`: what each run of one test did. Throws a BundleFormatError. */
export function parseActivities(value: unknown): BundleActivities {
  const root = asObject(value, '')
  const test = identityOf(textOf(root, 'testIdentifierURL', ''), textOf(root, 'testIdentifier', ''), needText(root, 'testName', ''), null)
  const runs = objectsOf(root, 'testRuns', '').map((run, index) => {
    const at = `testRuns[${index}]`
    const device = objectOf(run, 'device', at)
    const configuration = objectOf(run, 'testPlanConfiguration', at)
    const values = objectsOf(run, 'arguments', at).map((one, place) => textOf(one, 'value', `${at}.arguments[${place}]`) ?? '')
    return {
      device: device === null ? null : textOf(device, 'deviceName', `${at}.device`),
      configuration: configuration === null ? null : textOf(configuration, 'configurationName', `${at}.testPlanConfiguration`),
      arguments: values.length === 0 ? null : values.join(', '),
      activities: flatten(run, 'activities', at, 0),
    }
  })
  return {test, runs}
}

function flatten(parent: JsonObject, field: string, place: string, depth: number): readonly BundleActivity[] {
  if (depth > MAX_DEPTH) return []
  return objectsOf(parent, field, place).flatMap((activity, index) => {
    const at = `${place}.${field}[${index}]`
    const failed = activity['isAssociatedWithFailure'] ?? false
    if (typeof failed !== 'boolean') throw new BundleFormatError(`${at}.isAssociatedWithFailure`, 'true or false', failed)
    const own: BundleActivity = {
      title: needText(activity, 'title', at),
      depth,
      at: numberOf(activity, 'startTime', at),
      failed,
      attachments: objectsOf(activity, 'attachments', at).flatMap(
        (one, number) => textOf(one, 'name', `${at}.attachments[${number}]`) ?? [],
      ),
    }
    return [own, ...flatten(activity, 'childActivities', at, depth + 1)]
  })
}

// What every test does says nothing about one that failed.
const FRAME = /^(?:Start Test at |Set Up$|Tear Down$|Wait for .* to idle$)/

/** The last `most` things that a run did before it failed, the oldest first; none where it did not fail or nothing is told. */
export function leadingTo(activities: readonly BundleActivity[], most: number): readonly string[] {
  const failure = activities.findIndex(({failed}) => failed)
  return activities
    .slice(0, Math.max(0, failure))
    .map(({title}) => title)
    .filter((title) => !FRAME.test(title))
    .slice(-most)
}

import type {FailurePlace} from '@rch/contract/events'
import type {TestFindings, TestOutcome, TestRow} from '../../../reports/findings.ts'
import {failureOf, isCrash, isTimeout, skipReason} from './failure-message.ts'
import {humanSeconds} from './human-duration.ts'
import {asObject, needText, numberOf, objectsOf, textOf, textsOf, type JsonObject} from './json-fields.ts'
import {devicesOf} from './parse-devices.ts'
import {identityOf} from './test-identity.ts'

export interface BundleTests {
  readonly rows: readonly TestRow[]
  readonly devices: TestFindings['devices']
  /** How the tool itself calls each test, by our id. */
  readonly identifiers: ReadonlyMap<string, string>
}

/** Where a node stands: what its ancestors say. */
interface Place {
  readonly target: string | null
  readonly device: string | null
  readonly configuration: string | null
  readonly arguments: string | null
}

/** Deeper than any suite is nested; a cyclic or absurd tree ends here. */
const MAX_DEPTH = 200

/**
 * `get test-results tests`: one row per test, device, configuration and argument. Kinds of nodes that this release does not know are walked
 * through: what they hold counts, what they are does not. Throws a BundleFormatError.
 */
export function parseTests(value: unknown): BundleTests {
  const root = asObject(value, '')
  const devices = devicesOf(root, '')
  const configurations = objectsOf(root, 'testPlanConfigurations', '')
  const [only] = configurations
  const place: Place = {
    target: null,
    // With one of a kind the tree does not name it.
    device: devices.length === 1 ? (devices[0]?.name ?? null) : null,
    configuration:
      configurations.length === 1 && only !== undefined ? textOf(only, 'configurationName', 'testPlanConfigurations[0]') : null,
    arguments: null,
  }
  const rows: TestRow[] = []
  const identifiers = new Map<string, string>()
  for (const [index, node] of objectsOf(root, 'testNodes', '').entries()) walk(node, place, `testNodes[${index}]`, 0, rows, identifiers)
  return {rows, devices, identifiers}
}

function walk(node: JsonObject, place: Place, at: string, depth: number, rows: TestRow[], identifiers: Map<string, string>): void {
  if (depth > MAX_DEPTH) return
  const type = needText(node, 'nodeType', at)
  if (type === 'Test Case') {
    const found = caseRows(node, place, at, depth)
    const identifier = textOf(node, 'nodeIdentifier', at)
    if (identifier !== null) for (const {test} of found) identifiers.set(test.id, identifier)
    return void rows.push(...found)
  }
  const inside = inner(node, type, place, at)
  for (const [index, child] of objectsOf(node, 'children', at).entries())
    walk(child, inside, `${at}.children[${index}]`, depth + 1, rows, identifiers)
}

function inner(node: JsonObject, type: string, place: Place, at: string): Place {
  switch (type) {
    case 'Unit test bundle':
    case 'UI test bundle':
      return {...place, target: needText(node, 'name', at)}
    case 'Device':
      return {...place, device: needText(node, 'name', at)}
    case 'Test Plan Configuration':
      return {...place, configuration: needText(node, 'name', at)}
    case 'Arguments':
      return {...place, arguments: needText(node, 'name', at)}
    default:
      return place
  }
}

/** Nodes that split a test into several rows. */
const SPLITTING: ReadonlySet<string> = new Set(['Device', 'Test Plan Configuration', 'Arguments'])

function caseRows(node: JsonObject, place: Place, at: string, depth: number): readonly TestRow[] {
  const name = needText(node, 'name', at)
  const test = identityOf(textOf(node, 'nodeIdentifierURL', at), textOf(node, 'nodeIdentifier', at), name, place.target)
  const tags = [...textsOf(node, 'tags', at)]
  const whole = textOf(node, 'result', at)
  const runs = split(node, place, at, depth)
  const told = runs.some(({node: run, at: here}) => run !== node && messagesOf(run, here).length > 0)
  const rows = runs.map(({node: run, place: where, at: here}): TestRow => {
    const row = runRow(run, here, textOf(run, 'result', here) ?? silentResult(run, here, whole, told))
    const {arguments: value, device, configuration} = where
    return {test, arguments: value, device, configuration, ...row, tags}
  })
  const own = runRow(node, at, whole)
  if (own.outcome !== 'failed' || runs.every(({node: run}) => run === node)) return rows
  // What hangs at the case itself belongs to the runs that failed and say nothing of their own; when none did, it is a run by itself.
  if (!rows.some(({outcome}) => outcome === 'failed'))
    return [...rows, {test, arguments: null, device: place.device, configuration: place.configuration, ...own, tags}]
  return rows.map((row) =>
    row.outcome === 'failed' && row.failures.length === 0
      ? {...row, failures: own.failures, crashed: row.crashed || own.crashed, timed_out: row.timed_out || own.timed_out}
      : row,
  )
}

/** Early tools print no result for arguments: messages mean a failure, else the case's own result counts unless others explain it. */
function silentResult(run: JsonObject, at: string, whole: string | null, told: boolean): string | null {
  if (whole !== 'Failed') return whole
  return messagesOf(run, at).length > 0 || !told ? 'Failed' : 'Passed'
}

interface Run {
  readonly node: JsonObject
  readonly place: Place
  readonly at: string
}

function split(node: JsonObject, place: Place, at: string, depth: number): readonly Run[] {
  const parts = objectsOf(node, 'children', at)
    .map((child, index) => ({child, at: `${at}.children[${index}]`, type: needText(child, 'nodeType', `${at}.children[${index}]`)}))
    .filter(({type}) => SPLITTING.has(type))
  if (parts.length === 0 || depth > MAX_DEPTH) return [{node, place, at}]
  return parts.flatMap(({child, at: here, type}) => split(child, inner(child, type, place, here), here, depth + 1))
}

function runRow(
  node: JsonObject,
  at: string,
  result: string | null,
): Pick<TestRow, 'outcome' | 'seconds' | 'failures' | 'reason' | 'crashed' | 'timed_out' | 'repetitions'> {
  const repetitions = objectsOf(node, 'children', at)
    .map((child, index) => ({child, at: `${at}.children[${index}]`}))
    .filter(({child, at: here}) => needText(child, 'nodeType', here) === 'Repetition')
    .map(({child, at: here}, index) => ({iteration: index + 1, ...resultOf(child, here), reason: null}))
  const outcome = outcomeOf(result)
  const own = resultOf(node, at)
  const last = repetitions.findLast((one) => one.outcome === outcome)
  const said = own.messages.length > 0 ? own.messages : (last?.messages ?? [])
  return {
    outcome,
    seconds: own.seconds,
    failures: outcome === 'skipped' ? [] : distinct(said.map(failureOf)),
    reason:
      outcome === 'skipped' || outcome === 'expected_failure'
        ? said[0] === undefined
          ? null
          : outcome === 'skipped'
            ? skipReason(said[0])
            : failureOf(said[0]).message
        : null,
    crashed: outcome === 'failed' && said.some(isCrash),
    timed_out: outcome === 'failed' && said.some(isTimeout),
    repetitions: repetitions.map(({iteration, outcome, seconds, messages}) => ({
      iteration,
      outcome,
      seconds,
      failures: outcome === 'skipped' ? [] : messages.map(failureOf),
    })),
  }
}

function resultOf(
  node: JsonObject,
  at: string,
): {readonly outcome: TestOutcome; readonly seconds: number | null; readonly messages: readonly string[]} {
  const exact = numberOf(node, 'durationInSeconds', at)
  const seconds = exact ?? humanSeconds(textOf(node, 'duration', at))
  return {
    outcome: outcomeOf(textOf(node, 'result', at)),
    seconds: seconds === null ? null : Math.max(0, seconds),
    messages: messagesOf(node, at),
  }
}

/** Results of a run whose name is what was said. */
const SAYING: ReadonlySet<string> = new Set(['Failed', 'Expected Failure', 'Skipped'])

/** Failure messages of a run: below it, but not below another repetition or another split. */
function messagesOf(node: JsonObject, at: string, depth = 0): readonly string[] {
  if (depth > 20) return []
  return objectsOf(node, 'children', at).flatMap((child, index): readonly string[] => {
    const here = `${at}.children[${index}]`
    const type = needText(child, 'nodeType', here)
    if (type === 'Repetition' || SPLITTING.has(type)) return []
    const name = textOf(child, 'name', here)
    if (type === 'Failure Message') return name === null ? [] : [name, ...messagesOf(child, here, depth + 1)]
    if (type === 'Test Case Run' && name !== null && SAYING.has(textOf(child, 'result', here) ?? '')) return [name]
    return messagesOf(child, here, depth + 1)
  })
}

export function outcomeOf(result: string | null): TestOutcome {
  switch (result) {
    case 'Passed':
    case 'Success':
      return 'passed'
    case 'Failed':
    case 'Failure':
      return 'failed'
    case 'Skipped':
      return 'skipped'
    case 'Expected Failure':
      return 'expected_failure'
    default:
      return 'unknown'
  }
}

function distinct(failures: readonly FailurePlace[]): FailurePlace[] {
  const seen = new Set<string>()
  return failures.filter(({file, line, message}) => {
    const key = `${file ?? ''}:${line ?? ''}:${message}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

import type {FailurePlace} from '@rch/contract/events'
import {countTests} from '../../../reports/count-tests.ts'
import type {TestFindings, TestRow} from '../../../reports/findings.ts'
import type {BundleBuild, BundleCounts, BundleIssue} from './bundle-facts.ts'
import {failureOf, isCrash, isTimeout} from './failure-message.ts'
import {BundleFormatError, isObject, type JsonObject} from './json-fields.ts'
import {buildOutcome, categoryOf} from './parse-build-results.ts'
import {outcomeOf} from './parse-tests.ts'
import {sourcePlace} from './source-url.ts'
import {identityOf} from './test-identity.ts'

/** The root record of `get object --legacy`, as far as it is needed. */
export interface LegacyRecord {
  readonly build: BundleBuild
  readonly testRuns: readonly {
    readonly reference: string
    readonly device: TestFindings['devices'][number] | null
    readonly started_at: string | null
    readonly seconds: number | null
  }[]
  readonly failures: readonly LegacyFailure[]
}

interface LegacyFailure {
  /** `Class.test()` */
  readonly name: string
  readonly place: FailurePlace
}

const MAX_DEPTH = 200

/** ActionsInvocationRecord. Throws a BundleFormatError. */
export function parseLegacyRecord(value: unknown): LegacyRecord {
  const root = typed(value, '', 'ActionsInvocationRecord')
  const issues = member(root, 'issues')
  const actions = members(root, 'actions')
  const summaries = (field: string, severity: BundleIssue['severity']): readonly BundleIssue[] =>
    members(issues, field).map((issue) => issueOf(issue, severity))
  const all = [
    ...summaries('errorSummaries', 'error'),
    ...summaries('warningSummaries', 'warning'),
    ...summaries('analyzerWarningSummaries', 'warning'),
  ]
  const statuses = actions.map((action) => buildOutcome(scalar(member(action, 'buildResult'), 'status')))
  const metrics = member(root, 'metrics')
  return {
    build: {
      outcome: (['failed', 'interrupted', 'succeeded'] as const).find((outcome) => statuses.includes(outcome)) ?? 'unknown',
      errors: whole(metrics, 'errorCount') ?? all.filter(({severity}) => severity === 'error').length,
      warnings: (whole(metrics, 'warningCount') ?? 0) + (whole(metrics, 'analyzerWarningCount') ?? 0),
      issues: all,
    },
    testRuns: actions.flatMap((action) => {
      const reference = scalar(member(member(action, 'actionResult'), 'testsRef'), 'id')
      if (reference === null) return []
      const [started, ended] = [dateOf(scalar(action, 'startedTime')), dateOf(scalar(action, 'endedTime'))]
      return [
        {
          reference,
          device: deviceOf(member(action, 'runDestination')),
          started_at: started,
          seconds: started === null || ended === null ? null : Math.max(0, (Date.parse(ended) - Date.parse(started)) / 1000),
        },
      ]
    }),
    failures: members(issues, 'testFailureSummaries').map((failure) => {
      const place = sourcePlace(scalar(member(failure, 'documentLocationInCreatingWorkspace'), 'url'))
      const message = scalar(failure, 'message') ?? ''
      return {
        name: scalar(failure, 'testCaseName') ?? '',
        place: {...failureOf(message), ...(place === null ? {} : {file: place.file, line: place.line, column: null})},
      }
    }),
  }
}

/** ActionTestPlanRunSummaries of one action. A test that stands there several times was repeated. Throws a BundleFormatError. */
export function parseLegacyTests(value: unknown, device: string | null, failures: readonly LegacyFailure[]): readonly TestRow[] {
  const root = typed(value, '', 'ActionTestPlanRunSummaries')
  const rows = new Map<string, TestRow>()
  for (const summary of members(root, 'summaries')) {
    const configuration = scalar(summary, 'name')
    for (const testable of members(summary, 'testableSummaries')) {
      const target = scalar(testable, 'targetName') ?? scalar(testable, 'name')
      for (const group of members(testable, 'tests'))
        leaves(group, 0, (leaf) => addLeaf(rows, leaf, {target, device, configuration, failures}))
    }
  }
  return [...rows.values()]
}

function leaves(node: JsonObject, depth: number, visit: (leaf: JsonObject) => void): void {
  if (depth > MAX_DEPTH) return
  if (typeName(node) === 'ActionTestMetadata') return visit(node)
  for (const child of members(node, 'subtests')) leaves(child, depth + 1, visit)
}

interface LeafPlace {
  readonly target: string | null
  readonly device: string | null
  readonly configuration: string | null
  readonly failures: readonly LegacyFailure[]
}

function addLeaf(rows: Map<string, TestRow>, leaf: JsonObject, {target, device, configuration, failures}: LeafPlace): void {
  const test = identityOf(scalar(leaf, 'identifierURL'), scalar(leaf, 'identifier'), scalar(leaf, 'name') ?? '', target)
  const outcome = outcomeOf(scalar(leaf, 'testStatus'))
  const seconds = decimal(leaf, 'duration')
  const wanted = `${test.suite ?? ''}.${test.name}`.replace(/\(\)$/, '')
  const places = outcome === 'failed' ? failures.filter(({name}) => name.replace(/\(\)$/, '') === wanted).map(({place}) => place) : []
  const key = `${configuration ?? ''}\0${test.id}`
  const known = rows.get(key)
  const run = {iteration: 1, outcome, seconds, failures: places}
  const row: TestRow = {
    test,
    arguments: null,
    device,
    configuration,
    outcome,
    seconds,
    failures: places,
    reason: null,
    crashed: places.some(({message}) => isCrash(message)),
    timed_out: places.some(({message}) => isTimeout(message)),
    tags: [],
    repetitions: [],
  }
  if (known === undefined) return void rows.set(key, row)
  const before =
    known.repetitions.length > 0
      ? known.repetitions
      : [{iteration: 1, outcome: known.outcome, seconds: known.seconds, failures: known.failures}]
  rows.set(key, {
    ...row,
    seconds: known.seconds === null || seconds === null ? (known.seconds ?? seconds) : known.seconds + seconds,
    repetitions: [...before, {...run, iteration: before.length + 1}],
  })
}

/** The numbers that newer tools print, from the rows. */
export function legacyCounts(record: LegacyRecord, rows: readonly TestRow[]): BundleCounts {
  const {total, passed, failed, skipped, expected_failures} = countTests(rows)
  const seconds = record.testRuns.flatMap((run) => run.seconds ?? [])
  return {
    result: failed > 0 ? 'failed' : total > 0 ? 'passed' : 'unknown',
    total,
    passed,
    failed,
    skipped,
    expected_failures,
    started_at: record.testRuns.find((run) => run.started_at !== null)?.started_at ?? null,
    seconds: seconds.length === 0 ? null : seconds.reduce((sum, one) => sum + one, 0),
    devices: record.testRuns.flatMap(({device}) => device ?? []),
    failures: rows
      .filter(({outcome}) => outcome === 'failed')
      .map(({test, failures}) => ({id: test.id, message: failures[0]?.message ?? ''})),
  }
}

function issueOf(issue: JsonObject, severity: BundleIssue['severity']): BundleIssue {
  const place = sourcePlace(scalar(member(issue, 'documentLocationInCreatingWorkspace'), 'url'))
  return {
    severity,
    message: scalar(issue, 'message') ?? '',
    file: place?.file ?? null,
    line: place?.line ?? null,
    column: place?.column ?? null,
    category: categoryOf(scalar(issue, 'issueType') ?? '', place?.file ?? null),
    target: scalar(issue, 'producingTarget'),
  }
}

function deviceOf(destination: JsonObject): TestFindings['devices'][number] | null {
  const device = member(destination, 'targetDeviceRecord')
  const name = scalar(device, 'name') ?? scalar(destination, 'displayName') ?? scalar(device, 'modelName')
  if (name === null) return null
  return {
    name,
    platform: scalar(member(device, 'platformRecord'), 'userDescription'),
    os_version: scalar(device, 'operatingSystemVersion'),
    architecture: scalar(destination, 'targetArchitecture') ?? scalar(device, 'nativeArchitecture'),
  }
}

function typed(value: unknown, place: string, type: string): JsonObject {
  if (!isObject(value) || typeName(value) !== type) throw new BundleFormatError(place, `an object of type ${type}`, value)
  return value
}

function typeName(value: JsonObject): string | null {
  const type = value['_type']
  return isObject(type) && typeof type['_name'] === 'string' ? type['_name'] : null
}

/** A field that is an object; the empty object when it is left out, so that chains need no questions. */
function member(parent: JsonObject, field: string): JsonObject {
  const value = parent[field]
  if (value === undefined) return {}
  if (isObject(value)) return value
  throw new BundleFormatError(field, 'a typed object', value)
}

function members(parent: JsonObject, field: string): readonly JsonObject[] {
  const list = parent[field]
  if (list === undefined) return []
  const values = isObject(list) ? list['_values'] : undefined
  if (values === undefined && isObject(list)) return []
  if (!Array.isArray(values)) throw new BundleFormatError(field, 'an object with _values', list)
  return values.filter(isObject)
}

function scalar(parent: JsonObject, field: string): string | null {
  const value = parent[field]
  if (value === undefined) return null
  const text = isObject(value) ? value['_value'] : undefined
  if (typeof text !== 'string') throw new BundleFormatError(field, 'an object with the text _value', value)
  return text.toWellFormed()
}

function whole(parent: JsonObject, field: string): number | null {
  const text = scalar(parent, field)
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

function decimal(parent: JsonObject, field: string): number | null {
  const text = scalar(parent, field)
  const number = text === null ? Number.NaN : Number(text.replace(',', '.'))
  return Number.isFinite(number) && number >= 0 ? number : null
}

/** `2026-01-11T12:41:16.408+0200` as a timestamp in UTC. */
function dateOf(text: string | null): string | null {
  if (text === null) return null
  const time = new Date(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

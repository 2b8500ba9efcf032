import {basename} from 'node:path'
import type {FailurePlace} from '@rch/contract/events'
import {countTests} from '../../reports/count-tests.ts'
import type {BuildFindings, Difference, FindingDiagnostic, Findings, TestFindings, TestRow} from '../../reports/findings.ts'
import {STEP} from './bundle/enrich-facts.ts'
import type {BundleBuild, BundleCounts, BundleFacts, BundleIssue} from './bundle/bundle-facts.ts'

/**
 * Bundle and log as one story. The bundle decides what happened and how often; the log adds what only it has: carets and notes, full paths,
 * crashes and restarts. Where they contradict each other, both values are kept in `differences`.
 */
export function mergeResults(facts: BundleFacts, log: Findings, sourceRoot: string): Findings {
  const relative = relativeTo(sourceRoot)
  return {
    build: facts.build === null ? log.build : mergeBuild(facts.build, log.build, relative),
    tests:
      facts.counts === null || facts.rows === null
        ? log.tests
        : {...mergeTests(facts.counts, facts.rows, log.tests, relative), ...measured(facts)},
  }
}

/** What only the bundle knows, where there is any. */
function measured({performance = [], insights = []}: BundleFacts): Pick<TestFindings, 'performance' | 'insights'> {
  return {...(performance.length > 0 ? {performance} : {}), ...(insights.length > 0 ? {insights} : {})}
}

function mergeBuild(bundle: BundleBuild, log: BuildFindings, relative: (file: string) => string): BuildFindings {
  const issues = distinctIssues(bundle.issues, relative)
  const unmatched = new Set(log.diagnostics)
  const told = issues.map((issue): FindingDiagnostic => {
    const printed = log.diagnostics.find((diagnostic) => unmatched.has(diagnostic) && isSame(diagnostic, issue))
    if (printed === undefined) return issue
    unmatched.delete(printed)
    return {
      ...printed,
      file: issue.file ?? printed.file,
      line: issue.line ?? printed.line,
      column: issue.column ?? printed.column,
      targets: [...new Set([...printed.targets, ...issue.targets])],
    }
  })
  const count = (severity: 'error' | 'warning', list: readonly FindingDiagnostic[]): number =>
    list.filter((one) => one.severity === severity).length
  // A bundle that names no error of a failed build was written before the failure, or knows nothing of it: then the log is all there is.
  const blind = count('error', told) === 0 && log.errors > 0 && bundle.outcome !== 'succeeded'
  const diagnostics = [...told, ...[...unmatched].filter(({severity}) => severity === 'note' || (blind && severity === 'error'))]
  const differences: Difference[] = []
  const compare = (severity: 'error' | 'warning'): void => {
    const [ours, theirs] = [count(severity, told), count(severity, log.diagnostics)]
    if (ours !== theirs) differences.push({field: `${severity}s`, result_bundle: ours, log: theirs})
  }
  compare('error')
  compare('warning')
  return {
    ...log,
    outcome: log.outcome === 'not_run' || log.outcome === 'unknown' ? bundle.outcome : log.outcome,
    source: 'result_bundle',
    errors: count('error', diagnostics),
    warnings: count('warning', diagnostics),
    notes: diagnostics.filter(({severity}) => severity === 'note').length,
    diagnostics,
    differences,
  }
}

/** One per message and place; the same issue of two targets is one. */
function distinctIssues(issues: readonly BundleIssue[], relative: (file: string) => string): readonly FindingDiagnostic[] {
  const known = new Map<string, FindingDiagnostic>()
  for (const {severity, message, file, line, column, category, target} of issues) {
    const place = file === null ? null : relative(file)
    const key = [severity, place, line, column, message].join('\0')
    const found = known.get(key)
    const targets = [...new Set([...(found?.targets ?? []), ...(target === null ? [] : [target])])]
    known.set(key, {
      severity,
      message,
      file: place,
      line,
      column,
      category,
      code: null,
      details: [],
      targets,
      count: (found?.count ?? 0) + 1,
    })
  }
  return [...known.values()]
}

/** Xcode's records begin messages with a capital and may leave out what the compiler adds at the end; the place has to be the same. */
function isSame(printed: FindingDiagnostic, issue: FindingDiagnostic): boolean {
  if (printed.severity !== issue.severity) return false
  if (printed.file !== null && issue.file !== null && basename(printed.file) !== basename(issue.file)) return false
  if (printed.line !== null && issue.line !== null && printed.line !== issue.line) return false
  const [one, other] = [plain(printed.message), plain(issue.message)]
  return one === other || (one.length > 0 && other.length > 0 && (one.startsWith(other) || other.startsWith(one)))
}

function plain(message: string): string {
  return (message.split('\n')[0] ?? '')
    .toLowerCase()
    .replace(/\s*\[[^\]]*\]\s*$/, '')
    .replace(/[\s.]+$/, '')
}

function mergeTests(
  counts: BundleCounts,
  rows: readonly TestRow[],
  log: TestFindings | null,
  relative: (file: string) => string,
): TestFindings {
  const printed = indexRows(log?.tests ?? [])
  const known = rows.map((row) => enrich(row, printed.find(row), relative))
  // A bundle may know nothing of a test that still ran when the run was ended; the log saw it begin.
  const begun = (log?.tests ?? []).filter((row) => row.outcome === 'unknown' && !rows.some((one) => isSameTest(row, one)))
  const merged = [...known, ...begun]
  const ours = countTests(merged)
  return {
    outcome:
      counts.failed > 0 || counts.result === 'failed'
        ? 'failed'
        : log?.outcome === 'interrupted'
          ? 'interrupted'
          : counts.total === 0
            ? 'not_run'
            : 'passed',
    source: 'result_bundle',
    total: counts.total + begun.length,
    passed: counts.passed,
    failed: counts.failed,
    skipped: counts.skipped,
    expected_failures: counts.expected_failures,
    crashed: ours.crashed,
    retried: ours.retried,
    restarts: log?.restarts ?? 0,
    started_at: counts.started_at,
    seconds: counts.seconds ?? log?.seconds ?? null,
    devices: counts.devices,
    tests: merged,
    truncated: false,
    differences: log === null ? [] : testDifferences(counts, merged, log),
  }
}

interface RowIndex {
  find(row: TestRow): TestRow | undefined
}

/** The log often knows less of a test's name: no target, no suite. So a row is found by the end of its id. */
function indexRows(rows: readonly TestRow[]): RowIndex {
  const byName = new Map<string, TestRow[]>()
  for (const row of rows) {
    const name = bareName(row.test.name)
    const list = byName.get(name)
    if (list === undefined) byName.set(name, [row])
    else list.push(row)
  }
  return {
    find(row) {
      const fitting = candidates(row)
        .flatMap((name) => byName.get(name) ?? [])
        .filter((one) => isSameTest(one, row))
      return fitting.find((one) => one.device !== null && one.device === row.device) ?? fitting[0]
    },
  }
}

function candidates({test}: TestRow): readonly string[] {
  const names = [bareName(test.name)]
  return test.display_name === null ? names : [...names, bareName(test.display_name)]
}

function isSameTest(printed: TestRow, row: TestRow): boolean {
  const [short, long] = [bareName(printed.test.id), bareName(row.test.id)]
  if (short === long || long.endsWith(`/${short}`)) return true
  return printed.test.display_name !== null && printed.test.display_name === row.test.display_name
}

function bareName(name: string): string {
  return name.replace(/\(\)$/, '')
}

function enrich(row: TestRow, printed: TestRow | undefined, relative: (file: string) => string): TestRow {
  const failed = row.outcome === 'failed'
  const places = printed === undefined ? [] : [...printed.failures, ...printed.repetitions.flatMap(({failures}) => failures)]
  const located = (failure: FailurePlace): FailurePlace => withPlace(failure, places, relative)
  const failures = row.failures.map(located)
  return {
    ...row,
    failures:
      failed && printed !== undefined && (failures.length === 0 || row.crashed || printed.crashed)
        ? addMissing(printed.failures, failures)
        : failures,
    repetitions: row.repetitions.map((one) => ({...one, failures: one.failures.map(located)})),
    crashed: row.crashed || (failed && (printed?.crashed ?? false)),
    timed_out: row.timed_out || (failed && (printed?.timed_out ?? false)),
    reason: row.reason ?? printed?.reason ?? null,
  }
}

/** Of a crash the log has the place and the reason, the bundle only that it was one. */
function addMissing(printed: readonly FailurePlace[], told: readonly FailurePlace[]): readonly FailurePlace[] {
  return [
    ...printed,
    ...told.filter(
      ({message}) => !printed.some((one) => plain(message).includes(plain(one.message)) || plain(one.message).includes(plain(message))),
    ),
  ]
}

/** The tree of tests names files without their folder; the log printed the whole path for the same line. */
function withPlace(failure: FailurePlace, printed: readonly FailurePlace[], relative: (file: string) => string): FailurePlace {
  const file = failure.file === null ? null : relative(failure.file)
  const same = printed.find(
    (one) =>
      (one.line === failure.line && one.file !== null && file !== null && basename(one.file) === basename(file)) ||
      (file === null && one.file !== null && plain(one.message) === plain(failure.message)),
  )
  if (same === undefined) return {...failure, file}
  return {
    ...failure,
    file: same.file,
    line: failure.line ?? same.line,
    column: failure.column ?? same.column,
    details: failure.details.some((line) => !line.startsWith(STEP)) ? failure.details : [...same.details, ...failure.details],
  }
}

/** Compares what both count alike: distinct tests. The failed ones by name, since that is what a wrong gate would be about. */
function testDifferences(counts: BundleCounts, rows: readonly TestRow[], log: TestFindings): readonly Difference[] {
  const differences: Difference[] = []
  const [ours, theirs] = [countTests(rows), countTests(log.tests)]
  const failed = {ours: failedIds(rows), theirs: failedIds(log.tests)}
  const onlyOurs = failed.ours.filter((id) => !failed.theirs.some((other) => isSameId(other, id)))
  const onlyTheirs = failed.theirs.filter((id) => !failed.ours.some((other) => isSameId(id, other)))
  if (onlyOurs.length + onlyTheirs.length > 0)
    differences.push({field: 'failed_tests', result_bundle: failed.ours.slice(0, MAX_NAMES), log: failed.theirs.slice(0, MAX_NAMES)})
  else if (counts.failed !== ours.failed) differences.push({field: 'failed', result_bundle: counts.failed, log: theirs.failed})
  if (log.tests.length > 0 && !log.truncated) {
    // A log of parallel tests prints an expected failure as a pass, so both kinds are compared as one.
    const went = {ours: ours.passed + ours.expected_failures, theirs: theirs.passed + theirs.expected_failures}
    if (went.ours !== went.theirs) differences.push({field: 'passed', result_bundle: went.ours, log: went.theirs})
    if (ours.skipped !== theirs.skipped) differences.push({field: 'skipped', result_bundle: ours.skipped, log: theirs.skipped})
  }
  return differences
}

const MAX_NAMES = 50

function failedIds(rows: readonly TestRow[]): readonly string[] {
  return [...new Set(rows.filter(({outcome}) => outcome === 'failed').map(({test}) => test.id))]
}

function isSameId(short: string, long: string): boolean {
  const [one, other] = [bareName(short), bareName(long)]
  return one === other || other.endsWith(`/${one}`) || one.endsWith(`/${other}`)
}

function relativeTo(root: string): (file: string) => string {
  const prefix = `${root.replace(/\/+$/, '')}/`
  // Temporary folders of a Mac have two names, and Apple's tools print either.
  const twin = prefix.startsWith('/private/') ? prefix.slice('/private'.length) : `/private${prefix}`
  return (file) =>
    [prefix, twin].flatMap((known) => (file.startsWith(known) && file.length > known.length ? [file.slice(known.length)] : []))[0] ?? file
}

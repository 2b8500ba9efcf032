import type {BuildFindings, FindingDiagnostic, Findings, TestFindings} from './findings.ts'

/** The findings of several steps as one: diagnostics that two steps report are one, tests are added up. Null when there are none. */
export function mergeFindings(all: readonly Findings[]): Findings | null {
  const [first, ...rest] = all
  if (first === undefined) return null
  return rest.reduce<Findings>(
    (sum, next) => ({build: mergeBuilds(sum.build, next.build), tests: mergeTests(sum.tests, next.tests)}),
    first,
  )
}

function mergeBuilds(one: BuildFindings, other: BuildFindings): BuildFindings {
  const diagnostics = mergeDiagnostics(one.diagnostics, other.diagnostics)
  const having = (severity: FindingDiagnostic['severity']): number =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
  const outcomes = [one.outcome, other.outcome]
  return {
    outcome:
      (['failed', 'interrupted', 'unknown', 'succeeded', 'not_run'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'unknown',
    source: one.source === 'none' ? other.source : one.source,
    errors: having('error'),
    warnings: having('warning'),
    notes: having('note'),
    diagnostics,
    truncated: one.truncated || other.truncated,
    unmarked_failures: [...new Set([...one.unmarked_failures, ...other.unmarked_failures])],
    failed_commands: [...one.failed_commands, ...other.failed_commands],
    targets: [
      ...one.targets,
      ...other.targets.filter(({target, project}) => !one.targets.some((known) => known.target === target && known.project === project)),
    ],
    phases: [...one.phases, ...other.phases],
    packages: one.packages.length > 0 ? one.packages : other.packages,
    differences: [...one.differences, ...other.differences],
  }
}

function mergeDiagnostics(one: readonly FindingDiagnostic[], other: readonly FindingDiagnostic[]): FindingDiagnostic[] {
  const known = new Map<string, FindingDiagnostic>()
  for (const diagnostic of [...one, ...other]) {
    const key = [diagnostic.severity, diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message].join('\0')
    const found = known.get(key)
    known.set(
      key,
      found === undefined
        ? diagnostic
        : {...found, count: found.count + diagnostic.count, targets: [...new Set([...found.targets, ...diagnostic.targets])]},
    )
  }
  return [...known.values()]
}

function mergeTests(one: TestFindings | null, other: TestFindings | null): TestFindings | null {
  if (one === null || other === null) return one ?? other
  const outcomes = [one.outcome, other.outcome]
  const seconds = [one.seconds, other.seconds].flatMap((value) => value ?? [])
  const performance = [one, other].flatMap((tests) => tests.performance ?? [])
  const insights = [one, other].flatMap((tests) => tests.insights ?? [])
  return {
    outcome:
      (['failed', 'interrupted', 'unknown', 'passed', 'not_run'] as const).find((outcome) => outcomes.includes(outcome)) ?? 'unknown',
    source: one.source === 'none' ? other.source : one.source,
    total: one.total + other.total,
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    expected_failures: one.expected_failures + other.expected_failures,
    crashed: one.crashed + other.crashed,
    retried: one.retried + other.retried,
    restarts: one.restarts + other.restarts,
    started_at: one.started_at ?? other.started_at,
    seconds: seconds.length === 0 ? null : seconds.reduce((sum, value) => sum + value, 0),
    devices: [...one.devices, ...other.devices.filter(({name}) => !one.devices.some((known) => known.name === name))],
    tests: [...one.tests, ...other.tests],
    truncated: one.truncated || other.truncated,
    differences: [...one.differences, ...other.differences],
    ...(performance.length > 0 ? {performance} : {}),
    ...(insights.length > 0 ? {insights} : {}),
  }
}

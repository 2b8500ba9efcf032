import type {BundleBuild, BundleIssue} from './bundle-facts.ts'
import {asObject, countOf, objectsOf, textOf, type JsonObject} from './json-fields.ts'
import {sourcePlace} from './source-url.ts'

/** `get build-results`. Throws a BundleFormatError. */
export function parseBuildResults(value: unknown): BundleBuild {
  const root = asObject(value, '')
  const issues = [
    ...issuesOf(root, 'errors', 'error'),
    ...issuesOf(root, 'warnings', 'warning'),
    ...issuesOf(root, 'analyzerWarnings', 'warning'),
  ]
  const listed = (severity: BundleIssue['severity']): number => issues.filter((issue) => issue.severity === severity).length
  const analyzer = countOf(root, 'analyzerWarningCount', '') ?? 0
  return {
    outcome: buildOutcome(textOf(root, 'status', '')),
    errors: countOf(root, 'errorCount', '') ?? listed('error'),
    warnings: (countOf(root, 'warningCount', '') ?? listed('warning') - analyzer) + analyzer,
    issues,
  }
}

function issuesOf(root: JsonObject, field: string, severity: BundleIssue['severity']): readonly BundleIssue[] {
  return objectsOf(root, field, '').map((issue, index) => {
    const at = `${field}[${index}]`
    const place = sourcePlace(textOf(issue, 'sourceURL', at))
    return {
      severity,
      message: textOf(issue, 'message', at) ?? '',
      file: place?.file ?? null,
      line: place?.line ?? null,
      column: place?.column ?? null,
      category: categoryOf(textOf(issue, 'issueType', at) ?? '', place?.file ?? null),
      target: textOf(issue, 'targetName', at),
    }
  })
}

export function buildOutcome(status: string | null): BundleBuild['outcome'] {
  switch (status?.toLowerCase()) {
    case 'succeeded':
    case 'success':
      return 'succeeded'
    case 'failed':
    case 'failure':
    case 'errors':
      return 'failed'
    case 'cancelled':
    case 'canceled':
    case 'stopped':
      return 'interrupted'
    default:
      return 'unknown'
  }
}

export function categoryOf(issueType: string, file: string | null): BundleIssue['category'] {
  if (/link/i.test(issueType)) return 'linker'
  if (/sign|provision/i.test(issueType)) return 'signing'
  if (/package/i.test(issueType)) return 'package'
  if (/script/i.test(issueType)) return 'script'
  if (/asset|interface builder|storyboard|xib|property list/i.test(issueType)) return 'resource'
  if (/swift|compil|lexical|parse|semantic|clang|deprecat|usage/i.test(issueType)) return 'compiler'
  if (file?.endsWith('.xcodeproj') === true || /target integrity|project/i.test(issueType)) return 'project'
  return /\.(?:swift|m|mm|c|cc|cpp|h|hpp|metal)$/.test(file ?? '') ? 'compiler' : 'tool'
}

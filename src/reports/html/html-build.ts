import type {BuildFindings, Difference, FindingDiagnostic} from '../findings.ts'
import {visible, visibleLines} from '../visible.ts'
import type {HtmlBuild, HtmlDiagnostic, HtmlDifference, HtmlFile} from './client/model.ts'
import {diagnosticKey, type PlaceOf} from './log-places.ts'

/** The build's part of a page: diagnostics by file, those with errors first; within a file errors first, then by line. */
export function htmlBuild(build: BuildFindings, placeOf: PlaceOf): HtmlBuild {
  const files = new Map<string | null, HtmlDiagnostic[]>()
  for (const diagnostic of build.diagnostics) {
    const items = files.get(diagnostic.file) ?? []
    files.set(diagnostic.file, items)
    items.push(itemOf(diagnostic, placeOf))
  }
  const {errors, warnings, notes, truncated, unmarked_failures, failed_commands, differences} = build
  const told = errors + unmarked_failures.length > 0
  return {
    errors,
    warnings,
    notes,
    truncated,
    files: [...files].map(([file, items]) => fileOf(file, items)).toSorted(byUrgency),
    reasons: [
      ...unmarked_failures.map(shown),
      ...(told
        ? []
        : failed_commands.map(({command, text, target}) =>
            shown(`${command} failed${target === null ? '' : ` in target ${target}`}: ${text}`),
          )),
    ],
    differences: htmlDifferences(differences),
  }
}

export function htmlDifferences(differences: readonly Difference[]): HtmlDifference[] {
  const value = (one: unknown): string => shown(typeof one === 'string' ? one : (JSON.stringify(one) ?? 'nothing'))
  return differences.map(({field, result_bundle, log}) => ({field: visible(field), result_bundle: value(result_bundle), log: value(log)}))
}

/** Text of several lines that hides nothing. */
export function shown(text: string): string {
  return visibleLines(text).join('\n')
}

function itemOf(
  {severity, message, line, column, category, code, targets, details, count}: FindingDiagnostic,
  placeOf: PlaceOf,
): HtmlDiagnostic {
  return {
    severity,
    message: shown(message),
    line,
    column,
    category,
    code: code === null ? null : visible(code),
    targets: targets.map(visible),
    details: details.flatMap(visibleLines),
    count,
    log: placeOf(diagnosticKey(severity, message)),
  }
}

const URGENCY: Readonly<Record<HtmlDiagnostic['severity'], number>> = {error: 0, warning: 1, note: 2}

function fileOf(file: string | null, items: readonly HtmlDiagnostic[]): HtmlFile {
  const having = (severity: HtmlDiagnostic['severity']): number => items.filter((item) => item.severity === severity).length
  return {
    file: file === null ? null : visible(file),
    errors: having('error'),
    warnings: having('warning'),
    notes: having('note'),
    items: items.toSorted(
      (one, other) =>
        URGENCY[one.severity] - URGENCY[other.severity] || (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
    ),
  }
}

function byUrgency(one: HtmlFile, other: HtmlFile): number {
  return other.errors - one.errors || other.warnings - one.warnings || ((one.file ?? '') < (other.file ?? '') ? -1 : 1)
}

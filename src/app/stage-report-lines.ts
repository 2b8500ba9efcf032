import type {StageReport} from './stage-report.ts'

/** A stage report as lines of plain text for a terminal, `limit` of each list. */
export function stageReportLines(report: StageReport, limit = 12): readonly string[] {
  return [
    `${report.files} files${report.symlinks === 0 ? '' : `, ${report.symlinks} links`}, ${size(report.bytes)}, tree ${report.source_tree_hash.slice(0, 12)}`,
    vcsLine(report),
    '',
    'Folders',
    ...capped(
      report.folders,
      limit,
      ({path, files, bytes}) => `  ${size(bytes).padStart(9)}  ${path === '' ? '(top)' : `${path}/`}  ${files} files`,
    ),
    'Largest files',
    ...capped(report.largest, limit, ({path, bytes}) => `  ${size(bytes).padStart(9)}  ${path}`),
    'Left out',
    ...(report.excluded.length === 0 ? ['  nothing'] : excludedLines(report, limit)),
    ...changeLines(report, limit),
  ]
}

function vcsLine({vcs}: StageReport): string {
  if (vcs.kind === 'none') return 'no version control'
  const place = `${vcs.branch ?? 'detached'} at ${vcs.commit?.slice(0, 12) ?? 'no commit'}`
  return vcs.dirty ? `${place}, ${vcs.differing} paths differ from it` : place
}

function excludedLines({excluded}: StageReport, limit: number): readonly string[] {
  return capped(excluded, limit, ({rule, paths, files, bytes}) => {
    const names = paths.slice(0, 3).join(', ') + (paths.length > 3 ? `, and ${paths.length - 3} more` : '')
    const place = rule.line === 0 ? rule.source : `${rule.source}:${rule.line}`
    return `  ${size(bytes).padStart(9)}  ${place}  ${rule.pattern}  ${files} files: ${names}`
  })
}

function changeLines({changes}: StageReport, limit: number): readonly string[] {
  if (changes === null) return []
  const {added, changed, removed, unchanged, drastic} = changes
  return [
    `Since the last run: ${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} as they were`,
    ...capped(added, limit, (path) => `  + ${path}`),
    ...capped(changed, limit, (path) => `  ~ ${path}`),
    ...capped(removed, limit, (path) => `  - ${path}`),
    ...(drastic ? ['More than half of the last source is gone or different.'] : []),
  ]
}

function capped<T>(items: readonly T[], limit: number, line: (item: T) => string): readonly string[] {
  const more = items.length - limit
  return [...items.slice(0, limit).map(line), ...(more > 0 ? [`  and ${more} more`] : [])]
}

function size(bytes: number): string {
  const unit = UNITS.findLast(({bytes: least}) => bytes >= least)
  return unit === undefined ? `${bytes} B` : `${(bytes / unit.bytes).toFixed(1)} ${unit.name}`
}

const UNITS = [
  {name: 'kB', bytes: 1e3},
  {name: 'MB', bytes: 1e6},
  {name: 'GB', bytes: 1e9},
] as const

import type {FolderSize, StageReport} from '../../app/stage/stage-report.ts'
import {printable} from '../../domain/printable.ts'
import {paletteOf, type Palette} from '../../reports/palette.ts'
import {size} from './lines.ts'
import {width} from './table.ts'

export interface StageLinesOptions {
  readonly colours: boolean
  readonly now: Date
  /** Of the terminal, in columns. */
  readonly columns: number
  /** Whole lists instead of their beginnings. */
  readonly verbose: boolean
}

/** A stage report for people: what would go, what stays here by which rule, what changed. */
export function stageLines(report: StageReport, {now, colours, columns, verbose}: StageLinesOptions): readonly string[] {
  const style: Style = {...paletteOf(colours), now, columns: Math.max(60, columns), limit: (most) => (verbose ? Infinity : most)}
  return [
    `${style.bold(`${counted(report.files, 'file')}${report.symlinks === 0 ? '' : ` and ${counted(report.symlinks, 'link')}`}, ${size(report.bytes)}`)} would be the source of a run  ${style.dim(`tree ${report.source_tree_hash.slice(0, 12)}`)}`,
    ...vcsLines(report),
    '',
    ...folderLines(report, style),
    '',
    ...largestLines(report, style),
    ...excludedLines(report, style),
    '',
    ...changeLines(report, style),
  ]
}

interface Style extends Palette {
  readonly now: Date
  readonly columns: number
  readonly limit: (most: number) => number
}

function vcsLines({vcs}: StageReport): readonly string[] {
  if (vcs.kind === 'none') return ['no version control is asked (source.mode = "working_tree")']
  const place = `${vcs.branch ?? 'detached HEAD'} at ${vcs.commit?.slice(0, 12) ?? 'no commit yet'}`
  const {materialised, pointers} = vcs.lfs
  const parts = [
    vcs.dirty ? `${counted(vcs.differing, 'path')} ${vcs.differing === 1 ? 'differs' : 'differ'} from it` : 'clean',
    ...(vcs.submodules.length === 0 ? [] : [counted(vcs.submodules.length, 'submodule')]),
    ...(materialised === 0 ? [] : [`${counted(materialised, 'LFS file')} from the local store`]),
    ...(pointers === 0 ? [] : [`${counted(pointers, 'LFS pointer')} as ${pointers === 1 ? 'it is' : 'they are'}`]),
  ]
  return [`${place}, ${parts.join(', ')}`]
}

/** A row of a table: what it is about, how many files, how large, and what else there is to say. */
interface Row {
  readonly name: string
  readonly files: number
  readonly bytes: number
  readonly rest: string
}

function folderLines({folders, bytes}: StageReport, style: Style): readonly string[] {
  const tops = folders.filter(({path}) => !path.includes('/'))
  const rows = tops.slice(0, style.limit(TOP_FOLDERS)).flatMap((top): Row[] => {
    const inner = folders.filter(({path}) => path.startsWith(`${top.path}/`))
    const telling = top.path !== '' && inner.length > 1 && top.bytes * 20 > bytes
    const shown = telling ? inner.slice(0, style.limit(INNER_FOLDERS)) : []
    const row = (folder: FolderSize, name: string): Row => ({...folder, name, rest: bar(folder.bytes, bytes)})
    return [
      row(top, top.path === '' ? '(top)' : `${top.path}/`),
      ...shown.map((folder) => row(folder, `  ${folder.path.slice(top.path.length + 1)}/`)),
      ...rowOfRest(inner.slice(shown.length), shown.length > 0 ? '  ' : null),
    ]
  })
  return tableLines('Folder', '', [...rows, ...rowOfRest(tops.slice(style.limit(TOP_FOLDERS)), '')], style)
}

const TOP_FOLDERS = 10
const INNER_FOLDERS = 4

function rowOfRest(folders: readonly FolderSize[], indent: string | null): readonly Row[] {
  if (indent === null || folders.length === 0) return []
  const sum = (of: (folder: FolderSize) => number): number => folders.reduce((total, folder) => total + of(folder), 0)
  return [{name: `${indent}and ${folders.length} more`, files: sum(({files}) => files), bytes: sum(({bytes}) => bytes), rest: ''}]
}

function bar(bytes: number, total: number): string {
  return '█'.repeat(Math.round((bytes / Math.max(1, total)) * BAR_WIDTH))
}

const BAR_WIDTH = 20

/** Only those that stand out: a tree of a thousand alike files has no largest ones worth a line. */
function largestLines({largest, bytes}: StageReport, style: Style): readonly string[] {
  const telling = largest.filter((file) => file.bytes * 100 > bytes || file.bytes >= LARGE_BYTES).slice(0, style.limit(LARGEST))
  if (telling.length === 0) return []
  const lines = telling.map(
    (file) => `${size(file.bytes).padStart(SIZE_WIDTH)}  ${shortened(printable(file.path), style.columns - SIZE_WIDTH - 2)}`,
  )
  return [style.bold('Largest files'), ...lines, '']
}

const LARGEST = 6
const LARGE_BYTES = 5_000_000

function excludedLines({excluded}: StageReport, style: Style): readonly string[] {
  if (excluded.length === 0) return ['Nothing is left out.']
  const rows = excluded.map(({rule, paths, files, bytes}): Row => {
    const names = printable(paths[0] ?? '') + (paths.length > 1 ? ` and ${paths.length - 1} more` : '')
    const own = paths.length === 1 && (paths[0] === rule.pattern || `/${paths[0]}` === rule.pattern)
    return {name: names, files, bytes, rest: own ? placeOf(rule) : `${placeOf(rule)}  ${printable(rule.pattern)}`}
  })
  return [...tableLines('Left out', 'by', rows.slice(0, style.limit(EXCLUDED)), style), ...moreLine(excluded.length - EXCLUDED, style)]
}

const EXCLUDED = 15

/** Where a rule can be changed. */
function placeOf({source, line}: StageReport['excluded'][number]['rule']): string {
  if (source === 'built-in') return 'built in'
  if (line === 0) return source
  return source.startsWith('source.') ? `${source}, entry ${line}` : `${printable(source)}:${line}`
}

function changeLines({changes, new_content: travels, compared_with: last}: StageReport, style: Style): readonly string[] {
  if (changes === null || last === null) return ['Nothing was staged from here yet: all of it would travel.']
  const {added, changed, removed, unchanged, drastic} = changes
  const since = `Since ${last.worker} got the source ${agoText(style.now.getTime() - Date.parse(last.staged_at))}`
  if (added.length + changed.length + removed.length === 0) return [`${since} nothing changed: nothing would travel.`]
  const list = (paths: readonly string[], sign: string, paint: (text: string) => string): readonly string[] => [
    ...paths.slice(0, style.limit(CHANGED)).map((path) => paint(`${sign} ${shortened(printable(path), style.columns - 2)}`)),
    ...moreLine(paths.length - CHANGED, style),
  ]
  return [
    style.bold(`${since}: ${added.length} added, ${changed.length} changed, ${removed.length} removed, ${unchanged} as they were`),
    ...list(added, '+', style.green),
    ...list(changed, '~', style.yellow),
    ...list(removed, '-', style.red),
    travels.files === 0
      ? 'No new content: nothing but the manifest would travel.'
      : `${counted(travels.files, 'new content')} would travel, ${size(travels.bytes)}.`,
    ...(drastic ? [style.yellow('More than half of it is gone or different: a run at a terminal will ask for --yes.')] : []),
  ]
}

const CHANGED = 10

function moreLine(more: number, {limit, dim}: Style): readonly string[] {
  return more > 0 && limit(0) === 0 ? [dim(`  and ${more} more (--verbose)`)] : []
}

function tableLines(title: string, last: string, rows: readonly Row[], style: Style): readonly string[] {
  const rest = Math.max(0, ...rows.map((row) => width(row.rest)))
  const most = Math.max(20, style.columns - FILES_WIDTH - SIZE_WIDTH - 6 - Math.min(rest, MAX_REST))
  const named = rows.map((row) => ({...row, name: shortened(row.name, most)}))
  const wide = Math.max(width(title), ...named.map(({name}) => width(name)))
  const line = (name: string, files: string, bytes: string, end: string): string =>
    `${name}${' '.repeat(wide - width(name))}  ${files.padStart(FILES_WIDTH)}  ${bytes.padStart(SIZE_WIDTH)}  ${end}`.trimEnd()
  return [
    style.bold(line(title, 'files', 'size', last)),
    ...named.map(({name, files, bytes, rest: end}) => line(name, grouped(files), size(bytes), end)),
  ]
}

const FILES_WIDTH = 8
const SIZE_WIDTH = 8
const MAX_REST = 40

/** The middle of a long path says least. */
function shortened(path: string, most: number): string {
  if (width(path) <= most) return path
  const half = Math.floor((most - 1) / 2)
  return `${path.slice(0, half)}…${path.slice(-half)}`
}

function agoText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 120) return `${minutes} min ago`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 60 / 24)} days ago`
}

function counted(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? '' : 's'}`
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

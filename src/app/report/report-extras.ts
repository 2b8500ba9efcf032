import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {readIfThere} from '../../infra/files.ts'

/** A file that a test left, in a sealed set. */
export interface KeptAttachment {
  /** As Apple's tool calls the test. */
  readonly test: string
  /** What its author called it. */
  readonly name: string
  readonly path: string
  readonly failed: boolean
}

/** How much of a target's code the tests ran. */
export interface CoverageShare {
  readonly name: string
  readonly covered_lines: number
  readonly executable_lines: number
}

export interface ReportExtras {
  readonly attachments: readonly KeptAttachment[]
  /** Null where nothing was measured, or nobody can read what was. */
  readonly coverage: {readonly covered_lines: number; readonly executable_lines: number; readonly targets: readonly CoverageShare[]} | null
}

const MAX_BYTES = 256 * 1024 * 1024

/**
 * What the rich profile kept of sealed sets beside the numbers: attachments and coverage. Both are Apple's documents as they came; what has
 * another shape than was seen is left out.
 */
export function reportExtras(sets: readonly string[]): ReportExtras {
  const targets = sets.flatMap((set) => coverageOf(readJson(join(set, 'coverage.json'))))
  const sum = (field: 'covered_lines' | 'executable_lines'): number => targets.reduce((total, target) => total + target[field], 0)
  return {
    attachments: sets.flatMap((set) => attachmentsOf(readJson(join(set, 'attachments/manifest.json')), join(set, 'attachments'))),
    coverage: targets.length === 0 ? null : {covered_lines: sum('covered_lines'), executable_lines: sum('executable_lines'), targets},
  }
}

/** Lines of the report for them. */
export function extraLines({attachments, coverage}: ReportExtras): readonly string[] {
  const failed = attachments.filter((one) => one.failed)
  const shown = (failed.length > 0 ? failed : attachments).slice(0, MAX_SHOWN)
  return [
    ...(coverage === null ? [] : [`coverage: ${percent(coverage)} of lines${named(coverage.targets)}`]),
    ...shown.map(({test, name, path}) => `attachment of ${test}: ${name} in ${path}`),
    ...(attachments.length > shown.length ? [`attachments: ${attachments.length} files`] : []),
  ]
}

const MAX_SHOWN = 3

function named(targets: readonly CoverageShare[]): string {
  if (targets.length < 2) return ''
  const first = targets.slice(0, MAX_SHOWN).map((target) => `${target.name} ${percent(target)}`)
  return ` (${first.join(', ')}${targets.length > MAX_SHOWN ? `, and ${targets.length - MAX_SHOWN} more targets` : ''})`
}

function percent({covered_lines, executable_lines}: Omit<CoverageShare, 'name'>): string {
  return executable_lines === 0 ? '0 %' : `${((100 * covered_lines) / executable_lines).toFixed(1)} %`
}

/** `xccov view --report --json`: its targets. */
function coverageOf(report: unknown): readonly CoverageShare[] {
  return listOf(field(report, 'targets')).flatMap((target) => {
    const [name, covered, executable] = [field(target, 'name'), field(target, 'coveredLines'), field(target, 'executableLines')]
    return typeof name === 'string' && isCount(covered) && isCount(executable)
      ? [{name, covered_lines: covered, executable_lines: executable}]
      : []
  })
}

/** `manifest.json` of `xcresulttool export attachments`. A file that is not there, or whose name is a path, is not told. */
function attachmentsOf(manifest: unknown, folder: string): readonly KeptAttachment[] {
  return listOf(manifest).flatMap((entry) => {
    const test = field(entry, 'testIdentifier')
    return listOf(field(entry, 'attachments')).flatMap((attachment) => {
      const file = field(attachment, 'exportedFileName')
      const called = field(attachment, 'suggestedHumanReadableName')
      if (typeof file !== 'string' || typeof test !== 'string' || file.includes('/') || file === '' || file === '..') return []
      const path = join(folder, file)
      if (!existsSync(path)) return []
      return [{test, name: typeof called === 'string' ? called : file, path, failed: field(attachment, 'isAssociatedWithFailure') === true}]
    })
  })
}

function readJson(path: string): unknown {
  const bytes = readIfThere(path)
  if (bytes === undefined || bytes.length > MAX_BYTES) return null
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

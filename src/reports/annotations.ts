import type {Document} from '@rch/contract/documents'
import {brokenTests, firstPlace, type Findings} from './findings.ts'
import {failureText, testName} from './words.ts'

export type Annotation = Document<'annotations'>['annotations'][number]

/** What code-review tools show beside lines: failures first, then warnings. A place that lies outside the source tree is left out. */
export function annotationsOf({build, tests}: Findings): readonly Annotation[] {
  const rows: Annotation[] = []
  for (const diagnostic of build.diagnostics) {
    if (diagnostic.severity !== 'error') continue
    rows.push({level: 'failure', ...placeOf(diagnostic), title: titleOf(diagnostic), message: diagnostic.message})
  }
  for (const message of build.unmarked_failures)
    rows.push({level: 'failure', path: null, line: null, column: null, title: 'Build failure', message})
  for (const view of brokenTests(tests)) {
    const located = view.failures.filter(({file}) => file !== null)
    const shown =
      located.length > 0
        ? located
        : [firstPlace(view.failures) ?? {message: failureText(view), file: null, line: null, column: null, details: []}]
    for (const failure of shown)
      rows.push({level: 'failure', ...placeOf(failure), title: testName(view), message: [failure.message, ...failure.details].join('\n')})
  }
  for (const diagnostic of build.diagnostics) {
    if (diagnostic.severity !== 'warning') continue
    rows.push({level: 'warning', ...placeOf(diagnostic), title: titleOf(diagnostic), message: diagnostic.message})
  }
  return rows
}

interface Place {
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
}

function placeOf({file, line, column}: Place): Pick<Annotation, 'path' | 'line' | 'column'> {
  const path = relativePath(file)
  const at = path === null || line === null || line < 1 ? null : line
  return {path, line: at, column: at === null || column === null || column < 1 ? null : column}
}

/** A path inside the source tree, else null: absolute paths of another machine help nobody. */
export function relativePath(file: string | null): string | null {
  if (file === null || file === '' || file.startsWith('/') || file.includes('//')) return null
  return file.split('/').some((part) => part === '.' || part === '..' || part === '') ? null : file
}

function titleOf({severity, category, code}: {readonly severity: string; readonly category: string; readonly code: string | null}): string {
  const word = category.charAt(0).toUpperCase() + category.slice(1)
  return `${word} ${severity}${code === null ? '' : ` (${code})`}`
}

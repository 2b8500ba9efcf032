import type {HtmlReport} from '../../../../src/reports/html/client/model.ts'
import {excerptOf, findingsOf, reportFrom} from './sample-reports.ts'
import {testRow} from '../../test-row.ts'

/** Texts that run, break out or deceive where a page is careless. Each that runs sets `pwned`. */
export const HOSTILE: readonly string[] = [
  '<script>pwned=1</script>',
  '</script><script>pwned=1</script>',
  '<img src=x onerror=pwned=1>',
  '"><svg/onload=pwned=1>',
  "'-pwned=1-'",
  '<!--<script>',
  '-->',
  ']]><script>pwned=1</script>',
  'javascript:pwned=1',
  '{{constructor.constructor("pwned=1")()}}',
  '${pwned=1}',
  '</noscript><script>pwned=1</script>',
  '</title><script>pwned=1</script>',
  '</style><script>pwned=1</script>',
  '<iframe srcdoc="<script>parent.pwned=1</script>">',
  '<a href="javascript:pwned=1">x</a>',
  '<base href="https://example.invalid/">',
  '<meta http-equiv="refresh" content="0;url=https://example.invalid/">',
  '<details open ontoggle=pwned=1>',
  '&lt;script&gt;pwned=1&lt;/script&gt;',
  '\u2028pwned=1//',
  '\u202egnp.exe',
  '__proto__',
  'constructor',
  '\ud800 lone',
  '\u001b]8;;https://example.invalid\u0007link\u001b]8;;\u0007',
]

/** Every place of a page that takes text from outside holds every hostile text. */
export function hostileReport(): HtmlReport {
  const rows = HOSTILE.map((text, index) =>
    testRow(`${text}/Suite/${index}`, {
      outcome: index % 3 === 0 ? 'failed' : 'passed',
      device: text,
      arguments: text,
      configuration: text,
      reason: text,
      tags: [text],
      failures: [{message: text, file: text, line: index, column: 1, details: [text]}],
      repetitions: [
        {iteration: 1, outcome: 'failed', seconds: 1, failures: [{message: text, file: text, line: 1, column: null, details: [text]}]},
      ],
    }),
  )
  const diagnostics = HOSTILE.map((text) => ({
    severity: 'error' as const,
    message: text,
    file: text,
    line: 1,
    column: 1,
    category: 'compiler' as const,
    code: text,
    targets: [text],
    details: [text],
    count: 2,
  }))
  const all = HOSTILE.join(' ')
  return reportFrom({
    title: all,
    state: 'failed',
    headline: all,
    marks: HOSTILE.map((text) => ({text, tone: 'bad', detail: text})),
    troubles: HOSTILE.map((text) => ({code: text, message: text, hint: text})),
    findings: findingsOf(rows, {
      diagnostics,
      errors: diagnostics.length,
      unmarked_failures: HOSTILE,
      differences: HOSTILE.map((text) => ({field: text, result_bundle: text, log: {[text]: text}})),
    }),
    again: () => all,
    phases: HOSTILE.map((text) => ({name: text, step: text, outcome: 'failed', start: 0, seconds: 1})),
    logs: HOSTILE.map((text) => ({label: text, name: text, href: text, excerpt: excerptOf(HOSTILE)})),
    facts: [{title: all, rows: HOSTILE.map((text) => ({name: text, value: text, code: true}))}],
  })
}

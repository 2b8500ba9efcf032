import {isMet, type AbsoluteRow, type BenchRow, type Timing} from './row.ts'

const HEAD = `# Measured

Written by \`npm run bench\`; \`npm run bench -- NAME…\` measures some sections anew and leaves the others. Every ratio is ours against
the named tool, whole runs in turn on the same machine within one section's run, \`median (min–max of the pairs)\`; a bar is the most
that is wanted. A bar that is not met is said, not hidden.
`

/** What one suite came to: its rows, or why there are none. */
export type SuiteOutcome = {readonly rows: readonly (BenchRow | AbsoluteRow)[]} | {readonly problem: string}

/** One section of the page. */
export function renderSection(suite: {readonly name: string; readonly title: string}, outcome: SuiteOutcome, where: string): string {
  const head = `## ${suite.title} (\`${suite.name}\`)\n\n${where}\n`
  if ('problem' in outcome) return `${head}\nNot measured: ${outcome.problem}\n`
  const table = [
    '| what | against | measured | bar | met | ours | theirs |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...outcome.rows.map(renderRow),
  ]
  const conditions = [...Map.groupBy(outcome.rows, (row) => row.conditions)].map(
    ([text, rows]) => `- ${rows.map((row) => row.name).join('; ')}: ${text}.`,
  )
  return `${head}\n${table.join('\n')}\n\n${conditions.join('\n')}\n`
}

/** The page with some sections replaced or added; sections keep the order of `order`, those of no suite are dropped. */
export function renderPage(page: string, fresh: ReadonlyMap<string, string>, order: readonly string[]): string {
  const old = new Map(
    page.split(/^(?=## )/m).flatMap((part) => {
      const name = /^## .*\(`([\w-]+)`\)$/m.exec(part)?.[1]
      return name === undefined ? [] : [[name, part] as const]
    }),
  )
  const sections = order.flatMap((name) => fresh.get(name) ?? old.get(name) ?? [])
  return `${[HEAD, ...sections].map((part) => part.trim()).join('\n\n')}\n`
}

/** One line for the terminal. */
export function renderLine(row: BenchRow | AbsoluteRow): string {
  return `${isMet(row) ? 'ok  ' : 'OVER'} ${row.name}: ${measured(row)}, bar ${bar(row)}${'ratio' in row ? `, against ${row.against} (${milliseconds(row.ours)} vs ${milliseconds(row.theirs)})` : ''}`
}

function renderRow(row: BenchRow | AbsoluteRow): string {
  const sides = 'ratio' in row ? [milliseconds(row.ours), milliseconds(row.theirs)] : ['', '']
  const cells = [row.name, 'ratio' in row ? row.against : 'absolute', measured(row), bar(row), isMet(row) ? 'yes' : '**no**', ...sides]
  return `| ${cells.join(' | ')} |`
}

function measured(row: BenchRow | AbsoluteRow): string {
  const [value, unit] = 'ratio' in row ? [row.ratio, '×'] : [row.value, ` ${row.unit}`]
  const spread = row.spread === undefined ? '' : ` (${short(row.spread.min)}–${short(row.spread.max)})`
  return `${short(value)}${unit}${spread}`
}

function bar(row: BenchRow | AbsoluteRow): string {
  return 'ratio' in row ? `${row.bar}×` : `${row.bar} ${row.unit}`
}

function milliseconds({median}: Timing): string {
  return median >= 10_000 ? `${(median / 1000).toFixed(1)} s` : `${short(median)} ms`
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

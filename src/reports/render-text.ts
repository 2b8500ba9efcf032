import {leftOut, type Block, type BlockKind} from './block.ts'
import {paletteOf, type Palette} from './palette.ts'
import {reportBlocks, type ReportInput} from './report-blocks.ts'
import {estimateTokens} from './tokens.ts'
import {wrapLine} from './wrap-line.ts'

/** A budget below this has no room for a failing test's name, place and message. */
export const MIN_BUDGET = 200

/** How many of a kind people are shown without a budget: more is a wall. */
const SHOWN: Partial<Readonly<Record<BlockKind, number>>> = {failure: 19, error: 19, warning: 5, retried: 5}

const WARNINGS_WHEN_RED = 3

/** What is copied out of a report. */
const WHOLE: ReadonlySet<BlockKind> = new Set(['again', 'more'])

/**
 * The report for people; a long list is cut, and the last line says how much is missing. With the `columns` of a terminal long lines are
 * broken between words; paths and commands stay whole.
 */
export function renderText(
  input: ReportInput,
  palette: Palette,
  shown: Partial<Readonly<Record<BlockKind, number>>> = {},
  columns: number | null = null,
): string {
  const limits = {...SHOWN, ...shown}
  const blocks = reportBlocks(input, palette).map((block) =>
    columns === null || WHOLE.has(block.kind) ? block : {...block, lines: block.lines.flatMap((line) => wrapLine(line, columns))},
  )
  const seen: Partial<Record<BlockKind, number>> = {}
  const dropped = new Set<Block>()
  for (const block of blocks) {
    const count = (seen[block.kind] ?? 0) + 1
    seen[block.kind] = count
    const most =
      block.kind === 'warning' && !input.ok
        ? Math.min(limits.warning ?? WARNINGS_WHEN_RED, WARNINGS_WHEN_RED)
        : (limits[block.kind] ?? Infinity)
    if (count > most) dropped.add(block)
  }
  return assemble(blocks, dropped, palette, '')
}

/**
 * The report in at most `budget` tokens by `estimateTokens`: the least useful parts go first, and what went is said. The first failure's
 * name, place and message stay, cut in their middle where they alone are too long.
 */
export function renderWithinBudget(input: ReportInput, budget: number): string {
  const palette = paletteOf(false)
  const blocks = reportBlocks(input, palette)
  const dropped = new Set<Block>()
  const text = assemble(blocks, dropped, palette, '')
  if (estimateTokens(text) <= budget) return text
  const hint = ` (--budget ${budget})`
  const order = blocks.filter(({kind}) => kind !== 'headline' && kind !== 'first').toSorted((a, b) => a.weight - b.weight)
  // Bisect: how many of the least useful have to go.
  let [low, high] = [0, order.length]
  const attempt = (count: number): string => assemble(blocks, new Set(order.slice(0, count)), palette, hint)
  while (low < high) {
    const middle = (low + high) >> 1
    if (estimateTokens(attempt(middle)) <= budget) high = middle
    else low = middle + 1
  }
  const rendered = attempt(low)
  return estimateTokens(rendered) <= budget ? rendered : squeeze(blocks, order, budget, hint)
}

function assemble(blocks: readonly Block[], dropped: ReadonlySet<Block>, palette: Palette, hint: string): string {
  const lines = blocks.flatMap((block) => (dropped.has(block) ? [] : block.lines))
  const missing = new Map<BlockKind, number>()
  for (const {kind} of dropped) missing.set(kind, (missing.get(kind) ?? 0) + 1)
  if (missing.size > 0)
    lines.push('', palette.dim(`  left out${hint}: ${[...missing].map(([kind, count]) => leftOut(kind, count)).join(', ')}`))
  return `${lines.map(noCommand).join('\n')}\n`
}

/** A message that stands alone on its line must not be one of GitHub's workflow commands, wherever this is printed. */
function noCommand(line: string): string {
  return line.replace(/^(\s*)(?=::)/, '$1│ ').replaceAll('##[', '## [')
}

/** Nothing but headline and first failure is left, and it is still too much: each of its lines gets a share. */
function squeeze(blocks: readonly Block[], order: readonly Block[], budget: number, hint: string): string {
  const needed = blocks.filter(({kind}) => kind === 'headline' || kind === 'first')
  const count = order.length
  for (let share = budget; share > 4; share = Math.floor(share * 0.85)) {
    const lines = needed.flatMap((block) => block.lines.map((line) => shorten(line, share)))
    const text = `${[...lines, `left out${hint}: ${count} more parts`].map(noCommand).join('\n')}\n`
    if (estimateTokens(text) <= budget) return text
  }
  return ''
}

/** Keeps both ends of a line: a path's file and line, a message's beginning. */
function shorten(line: string, tokens: number): string {
  if (estimateTokens(line) <= tokens) return line
  const chars = Array.from(line)
  let [low, high] = [0, chars.length]
  const keep = (count: number): string =>
    `${chars.slice(0, Math.ceil(count * 0.6)).join('')}…${chars.slice(chars.length - Math.floor(count * 0.4)).join('')}`
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (estimateTokens(keep(middle)) <= tokens) low = middle
    else high = middle - 1
  }
  return keep(low)
}

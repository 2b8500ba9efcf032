/** Rows as columns of equal width, two spaces apart; the last column is never padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell))
  return rows
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)))).join('  '),
    )
    .join('\n')
}

/** What a reader sees as characters, near enough to columns for what is printed here. */
export function width(text: string): number {
  // Plain letters are most of it, and need no segmenter.
  return /^[ -~]*$/.test(text) ? text.length : [...(graphemes ??= new Intl.Segmenter()).segment(text)].length
}

let graphemes: Intl.Segmenter | undefined

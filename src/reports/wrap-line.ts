/** Narrower than this, breaking lines makes them no better to read. */
const NARROWEST = 40

/**
 * A line for a terminal of so many columns, broken between words and continued where its text begins; a mark or a bar in front counts as part
 * of the indentation. A word that is too long stays whole, and so does a line that begins with a path: terminals open and copy them so.
 */
export function wrapLine(line: string, columns: number): readonly string[] {
  const plain = line.replace(COLOUR, '')
  if (columns < NARROWEST || plain.length <= columns || /^\s*\//.test(plain)) return [line]
  const [indent = ''] = /^\s*(?:[✘▲↻│→] +)?/u.exec(plain) ?? []
  const below = indent.replace(/[✘▲↻→]/gu, ' ')
  const lines: string[] = []
  let current = ''
  let width = 0
  for (const [index, word] of line.split(BETWEEN_WORDS).entries()) {
    const length = word.replace(COLOUR, '').length
    if (index > 0 && width + 1 + length > columns) {
      lines.push(current)
      current = `${below}${word}`
      width = below.length + length
    } else {
      current = index === 0 ? word : `${current} ${word}`
      width += length + (index === 0 ? 0 : 1)
    }
  }
  return [...lines, current]
}

// Not behind a mark: it would stand alone where a long word follows.
// oxlint-disable-next-line no-control-regex
const BETWEEN_WORDS = /(?<=\S)(?<!^\s*(?:\u001b\[\d+m)*[✘▲↻│→](?:\u001b\[\d+m)*) (?=\S)/u
// oxlint-disable-next-line no-control-regex
const COLOUR = /\u001b\[\d+m/g

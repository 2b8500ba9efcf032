/**
 * How many tokens a language model may see in a text; meant to be above what any common tokenizer counts. A run of ASCII letters is one
 * token per three letters, a digit, a punctuation mark and a line break are one each, blanks between words are free and longer runs
 * cost one; anything beyond ASCII counts its UTF-8 bytes, which no byte-based tokenizer exceeds.
 */
export function estimateTokens(text: string): number {
  let tokens = 0
  let letters = 0
  let blanks = 0
  const flush = (): void => {
    tokens += Math.ceil(letters / 3)
    if (blanks > 1) tokens += 1
    letters = 0
    blanks = 0
  }
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if ((code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) {
      if (blanks > 0) flush()
      letters += 1
    } else if (code === 0x20) {
      if (letters > 0) flush()
      blanks += 1
    } else {
      flush()
      tokens += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    }
  }
  flush()
  return tokens
}

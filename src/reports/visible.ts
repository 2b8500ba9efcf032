/**
 * Text of unknown origin for a terminal or a web page: whatever could move the cursor, change colours, reorder the line or hide in it is
 * shown as its code instead. Tabs become spaces; a line break ends the line, so callers split first.
 */
export function visible(text: string): string {
  return text
    .replaceAll('\t', '    ')
    .toWellFormed()
    .replace(HIDDEN, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

/** The lines of a text, each safe to print. */
export function visibleLines(text: string): string[] {
  return text
    .replace(/\r?\n$/, '')
    .split(/\r\n|\n|\u2028|\u2029/)
    .map(visible)
}

// Controls, bidirectional marks and overrides, zero-width and tag characters, line separators. The joiner and the variation selectors stay:
// emoji in test names are made of them.
const HIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

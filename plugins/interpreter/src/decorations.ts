import {LAST_ASCII, OPENING_BRACKET, T, TWO} from './characters.ts'

// What other tools put around a line of xcodebuild: colour, clocks, invisible marks.

// CSI sequences; OSC, DCS, APC strings (hyperlinks, titles, a runner's own marks) up to BEL or ST; the remaining two-character escapes.
// oxlint-disable-next-line no-control-regex -- escape sequences start with a control character
const ESCAPES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-Z\\-_])/g
const INVISIBLE = /^[\u200B\uFEFF\u2060]+/
const CI_CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z[ \t]/
// fastlane's clock, and that of other runners.
const BRACKET_CLOCK = /^\[(?:\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d(?:\.\d+)?Z?\]:? /
const CI_COLUMNS = /^[^\t\n]{1,200}\t[^\t\n]{1,200}\t(?=\uFEFF?\d{4}-\d\d-\d\dT)/
const CI_GROUP = /^##\[(?:group|endgroup|command|section)\]/

/** Removes colours, a CI runner's clock and columns, and invisible characters before the text. */
export function stripDecorations(line: string): string {
  let text = line
  if (text.includes('\u001B')) text = text.replace(ESCAPES, '')
  if (text.charCodeAt(0) > LAST_ASCII) text = text.replace(INVISIBLE, '')
  const first = text.charCodeAt(0)
  if (first === TWO && text.charCodeAt(10) === T) {
    text = text.replace(CI_CLOCK, '')
  } else if (text.includes('\t2')) {
    text = text.replace(CI_COLUMNS, '').replace(INVISIBLE, '').replace(CI_CLOCK, '')
  }
  if (first === OPENING_BRACKET) text = text.replace(BRACKET_CLOCK, '')
  if (text.startsWith('##[')) text = text.replace(CI_GROUP, '')
  return text.charCodeAt(0) > LAST_ASCII ? text.replace(INVISIBLE, '') : text
}

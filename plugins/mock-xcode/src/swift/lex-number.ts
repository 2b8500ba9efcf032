import type {SourceText} from './source-text.ts'

const radixes: Readonly<Record<string, {readonly digits: RegExp; readonly name: string}>> = {
  x: {digits: /[0-9a-fA-F]/, name: 'hexadecimal '},
  o: {digits: /[0-7]/, name: 'octal '},
  b: {digits: /[01]/, name: 'binary '},
}

/** End offset of the number that starts at `start`; wrong digits are reported as the Swift compiler reports them. */
export function lexNumber(source: SourceText, start: number): number {
  const {text} = source
  const radix = text[start] === '0' ? radixes[text[start + 1] ?? ''] : undefined
  let at = radix === undefined ? start : start + 2
  const digits = radix?.digits ?? /[0-9]/
  const first = at
  while (digits.test(text[at] ?? '') || (text[at] === '_' && at > first)) at += 1
  const hexadecimal = radix?.name === 'hexadecimal '
  if (text[at] === '.' && (hexadecimal ? isHexFraction(text, at) : radix === undefined && /[0-9]/.test(text[at + 1] ?? ''))) {
    at += 1
    while (digits.test(text[at] ?? '') || text[at] === '_') at += 1
  }
  const exponent = hexadecimal ? /[pP]/ : radix === undefined ? /[eE]/ : undefined
  if (exponent?.test(text[at] ?? '') === true) at = lexExponent(source, at)
  const wrong = /[\p{L}\p{N}_]/u
  if (at === first || wrong.test(text[at] ?? '')) {
    const character = text[at] ?? ''
    if (wrong.test(character)) source.report(at, `'${character}' is not a valid ${radix?.name ?? ''}digit in integer literal`)
    else source.report(start, `expected ${radix?.name ?? ''}digit in integer literal`.replace('hexadecimal', 'hexadecimal'))
    while (wrong.test(text[at] ?? '')) at += 1
  }
  return at
}

function isHexFraction(text: string, dot: number): boolean {
  return /^\.[0-9a-fA-F][0-9a-fA-F_]*[pP]/.test(text.slice(dot, dot + 40))
}

function lexExponent(source: SourceText, marker: number): number {
  const {text} = source
  let at = marker + 1
  if (text[at] === '+' || text[at] === '-') at += 1
  if (!/[0-9]/.test(text[at] ?? '')) source.report(at, 'expected a digit in floating point exponent')
  while (/[0-9_]/.test(text[at] ?? '')) at += 1
  return at
}

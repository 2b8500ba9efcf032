import {readError} from './read-error.ts'
import {readXml, type XmlElement} from './xml.ts'

/** Everything a property list holds; numbers, booleans, dates and data stay the text they were written as. */
export type PlistValue = string | readonly PlistValue[] | PlistDict
export type PlistDict = ReadonlyMap<string, PlistValue>

const MAX_DEPTH = 200
const WHAT = 'property list'

/**
 * A property list in the OpenStep form that Xcode writes (`project.pbxproj`), or in the XML form that some generators write.
 * Throws `project_unreadable` with line and column.
 */
export function readPlist(text: string): PlistValue {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  if (/^\s*<(?:\?xml|!DOCTYPE|plist)/.test(text.slice(start, start + 200))) return fromXml(text)
  const cursor: Cursor = {text, at: start}
  const value = parseValue(cursor, 0)
  skipBlank(cursor)
  if (cursor.at < text.length) throw readError(WHAT, 'text after the end of the property list', text, cursor.at)
  return value
}

interface Cursor {
  readonly text: string
  at: number
}

function parseValue(cursor: Cursor, depth: number): PlistValue {
  if (depth > MAX_DEPTH) throw fail(cursor, `nested deeper than ${MAX_DEPTH}`)
  skipBlank(cursor)
  switch (cursor.text[cursor.at]) {
    case '{':
      return parseDict(cursor, depth)
    case '(':
      return parseArray(cursor, depth)
    case '<':
      return parseData(cursor)
    case undefined:
      throw fail(cursor, 'ends where a value was expected')
    default:
      return parseString(cursor)
  }
}

function parseDict(cursor: Cursor, depth: number): PlistDict {
  const dict = new Map<string, PlistValue>()
  cursor.at += 1
  for (;;) {
    skipBlank(cursor)
    if (cursor.text[cursor.at] === '}') {
      cursor.at += 1
      return dict
    }
    const keyAt = cursor.at
    const key = parseString(cursor)
    expect(cursor, '=')
    const value = parseValue(cursor, depth + 1)
    if (dict.has(key)) throw readError(WHAT, `the key "${key}" stands twice (is a merge conflict unresolved?)`, cursor.text, keyAt)
    dict.set(key, value)
    skipBlank(cursor)
    if (cursor.text[cursor.at] === '}') continue
    expect(cursor, ';')
  }
}

function parseArray(cursor: Cursor, depth: number): readonly PlistValue[] {
  const items: PlistValue[] = []
  cursor.at += 1
  for (;;) {
    skipBlank(cursor)
    if (cursor.text[cursor.at] === ')') {
      cursor.at += 1
      return items
    }
    items.push(parseValue(cursor, depth + 1))
    skipBlank(cursor)
    if (cursor.text[cursor.at] === ')') continue
    expect(cursor, ',')
  }
}

function parseData(cursor: Cursor): string {
  const match = sticky(/<[0-9A-Fa-f\s]*>/y, cursor)
  if (match === null) throw fail(cursor, 'data that is not hexadecimal')
  return match.replaceAll(/\s/g, '')
}

function parseString(cursor: Cursor): string {
  const quote = cursor.text[cursor.at]
  if (quote === '"' || quote === "'") return parseQuoted(cursor, quote)
  const word = sticky(/[A-Za-z0-9_$+/:.@-]+/y, cursor)
  if (word !== null) return word
  if (cursor.text[cursor.at] === undefined) throw fail(cursor, 'ends in the middle')
  throw fail(cursor, `unexpected ${JSON.stringify(cursor.text[cursor.at])}`)
}

const ESCAPES: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', a: '\u0007', b: '\b', f: '\f', v: '\v'}

function parseQuoted(cursor: Cursor, quote: '"' | "'"): string {
  const open = cursor.at
  let value = ''
  let from = open + 1
  for (let at = from; at < cursor.text.length; at += 1) {
    const char = cursor.text[at]
    if (char === quote) {
      cursor.at = at + 1
      return value + cursor.text.slice(from, at)
    }
    if (char !== '\\') continue
    value += cursor.text.slice(from, at)
    const escape = readEscape(cursor.text, at + 1)
    value += escape.value
    from = escape.end
    at = escape.end - 1
  }
  throw readError(WHAT, 'a quoted string that never ends', cursor.text, open)
}

function readEscape(text: string, at: number): {value: string; end: number} {
  const unicode = /U([0-9A-Fa-f]{4})/y
  unicode.lastIndex = at
  const hex = unicode.exec(text)?.[1]
  if (hex !== undefined) return {value: String.fromCharCode(Number.parseInt(hex, 16)), end: at + 5}
  const octal = /[0-7]{1,3}/y
  octal.lastIndex = at
  const digits = octal.exec(text)?.[0]
  if (digits !== undefined) return {value: String.fromCharCode(Number.parseInt(digits, 8)), end: at + digits.length}
  const char = text[at] ?? ''
  return {value: Object.hasOwn(ESCAPES, char) ? ESCAPES[char]! : char, end: at + 1}
}

function skipBlank(cursor: Cursor): void {
  const {text} = cursor
  for (;;) {
    sticky(/\s+/y, cursor)
    if (text.startsWith('//', cursor.at)) {
      const end = text.indexOf('\n', cursor.at)
      cursor.at = end === -1 ? text.length : end
    } else if (text.startsWith('/*', cursor.at)) {
      const end = text.indexOf('*/', cursor.at + 2)
      if (end === -1) throw fail(cursor, 'a comment that never ends')
      cursor.at = end + 2
    } else return
  }
}

function expect(cursor: Cursor, char: string): void {
  skipBlank(cursor)
  const found = cursor.text[cursor.at]
  if (found !== char) throw fail(cursor, `expected "${char}", found ${found === undefined ? 'the end' : JSON.stringify(found)}`)
  cursor.at += 1
}

function sticky(pattern: RegExp, cursor: Cursor): string | null {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.text)
  if (match === null) return null
  cursor.at = pattern.lastIndex
  return match[0]
}

function fail(cursor: Cursor, problem: string): Error {
  return readError(WHAT, problem, cursor.text, cursor.at)
}

function fromXml(text: string): PlistValue {
  const root = readXml(text, WHAT)
  const top = root.name === 'plist' ? root.children[0] : root
  if (top === undefined) throw readError(WHAT, 'an empty <plist>', text, root.offset)
  return xmlValue(top, text)
}

function xmlValue(element: XmlElement, text: string): PlistValue {
  switch (element.name) {
    case 'dict': {
      const dict = new Map<string, PlistValue>()
      for (let index = 0; index < element.children.length; index += 2) {
        const key = element.children[index]!
        const value = element.children[index + 1]
        if (key.name !== 'key' || value === undefined) throw readError(WHAT, 'a <dict> wants <key> and value in turn', text, key.offset)
        dict.set(key.text, xmlValue(value, text))
      }
      return dict
    }
    case 'array':
      return element.children.map((child) => xmlValue(child, text))
    case 'true':
      return 'YES'
    case 'false':
      return 'NO'
    default:
      return element.text
  }
}

import {readError} from './read-error.ts'

/** A token of the part of Swift that package manifests are written in. `value` of a string is unescaped. */
export interface SwiftToken {
  readonly kind: 'identifier' | 'string' | 'interpolated' | 'number' | 'punctuation'
  readonly value: string
  readonly offset: number
}

const WHAT = 'Package.swift'
const BLANK = /(?:\s+|\/\/[^\n]*|#(?:if|elseif|else|endif|!)[^\n]*)+/y
const IDENTIFIER = /`?[\p{L}_][\p{L}\p{N}_]*`?|@\p{L}+|\$\d+/uy
const NUMBER = /\d[\w.]*/y

/**
 * Splits Swift source into tokens. Comments nest; conditional compilation is read with every branch in; `interpolated` is a
 * string whose value only running the manifest would tell. Throws `project_unreadable` for text that never ends.
 */
export function tokenizeSwift(text: string): readonly SwiftToken[] {
  const tokens: SwiftToken[] = []
  let at = 0
  while (at < text.length) {
    const blank = matchAt(BLANK, text, at)
    if (blank !== null) {
      at += blank.length
      continue
    }
    if (text.startsWith('/*', at)) {
      at = commentEnd(text, at)
      continue
    }
    const string = readString(text, at)
    if (string !== null) {
      tokens.push({kind: string.interpolated ? 'interpolated' : 'string', value: string.value, offset: at})
      at = string.end
      continue
    }
    const identifier = matchAt(IDENTIFIER, text, at)
    const number = identifier === null ? matchAt(NUMBER, text, at) : null
    const value = identifier ?? number ?? text[at]!
    tokens.push({kind: identifier !== null ? 'identifier' : number !== null ? 'number' : 'punctuation', value, offset: at})
    at += value.length
  }
  return tokens
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function commentEnd(text: string, open: number): number {
  let depth = 1
  const marks = /\/\*|\*\//g
  marks.lastIndex = open + 2
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  throw readError(WHAT, 'a comment that never ends', text, open)
}

interface ReadString {
  readonly value: string
  readonly interpolated: boolean
  readonly end: number
}

function readString(text: string, at: number): ReadString | null {
  const open = matchAt(/(#*)("""|")/y, text, at)
  if (open === null) return null
  const hashes = open.replaceAll('"', '')
  const quotes = open.slice(hashes.length)
  const closing = quotes + hashes
  const escape = `\\${hashes}`
  const multiline = quotes.length === 3
  let value = ''
  let interpolated = false
  let here = at + open.length
  while (here < text.length) {
    if (text.startsWith(closing, here)) {
      return {value: multiline ? unindent(value) : value, interpolated, end: here + closing.length}
    }
    if (text.startsWith(escape, here)) {
      const escaped = readEscape(text, here + escape.length)
      value += escaped.value
      interpolated ||= escaped.interpolated
      here = escaped.end
      continue
    }
    if (text[here] === '\n' && !multiline) break
    value += text[here]
    here += 1
  }
  throw readError(WHAT, 'a string that never ends', text, at)
}

const ESCAPES: Readonly<Record<string, string>> = {n: '\n', t: '\t', r: '\r', '0': '\0', '"': '"', "'": "'", '\\': '\\', '\n': ''}

function readEscape(text: string, at: number): ReadString {
  if (text[at] === '(') return {value: '', interpolated: true, end: interpolationEnd(text, at)}
  const hex = /u\{([0-9A-Fa-f]{1,6})\}/y
  hex.lastIndex = at
  const point = Number.parseInt(hex.exec(text)?.[1] ?? '', 16)
  if (point <= 0x10_ffff) return {value: String.fromCodePoint(point), interpolated: false, end: hex.lastIndex}
  const char = text[at] ?? ''
  return {value: Object.hasOwn(ESCAPES, char) ? ESCAPES[char]! : char, interpolated: false, end: at + 1}
}

function interpolationEnd(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    else if (text[at] === ')') depth -= 1
    else if (text[at] === '\n') break
    if (depth === 0) return at + 1
  }
  throw readError(WHAT, 'an interpolation that never ends', text, open)
}

function unindent(raw: string): string {
  const lines = raw.replace(/^[ \t]*\r?\n/, '').split('\n')
  const indent = /^[ \t]*$/.test(lines.at(-1) ?? '') ? (lines.pop() ?? '') : ''
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
}

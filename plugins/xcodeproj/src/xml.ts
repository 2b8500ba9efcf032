import {readError} from './read-error.ts'

export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** All character data directly inside, trimmed. */
  readonly text: string
  readonly offset: number
}

const MAX_DEPTH = 200
const CLOSE = /<\/([A-Za-z_][\w.:-]*)\s*>/y
const START = /<([A-Za-z_][\w.:-]*)/y
const ATTRIBUTE = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y

/**
 * The subset of XML that Xcode's own files use: elements, attributes, character data, comments, CDATA, the five named and the
 * numeric entities. A DOCTYPE is skipped and declares nothing. Throws `project_unreadable` with the place.
 *
 * @param what names the kind of document in messages.
 */
export function readXml(text: string, what: string): XmlElement {
  const open: OpenElement[] = []
  let root: XmlElement | undefined
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const chars = text.slice(at, next === -1 ? text.length : next)
    const inside = open.at(-1)
    if (inside !== undefined) inside.text += decode(chars, text, at, what)
    else if (chars.trim() !== '') throw readError(what, 'text outside of any element', text, at)
    if (next === -1) break
    at = next

    const skipped = skipNonElement(text, at, what)
    if (skipped !== null) {
      if (skipped.cdata !== null && inside !== undefined) inside.text += skipped.cdata
      at = skipped.end
      continue
    }
    const tag = readTag(text, at, what)
    if (tag.kind === 'close') {
      const closing = open.pop()
      if (closing?.name !== tag.name) throw readError(what, `</${tag.name}> closes ${closing ? `<${closing.name}>` : 'nothing'}`, text, at)
      root = finish(closing, open) ?? root
    } else {
      if (root !== undefined && open.length === 0) throw readError(what, `a second root element <${tag.name}>`, text, at)
      if (open.length >= MAX_DEPTH) throw readError(what, `nested deeper than ${MAX_DEPTH}`, text, at)
      const element: OpenElement = {name: tag.name, attributes: tag.attributes, children: [], text: '', offset: at}
      if (tag.kind === 'empty') root = finish(element, open) ?? root
      else open.push(element)
    }
    at = tag.end
  }
  const unclosed = open.at(-1)
  if (unclosed !== undefined) throw readError(what, `<${unclosed.name}> is never closed`, text, unclosed.offset)
  if (root === undefined) throw readError(what, 'no XML element', text, text.length)
  return root
}

/** The child elements of that name. */
export function childrenNamed(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

interface OpenElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
  readonly offset: number
}

function finish(element: OpenElement, open: readonly OpenElement[]): XmlElement | null {
  const done = {...element, text: element.text.trim()}
  const parent = open.at(-1)
  if (parent === undefined) return done
  parent.children.push(done)
  return null
}

function skipNonElement(text: string, at: number, what: string): {end: number; cdata: string | null} | null {
  for (const [opener, closer] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
    ['<!', '>'],
  ] as const) {
    if (!text.startsWith(opener, at)) continue
    const end = text.indexOf(closer, at + opener.length)
    if (end === -1) throw readError(what, `${opener} without ${closer}`, text, at)
    return {end: end + closer.length, cdata: opener === '<![CDATA[' ? text.slice(at + opener.length, end) : null}
  }
  return null
}

type Tag = {kind: 'open' | 'empty' | 'close'; name: string; attributes: ReadonlyMap<string, string>; end: number}

function readTag(text: string, at: number, what: string): Tag {
  const close = match(CLOSE, text, at)
  if (close !== null) return {kind: 'close', name: close[1]!, attributes: new Map(), end: at + close[0].length}
  const start = match(START, text, at)
  if (start === null) throw readError(what, 'a "<" that starts no element', text, at)
  const attributes = new Map<string, string>()
  let end = at + start[0].length
  for (;;) {
    const attribute = match(ATTRIBUTE, text, end)
    if (attribute === null) break
    const name = attribute[1]!
    if (attributes.has(name)) throw readError(what, `the attribute ${name} stands twice`, text, end)
    attributes.set(name, decode(attribute[2] ?? attribute[3] ?? '', text, end, what))
    end += attribute[0].length
  }
  const finishing = match(/\s*(\/?)>/y, text, end)
  if (finishing === null) throw readError(what, `<${start[1]!}> is malformed`, text, end)
  return {kind: finishing[1] === '/' ? 'empty' : 'open', name: start[1]!, attributes, end: end + finishing[0].length}
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const ENTITIES: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"}

function decode(raw: string, text: string, offset: number, what: string): string {
  if (!raw.includes('&')) return raw
  return raw.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));?/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined && Object.hasOwn(ENTITIES, name) && whole.endsWith(';')) return ENTITIES[name]!
    const point = hex !== undefined ? Number.parseInt(hex, 16) : decimal !== undefined ? Number(decimal) : Number.NaN
    if (point > 0 && point <= 0x10_ffff && whole.endsWith(';')) return String.fromCodePoint(point)
    throw readError(what, `unknown entity ${whole}`, text, offset)
  })
}

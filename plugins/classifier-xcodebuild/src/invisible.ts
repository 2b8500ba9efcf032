/** Where the first character stands that a reader cannot see or that is no character at all; `-1` = nowhere. */
export function findInvisible(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) return at
    if (code > 0x7f) return text.search(INVISIBLE)
  }
  return -1
}

/** Controls, formats, private and unassigned code points, lone surrogates, what stands for lost bytes, and every separator but the plain space. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]|(?! )\p{Zs}/u

export const EACH_INVISIBLE = new RegExp(INVISIBLE, 'gu')

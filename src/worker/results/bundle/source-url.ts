/** A place in the source as Xcode's own records name it. */
export interface SourcePlace {
  /** Absolute. */
  readonly file: string
  /** From 1; null when the record names the file alone. */
  readonly line: number | null
  readonly column: number | null
}

/**
 * A `file:///p/F.swift#StartingLineNumber=…&StartingColumnNumber=…` as a place. The numbers in these URLs count from 0; this is the one
 * place where they become what editors and compilers count, from 1. Null for anything that names no file.
 */
export function sourcePlace(url: string | null): SourcePlace | null {
  if (url === null || url === '') return null
  const at = url.indexOf('#')
  const file = pathOf(at < 0 ? url : url.slice(0, at))
  if (file === null) return null
  const fields = new URLSearchParams(at < 0 ? '' : url.slice(at + 1))
  const line = fromZero(fields.get('StartingLineNumber'))
  return {file, line, column: line === null ? null : fromZero(fields.get('StartingColumnNumber'))}
}

function pathOf(url: string): string | null {
  const path = url.startsWith('file://') ? url.slice('file://'.length).replace(/^localhost(?=\/)/, '') : url.startsWith('/') ? url : null
  if (path === null || !path.startsWith('/')) return null
  try {
    return decodeURIComponent(path).toWellFormed()
  } catch {
    return path
  }
}

function fromZero(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) + 1 : null
}

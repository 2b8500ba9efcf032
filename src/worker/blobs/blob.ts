/** A content and the digest it is known by. */
export interface Blob {
  readonly sha256: string
  readonly content: Uint8Array
}

/** Bytes that are not what their digest says. */
export class DigestMismatch extends Error {
  override readonly name = 'DigestMismatch'
  readonly expected: string
  readonly found: string

  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.expected = expected
    this.found = found
  }
}

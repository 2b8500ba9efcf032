import type {z} from 'zod'
import {RchError} from '../errors/rch-error.ts'
import {canonicalJson} from '../json/canonical.ts'
import {parseStrictJson, StrictJsonError, type JsonLimits} from '../json/strict.ts'
import {LANE_VERSION} from '../versions.ts'
import {checkValue} from './check-value.ts'
import {openSchema} from './open.ts'
import {SCHEMAS, type Document} from './schemas.ts'
import {DOCUMENT_TABLE, SCHEMA_MAJOR, schemaId, type DocumentName} from './table.ts'

/** The first five fields of every document that is not bare. */
export function documentHead<N extends DocumentName>(name: N, createdAt: Date = new Date()) {
  return {
    schema_id: schemaId(name),
    schema_version: SCHEMA_MAJOR,
    kind: name,
    lane_version: LANE_VERSION,
    created_at: createdAt.toISOString(),
  } as const
}

/**
 * The exact bytes of a document. The content is checked against the closed schema first: what does not fit is a bug of the
 * writer and becomes `internal_error`. Bare canonical documents come without a final newline, so that their digest is the
 * digest of the file.
 */
export function writeDocument<N extends DocumentName>(name: N, content: Document<N>): Buffer {
  return serialise(name, content, SCHEMAS[name])
}

/**
 * The bytes of a document that somebody else composed (a request's `job`, a sealed summary that is copied): it may be from a
 * later minor release, so its unknown fields are kept; what is known is checked.
 */
export function keepDocument<N extends DocumentName>(name: N, content: Document<N>): Buffer {
  return serialise(name, content, openSchema(SCHEMAS[name]))
}

/**
 * Reads a document of the same major, whoever wrote it: strict JSON, unknown fields kept, everything known checked.
 * Throws `document_invalid`, naming the first place that is wrong; another major is refused with both ids named.
 */
export function readDocument<N extends DocumentName>(name: N, bytes: Uint8Array | string, limits?: Partial<JsonLimits>): Document<N> {
  const value = parseOutside(name, bytes, limits)
  const id = typeof value === 'object' && value !== null && 'schema_id' in value ? value.schema_id : undefined
  if (DOCUMENT_TABLE[name].scope !== 'bare' && id !== schemaId(name)) {
    const found = typeof id === 'string' ? id.slice(0, 100) : 'no schema_id'
    throw invalid(name, `found ${found}, this release reads ${schemaId(name)}`)
  }
  return checkDocument(name, value)
}

/** The same check for a value that was parsed strictly already. */
export function checkDocument<N extends DocumentName>(name: N, value: unknown): Document<N> {
  if (fits(name, value)) return value
  throw invalid(name, firstProblem(openSchema(SCHEMAS[name]), value) ?? 'does not fit')
}

/** Why a value does not fit a schema, naming the place; `undefined` when it does. */
export function firstProblem(schema: z.core.$ZodType, value: unknown): string | undefined {
  const result = checkValue(schema, value)
  if (result.success) return undefined
  const [issue] = result.error.issues
  return issue === undefined ? 'does not fit' : `${issue.path.length === 0 ? '' : `${issue.path.join('.')}: `}${issue.message}`
}

function serialise(name: DocumentName, content: unknown, schema: z.core.$ZodType): Buffer {
  const {layout} = DOCUMENT_TABLE[name]
  const problem = firstProblem(schema, content)
  if (problem !== undefined) {
    throw new RchError('internal_error', `${name} would be written wrong: ${problem}`, {data: {document: name, problem}})
  }
  if (layout === 'jcs') return Buffer.from(canonicalJson(content))
  return Buffer.from(`${JSON.stringify(content, null, layout === 'indented' ? 2 : undefined)}\n`)
}

function fits<N extends DocumentName>(name: N, value: unknown): value is Document<N> {
  return checkValue(openSchema(SCHEMAS[name]), value).success
}

function parseOutside(name: DocumentName, bytes: Uint8Array | string, limits?: Partial<JsonLimits>): unknown {
  try {
    return parseStrictJson(bytes, limits)
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error
    throw invalid(name, error.offset === null ? error.message : `${error.message} at ${error.offset}`)
  }
}

function invalid(name: DocumentName, problem: string): RchError {
  return new RchError('document_invalid', undefined, {data: {document: DOCUMENT_TABLE[name].file, problem}})
}

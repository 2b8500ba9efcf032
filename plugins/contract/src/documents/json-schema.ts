import {z} from 'zod'
import {VERBS, isVerb} from '../protocol/verbs.ts'
import {queuedLine} from './events.ts'
import {errorCode} from './fields.ts'
import {openSchema} from './open.ts'
import {SCHEMAS} from './schemas.ts'
import {DOCUMENT_NAMES, schemaId} from './table.ts'
import {VERB_PAYLOADS} from './verbs.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/**
 * Every published schema (JSON Schema 2020-12) by its id: documents, event lines, verb payloads. They are the open forms,
 * which allow unknown fields, except that `error_code` lists the codes of this release; their digest is the contract's.
 */
export function publishedSchemas(): Readonly<Record<string, JsonSchema>> {
  const named: [string, z.core.$ZodType][] = [
    ...DOCUMENT_NAMES.map((name): [string, z.core.$ZodType] => [name, SCHEMAS[name]]),
    ['error_code', errorCode],
    ['queued_line', queuedLine],
    ...Object.keys(VERBS)
      .filter(isVerb)
      .flatMap((verb): [string, z.core.$ZodType][] => [
        [`verb_${verb}_request`, VERB_PAYLOADS[verb].request],
        [`verb_${verb}_response`, VERB_PAYLOADS[verb].response],
      ]),
  ]
  return Object.fromEntries(named.map(([name, schema]) => [schemaId(name), jsonSchema(name, schema)]))
}

function jsonSchema(name: string, schema: z.core.$ZodType): JsonSchema {
  const {$schema, ...rest} = z.toJSONSchema(schema === errorCode ? schema : openSchema(schema), {target: 'draft-2020-12'})
  return {$schema, $id: schemaId(name), title: name, ...rest}
}

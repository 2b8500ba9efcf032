import {z} from 'zod'
import {errorCode} from './fields.ts'

const opened = new WeakMap<z.core.$ZodType, z.core.$ZodType>()

/** A code that a later release may have added. */
const anyErrorCode = z.string().regex(/^[a-z][a-z0-9_]*$/)

/**
 * The schema as readers of the same major use it: unknown fields are allowed and kept, at every level, and so are error codes
 * of later releases. Everything else stays as strict as it was.
 */
export function openSchema(schema: z.core.$ZodType): z.core.$ZodType {
  const known = opened.get(schema)
  if (known !== undefined) return known
  const result = open(schema)
  opened.set(schema, result)
  return result
}

function open(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema === errorCode) return anyErrorCode
  if (schema instanceof z.ZodObject) {
    const shape = Object.fromEntries(Object.entries(schema.shape).map(([key, member]) => [key, openSchema(member)]))
    return schema.clone({...schema.def, shape, catchall: z.unknown()})
  }
  if (schema instanceof z.ZodArray) return schema.clone({...schema.def, element: openSchema(schema.def.element)})
  if (schema instanceof z.ZodRecord) return schema.clone({...schema.def, valueType: openSchema(schema.def.valueType)})
  // Also the discriminated ones.
  if (schema instanceof z.ZodUnion) return schema.clone({...schema.def, options: schema.def.options.map((option) => openSchema(option))})
  if (schema instanceof z.ZodNullable) return schema.clone({...schema.def, innerType: openSchema(schema.def.innerType)})
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return schema.clone({...schema.def, innerType: openSchema(schema.def.innerType)})
  if (LEAVES.some((leaf) => schema instanceof leaf)) return schema
  throw new TypeError('a schema of this sort has no open form')
}

const LEAVES = [z.ZodString, z.ZodStringFormat, z.ZodNumber, z.ZodBoolean, z.ZodEnum, z.ZodLiteral, z.ZodUnknown] as const

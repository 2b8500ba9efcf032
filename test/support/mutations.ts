import {z} from 'zod'

export interface Mutation {
  readonly kind: 'drop' | 'add' | 'type'
  /** Where, as `a.0.b`. */
  readonly path: string
  readonly value: unknown
}

/**
 * Every way to damage a valid value that its closed schema has to refuse: each required member dropped, an unknown one added
 * to each object, each value replaced by one of another type. Places that may hold anything are left alone.
 */
export function mutations(schema: z.core.$ZodType, sample: unknown): readonly Mutation[] {
  return [...walk(schema, sample, [])].map(({kind, path, change}) => ({kind, path: path.join('.'), value: change(structuredClone(sample))}))
}

interface Step {
  readonly kind: Mutation['kind']
  readonly path: readonly (string | number)[]
  readonly change: (sample: unknown) => unknown
}

function* walk(declared: z.core.$ZodType, value: unknown, path: readonly (string | number)[]): Generator<Step> {
  const schema = concrete(declared, value)
  if (schema instanceof z.ZodUnknown) return
  for (const wrong of otherTypes(value)) yield {kind: 'type', path, change: (sample) => replaceAt(sample, path, wrong)}
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* walk(schema.element, item, [...path, index])
  }
  if (schema instanceof z.ZodRecord && isObject(value)) {
    for (const [key, member] of Object.entries(value)) yield* walk(schema.valueType, member, [...path, key])
  }
  if (!(schema instanceof z.ZodObject) || !isObject(value)) return
  yield {kind: 'add', path: [...path, 'not_in_the_schema'], change: (sample) => replaceAt(sample, [...path, 'not_in_the_schema'], 1)}
  for (const [key, member] of Object.entries(value)) {
    const field: z.core.$ZodType | undefined = schema.shape[key]
    if (field === undefined) throw new Error(`the sample has ${[...path, key].join('.')}, the schema does not`)
    if (!(field instanceof z.ZodExactOptional))
      yield {kind: 'drop', path: [...path, key], change: (sample) => dropAt(sample, [...path, key])}
    yield* walk(field, member, [...path, key])
  }
  const untested = Object.keys(schema.shape).filter((key) => !Object.hasOwn(value, key) && !MAY_BE_ABSENT.has(key))
  if (untested.length > 0) throw new Error(`the sample leaves out ${untested.map((key) => [...path, key].join('.')).join(', ')}`)
}

/** Optional members that another sample of the same schema has. */
const MAY_BE_ABSENT: ReadonlySet<string> = new Set([
  'trace_id',
  'prev_event_sha256',
  'event_sha256',
  'upload_id',
  'job_id',
  'run_id',
  'host_id',
  'offset',
  'last',
  'lease_id',
  'fence',
  'receipt',
  'missing',
  'stream',
])

/** The schema that really describes the value: wrappers taken off, the fitting option of a union. */
function concrete(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    return value === null && schema instanceof z.ZodNullable ? schema : concrete(schema.unwrap(), value)
  }
  if (!(schema instanceof z.ZodUnion)) return schema
  const option = schema.options.find((candidate) => z.safeParse(candidate, value).success)
  if (option === undefined) throw new Error(`the sample fits no option of a union: ${JSON.stringify(value)}`)
  return concrete(option, value)
}

function otherTypes(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return ['text', {unexpected: [true]}]
  switch (typeof value) {
    case 'string':
      return [42, false, {unexpected: [true]}, ['text']]
    case 'number':
      return ['text', true, {unexpected: [true]}]
    case 'boolean':
      return ['true', 1, {unexpected: [true]}]
    default:
      return value === null ? [{unexpected: [true]}, [null]] : ['text', 7, [value]]
  }
}

function replaceAt(sample: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value
  const [owner, key] = ownerOf(sample, path)
  Reflect.set(owner, key, value)
  return sample
}

function dropAt(sample: unknown, path: readonly (string | number)[]): unknown {
  const [owner, key] = ownerOf(sample, path)
  Reflect.deleteProperty(owner, key)
  return sample
}

function ownerOf(sample: unknown, path: readonly (string | number)[]): readonly [object, string | number] {
  let owner = sample
  for (const key of path.slice(0, -1)) owner = isObject(owner) ? Reflect.get(owner, key) : undefined
  const last = path.at(-1)
  if (!isObject(owner) || last === undefined) throw new Error(`no ${path.join('.')} in the sample`)
  return [owner, last]
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

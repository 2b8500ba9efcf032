import {safeParse, type z} from 'zod'

/** How many objects a schema checks before code of its own pays: compiling it costs about as much as so many checks save. */
const WORTH_COMPILING = 1000

const checked = new WeakMap<z.core.$ZodType, number>()

/**
 * Checks a value by a schema. zod would compile every schema at its first use, which is a good part of what a short `rch` or
 * worker costs; so only a schema that checks much, such as that of events or of a long manifest, is compiled.
 */
export function checkValue(schema: z.core.$ZodType, value: unknown): z.core.util.SafeParseResult<unknown> {
  const objects = (checked.get(schema) ?? 0) + 1 + longestList(value)
  checked.set(schema, objects)
  return safeParse(schema, value, {jitless: objects < WORTH_COMPILING})
}

function longestList(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce<number>((longest, member) => (Array.isArray(member) ? Math.max(longest, member.length) : longest), 0)
}

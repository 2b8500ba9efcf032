/** The small schemas that every document is made of. */
import {z} from 'zod'
import {EXIT_CODES, type FailureKind} from '../errors/kinds.ts'
import {ERRORS} from '../errors/registry.ts'
import {IDENTIFIER, SHA256} from '../identity/ids.ts'
import {isSortedSet} from '../text/sorted-set.ts'

export const text = z.string()
export const flag = z.boolean()
/** A whole number from 0 on: counts, bytes, sequence numbers. */
export const count = z.int().nonnegative()
/** Whole number from 1 on. */
export const ordinal = z.int().positive()
export const seconds = z.number().nonnegative()
export const milliseconds = count
export const sha256Hex = z.string().regex(SHA256)
export const identifier = z.string().regex(IDENTIFIER)
export const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)
/** RFC 3339 in UTC, with `Z`. */
export const timestamp = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/)
export const semver = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/)
/** Relative, `/`-separated, inside the set that holds the document. */
export const relativePath = z.string().regex(/^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))(?!.*\/\/).+$/)
export const record = z.record(z.string(), z.unknown())
export const names = z.array(text)
/** Written without duplicates and sorted by bytes, because the order must not reach a hash. */
export const nameSet = z.array(text).refine(isSortedSet, {error: 'must be sorted by UTF-8 bytes, without duplicates'})

/**
 * A code of the error registry. Its type is plain text: a reader may meet the code of a later release, and narrows with
 * `isErrorCode`.
 */
export const errorCode: z.ZodType<string> = z.enum(Object.keys(ERRORS))
const failureKinds = Object.keys(EXIT_CODES).filter((key): key is FailureKind => Object.hasOwn(EXIT_CODES, key))
export const failureKind = z.enum(failureKinds)
export const exitCode = z.int().min(0).max(255)

export const postureName = z.enum(['trusted', 'untrusted'])
export const posture = z.strictObject({value: postureName, reason: text})
export const actionName = z.enum(['build', 'test', 'build-for-testing', 'test-without-building', 'clean'])
export const artifactProfile = z.enum(['minimal', 'rich'])
export const stagerName = z.enum(['cas', 'bundle', 'rsync'])
export const storePlace = z.enum(['host', 'worker', 'object_store'])

/** One failure, as every summary and event lists it. */
export const errorItem = z.strictObject({
  error_code: errorCode,
  failure_kind: failureKind,
  message: text,
  hint: text,
  retryable: flag,
  data: record,
})

export const backendChoice = z.strictObject({preferred: text, actual: text.nullable(), version: text.nullable()})
export const pluginItem = z.strictObject({name: text, version: text})

export const vcs = z.strictObject({
  kind: z.enum(['git', 'none']),
  commit: text.nullable(),
  branch: text.nullable(),
  dirty: flag.nullable(),
  submodules: z.array(z.strictObject({path: text, commit: text})),
  lfs: z.enum(['require', 'pointers', 'not_checked']),
})

export const hostClaim = z.strictObject({
  host_id: identifier,
  name: text,
  user: text,
  lane_version: semver,
  plugins: z.array(pluginItem),
})

export const transportClaim = z.strictObject({
  id: text,
  host_key_fingerprint: text.nullable(),
  verified: z.enum(['pinned', 'ca', 'first_use', 'local']),
})

import fc from 'fast-check'
import {expect, test} from 'vitest'
import {isRchError} from '@rch/contract'
import {inputs} from '@rch/contract/documents'
import {configHash} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {configInputs} from '../../../src/domain/config/index.ts'
import {PROFILE_KEYS, type ConfigValue, type KeyRow, type StringFormat} from '../../../src/domain/config/keys.ts'
import {mergeLayers, type Layer} from '../../../src/domain/config/layer.ts'
import {isLooser, isTexts} from '../../../src/domain/config/strictness.ts'
import {INPUTS} from '../../support/samples/inputs.ts'
import {load, MINIMAL, type Given} from './support.ts'

const SAMPLES: Partial<Record<StringFormat, readonly string[]>> = {
  env_name: ['CI', 'A', 'B'],
  error_code: ['worker_unreachable', 'worker_busy'],
  user_path: ['/k'],
  absolute_path: ['/X.app'],
  version_range: ['16.2'],
  version: ['18.2'],
  identifier: ['xcodebuild', 'acme'],
}

/** A value that fits the key, as TOML, or nothing for keys whose tables this generator does not write. */
function valueFor(row: KeyRow): fc.Arbitrary<string> | null {
  const {type} = row
  switch (type.kind) {
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'enum':
      return fc.constantFrom(...type.values.map((value) => JSON.stringify(value)))
    case 'integer':
    case 'bytes':
      return fc.integer({min: type.min, max: Math.min(type.max, 1e15)}).map(String)
    case 'list':
      return fc.subarray([...(SAMPLES[type.format] ?? ['a', 'b', 'C_D'])]).map((chosen) => JSON.stringify(chosen))
    case 'string':
      return fc.constantFrom(...(SAMPLES[type.format] ?? ['a', 'b']).map((value) => JSON.stringify(value)))
    default:
      return null
  }
}

const UNTOUCHED = /^(workspace|project|package|scheme|destination|destinations|verify|workspace_mode\.mode|action)(\.|$)/
const GENERATED = PROFILE_KEYS.filter(({path}) => !UNTOUCHED.test(path)).flatMap((row) => {
  const value = valueFor(row)
  return value === null ? [] : [{row, value}]
})

/** Some keys with fitting values, as lines of dotted keys. */
const someKeys = (size: number): fc.Arbitrary<string> =>
  fc
    .subarray(GENERATED, {maxLength: size})
    .chain((chosen) => fc.tuple(...chosen.map(({row, value}) => value.map((text) => `${row.path} = ${text}`))))
    .map((lines) => lines.join('\n'))

const hostFile = fc
  .record({
    defaults: someKeys(8),
    enforce: someKeys(5),
    allow: fc.constantFrom('', '[allow]\nenv = ["A", "CI"]\nbackends = ["acme", "xcodebuild"]'),
  })
  .map(({defaults, enforce, allow}) => `[defaults]\n${defaults}\n[enforce]\n${enforce}\n${allow}`)

const repositoryFile = someKeys(5).map((keys) => `${keys}\n${MINIMAL}`)

function tryLoad(given: Given) {
  try {
    return load(given)
  } catch (error) {
    if (isRchError(error) && error.code !== 'internal_error') return null
    throw error
  }
}

/** Where the effective value with the repository's file is looser than it may be. */
function looser(row: KeyRow, value: ConfigValue | null, without: ConfigValue | null, named: boolean): boolean {
  if (row.access.class !== 'tighten') return false
  const {order, bound} = row.access
  if (isTexts(value)) {
    if (order.by === 'restricts') return isTexts(without) && without.some((item) => !value.includes(item))
    return named && isTexts(without) && value.some((item) => !without.includes(item))
  }
  // A host that named no value bounds a repository by the schema's bound, which the default may be stricter than.
  const limit = named || bound === null ? without : bound
  if (value === null) return order.by === 'at_most' && limit !== null
  return limit !== null && isLooser(order, value, limit) && isLooser(order, value, without ?? limit)
}

test('no repository file makes any key looser than the host has it', () => {
  let compared = 0
  fc.assert(
    fc.property(hostFile, repositoryFile, fc.constantFrom('trusted', 'untrusted'), (host, repository, posture) => {
      const env = {RCH_POSTURE: posture}
      const without = tryLoad({host, env})
      const withFile = tryLoad({host, repository, env})
      if (without === null || withFile === null) return
      compared += 1
      for (const row of PROFILE_KEYS) {
        if (row.path === 'trust.posture') continue
        const named = without.keys.get(row.path)?.origin.layer !== 'defaults'
        const value = withFile.keys.get(row.path)?.value ?? null
        const before = without.keys.get(row.path)?.value ?? null
        expect(
          looser(row, value, before, named),
          `${row.path}: ${JSON.stringify(value)} where the host has ${JSON.stringify(before)}`,
        ).toBe(false)
        if (row.access.class === 'host' && row.access.above === undefined) expect(value).toEqual(before)
      }
      if (without.posture.value === 'untrusted') expect(withFile.posture.value).toBe('untrusted')
      const grants = without.host.allow.env
      const own = without.profile.env.allow
      expect(withFile.profile.env.allow.filter((name) => !grants.includes(name) && !own.includes(name))).toEqual([])
    }),
    {numRuns: 400},
  )
  expect(compared).toBeGreaterThan(40)
})

test('merging layers is associative and loses nothing', () => {
  const layer: fc.Arbitrary<Layer> = fc
    .array(
      fc.tuple(fc.constantFrom('a', 'b.c', 'destinations', 'destination.os'), fc.integer({min: 0, max: 3}), fc.integer({min: 0, max: 5})),
      {maxLength: 6},
    )
    .map(
      (entries) =>
        new Map(entries.map(([path, value, rank]) => [path, [{value, rank, origin: {layer: 'repository', label: null, place: null}}]])),
    )
  fc.assert(
    fc.property(layer, layer, layer, (a, b, c) => {
      const left = mergeLayers(mergeLayers(a, b), c)
      expect(left).toEqual(mergeLayers(a, mergeLayers(b, c)))
      expect(left).toEqual(mergeLayers(a, b, c))
      expect([...left.values()].flat()).toHaveLength([a, b, c].flatMap((one) => [...one.values()].flat()).length)
    }),
  )
})

test('the same files and flags give the same bytes, however their keys are ordered', () => {
  fc.assert(
    fc.property(hostFile, someKeys(5), fc.infiniteStream(fc.nat()), (host, keys, seed) => {
      const first = tryLoad({host, repository: `${keys}\n${MINIMAL}`})
      const lines = keys.split('\n')
      const shuffled = lines.map((line) => [seed.next().value ?? 0, line] as const).toSorted((a, b) => a[0] - b[0])
      const second = tryLoad({host, repository: `${shuffled.map(([, line]) => line).join('\n')}\n${MINIMAL}`})
      expect(second === null).toBe(first === null)
      if (first === null || second === null) return
      const tables = configInputs(first.profile)
      expect(canonicalJson(configInputs(second.profile))).toBe(canonicalJson(tables))
      expect(configHash(configInputs(second.profile))).toBe(configHash(tables))
    }),
    {numRuns: 200},
  )
})

test('duplicates and order of set-like lists reach no hash', () => {
  const hash = (list: string) => configHash(configInputs(load({repository: `${MINIMAL}[source]\nexcludes = ${list}\n`}).profile))
  expect(hash('["b", "a", "b"]')).toBe(hash('["a", "b"]'))
  expect(hash('["a"]')).not.toBe(hash('["a", "b"]'))
})

test('exactly the hashed tables are inputs', () => {
  const names = Object.entries(configInputs(load({}).profile)).flatMap(([table, value]) =>
    typeof value === 'object' ? Object.keys(value).map((key) => `${table}.${key}`) : [`trust.${table}`],
  )
  const tables = /^(backend|safety|determinism|cache|env|redaction|network|simulator|source|trust)\./
  const hashed = PROFILE_KEYS.filter(({path, hashed: yes}) => yes && tables.test(path)).map(({path}) => path)
  expect(names.toSorted()).toEqual(hashed.toSorted())
})

test('with steps and a toolchain they are the inputs that the contract publishes', () => {
  fc.assert(
    fc.property(hostFile, repositoryFile, (host, repository) => {
      const config = tryLoad({host, repository})
      if (config === null) return
      const tables = configInputs(config.profile)
      const document = {...INPUTS, ...tables, env: {...tables.env, values: []}}
      expect(inputs.parse(document)).toEqual(document)
    }),
    {numRuns: 60},
  )
})

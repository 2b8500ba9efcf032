import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gunzipSync} from 'node:zlib'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {checkDocument, firstProblem, inputs, jobKeyInputs, readDocument, SCHEMAS} from '@rch/contract/documents'
import * as identity from '@rch/contract/identity'
import {canonicalJson, parseStrictJson} from '@rch/contract/json'
import {sourceTreeHash, treeHash} from '@rch/contract/source'

const fixtures = fileURLToPath(new URL('../fixtures/hashing/', import.meta.url))
const inputText = (name: string): Buffer => {
  const bytes = readFileSync(join(fixtures, 'inputs', name))
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes
}
const inputObject = (name: string): object => asObject(parseStrictJson(inputText(name)))
const inputList = (name: string): readonly object[] => asList(parseStrictJson(inputText(name)))

const jobRequest = inputObject('job_request.json')
const manifest = readDocument('manifest', inputText('manifest.json'))
const sourceManifest = readDocument('source_manifest', inputText('source_manifest.json'))
const tree = readDocument('artifact_tree', inputText('artifact_tree.json'))
const capabilities = readDocument('capabilities', inputText('capabilities.json'))
const slot = {
  container: {type: 'project', path: 'App.xcodeproj'},
  sdk: 'iphonesimulator',
  build_settings: {ONLY_ACTIVE_ARCH: 'YES'},
  toolchain: identity.toolchainKey({xcode_build: '16C5032a', macos_version: '15.2', arch: 'arm64'}),
  source: {mode: 'vcs', submodules: 'include', lfs: 'require', max_bytes: 1},
}
const scope = {origin: 'github.com/Org/App', profile: 'ci', namespace: null} as const

/** The product's own digest of every case; those of `sha256sum` have to be the same. */
const OURS: Readonly<Record<string, () => string>> = {
  jcs_unicode: () => identity.sha256(canonicalJson(inputObject('unicode.json'))),
  jcs_numbers: () => identity.sha256(canonicalJson(parseStrictJson(inputText('numbers.json')))),
  jcs_empty: () => identity.sha256(canonicalJson(inputObject('empty.json'))),
  jcs_deep: () => identity.sha256(canonicalJson(parseStrictJson(inputText('deep.json')))),
  source_tree_hash: () => sourceTreeHash(sourceManifest.entries),
  source_tree_hash_empty: () => sourceTreeHash([]),
  source_tree_hash_10k: () =>
    sourceTreeHash(checkDocument('source_manifest', {...sourceManifest, entries: inputList('entries-10k.json.gz')}).entries),
  tree_hash: () => treeHash(tree.entries),
  config_hash: () => identity.configHash(inputObject('inputs.json')),
  run_id: () => identity.runId(inputObject('inputs.json'), sourceTreeHash(sourceManifest.entries)),
  job_key: () => identity.jobKey(inputObject('job_key_inputs.json')),
  slot_key: () => identity.slotKey(slot),
  job_request_sha256: () => identity.jobRequestSha256(jobRequest),
  job_request_signature: () => identity.sha256(identity.signatureBytes(identity.jobRequestSha256(jobRequest))),
  capabilities_sha256: () => identity.capabilitiesSha256(capabilities),
  contract_sha256: () => identity.contractSha256(Object.fromEntries(Object.entries(inputObject('schemas.json')))),
  artifact_root_sha256: () => identity.artifactRootSha256(manifest.entries),
  job_index_sha256: () => identity.jobIndexSha256(inputObject('job_index.json')),
  events_sha256: () => identity.eventsSha256(inputText('events.ndjson')),
  event_chain_1: () => chain(1),
  event_chain_2: () => chain(2),
  event_chain_3: () => chain(3),
  env_value_sha256: () => identity.envValueSha256('CI', 'zwei Wörter\n'),
  env_value_sha256_bytes: () => identity.envValueSha256('RAW', Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28)),
  cache_namespace_shared: () => identity.cacheNamespace({...scope, trust_domain: 'shared', posture: 'trusted'}),
  cache_namespace_per_repo: () => identity.cacheNamespace({...scope, trust_domain: 'per_repo', posture: 'trusted'}),
  cache_namespace_per_profile: () => identity.cacheNamespace({...scope, trust_domain: 'per_profile', posture: 'untrusted'}),
  cache_namespace_posture: () =>
    identity.cacheNamespace({
      ...scope,
      trust_domain: 'per_repo_and_posture',
      posture: 'untrusted',
      origin: identity.localOrigin('0123456789ab', '/home/dev/app'),
    }),
  cache_namespace_configured: () =>
    identity.cacheNamespace({...scope, trust_domain: 'per_profile', posture: 'trusted', namespace: 'team-a'}),
  repo_key_origin: () => identity.repoKey({origin: identity.normaliseOrigin('git@GitHub.com:Org/App.git'), root: '/home/dev/app'}),
  repo_key_root: () => identity.repoKey({origin: null, root: '/home/dev/Äpp'}),
}

/** What `sha256sum` says about each preimage on disk. */
const digests = new Map<string, string>()
let scratch: string

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'rch-hashing-'))
  const folder = join(fixtures, 'preimages')
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    writeFileSync(join(scratch, name.replace(/\.gz$/, '')), name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
  }
  const names = readdirSync(scratch)
  // GNU coreutils; macOS brings shasum.
  const [tool, args] =
    spawnSync('sha256sum', ['--version']).status === 0 ? (['sha256sum', []] as const) : (['shasum', ['-a', '256']] as const)
  for (const line of execFileSync(tool, [...args, ...names], {cwd: scratch, encoding: 'utf8'})
    .trim()
    .split('\n')) {
    const [digest, name] = line.split(/\s+\*?/)
    if (digest !== undefined && name !== undefined) digests.set(name.replace('.bin', ''), digest)
  }
})
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

describe('hashing vectors', () => {
  it('have one preimage for each of our digests', () => {
    expect([...digests.keys()].toSorted()).toEqual(Object.keys(OURS).toSorted())
  })

  it.each(Object.entries(OURS))('%s', (name, ours) => {
    const short = name.startsWith('cache_namespace') ? 40 : name.startsWith('repo_key') ? 32 : 64
    expect(ours().replace(/^ns_/, '')).toBe(digests.get(name)?.slice(0, short))
  })

  it('are described where readers look for them', () => {
    const page = readFileSync(fileURLToPath(new URL('../../docs/digests.md', import.meta.url)), 'utf8')
    for (const line of Object.values(identity.DOMAINS)) expect(page).toContain(`"${line.trim()}⏎"`)
  })

  it('are taken over what the schemas define', () => {
    expect(firstProblem(inputs, inputObject('inputs.json'))).toBeUndefined()
    expect(firstProblem(jobKeyInputs, inputObject('job_key_inputs.json'))).toBeUndefined()
    expect(firstProblem(SCHEMAS.job_request, jobRequest)).toBeUndefined()
  })

  it('are what the second implementation writes', (context) => {
    const script = fileURLToPath(new URL('../../scripts/second-jcs.py', import.meta.url))
    const {status, error, stdout} = spawnSync('python3', [script, fixtures, '--check'], {encoding: 'utf8'})
    if (error !== undefined) context.skip('python3 is not installed')
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })
})

describe('digests do not depend on the order of members or of sets', () => {
  it('config_hash', () => {
    expect(identity.configHash(reversed(inputObject('inputs.json')))).toBe(digests.get('config_hash'))
  })

  it('capabilities_sha256', () => {
    const shuffled = {...capabilities, features: capabilities.features.toReversed(), xcodes: capabilities.xcodes.toReversed()}
    expect(identity.capabilitiesSha256(shuffled)).toBe(digests.get('capabilities_sha256'))
    const otherRelease = {...capabilities, harness_sha256: 'other'}
    expect(identity.capabilitiesSha256(otherRelease)).toBe(digests.get('capabilities_sha256'))
    expect(identity.capabilitiesSha256({...capabilities, features: ['one']})).not.toBe(digests.get('capabilities_sha256'))
  })
})

describe('createEventsHash', () => {
  it('agrees with the whole at every point', () => {
    const bytes = inputText('events.ndjson')
    const hash = identity.createEventsHash()
    for (const [index] of bytes.entries()) {
      if (index % 97 === 0) expect(hash.digest()).toBe(identity.eventsSha256(bytes.subarray(0, index)))
      hash.update(bytes.subarray(index, index + 1))
    }
    expect(hash.digest()).toBe(digests.get('events_sha256'))
  })
})

describe('what canonical JSON cannot carry is refused', () => {
  it.each<[string, unknown]>([
    ['NaN', {a: Number.NaN}],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['an integer beyond 2^53', 2 ** 53],
    ['undefined', {a: undefined}],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a key', {'\udc00': 1}],
    ['a bigint', 1n],
    ['a date', new Date(0)],
    ['a hole', Array.from({length: 2})],
  ])('%s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })
})

function chain(steps: number): string {
  let head: string = identity.EVENT_CHAIN_START
  for (const event of inputList('events.json').slice(0, steps)) head = identity.eventChainStep(head, event)
  return head
}

function reversed(value: unknown): object {
  const turn = (item: unknown): unknown => {
    if (Array.isArray(item)) return item.map(turn)
    if (typeof item !== 'object' || item === null) return item
    return Object.fromEntries(
      Object.entries(item)
        .toReversed()
        .map(([key, member]) => [key, turn(member)]),
    )
  }
  return asObject(turn(value))
}

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error('the fixture is no object')
  return value
}

function asList(value: unknown): readonly object[] {
  if (!Array.isArray(value)) throw new Error('the fixture is no list')
  return value.map(asObject)
}

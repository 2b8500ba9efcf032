import {createHash, randomBytes} from 'node:crypto'
import {closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, writeFileSync, writeSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Connection} from '@rch/contract'
import {uuidv7} from '@rch/contract/identity'
import {canonicalJson} from '@rch/contract/json'
import {comparePaths, sourceTreeHash, type SourceFile} from '@rch/contract/source'
import {createSshTransport} from '@rch/transport-ssh'
import {stageCas} from '../src/staging/cas.ts'
import {SERVED_FEATURES} from '../src/worker/features.ts'
import type {StagedSource, StageStatistics} from '../src/staging/staged-source.ts'
import {startSshd, type Sshd} from '../test/support/sshd.ts'
import {openOptions, workerEntry} from '../test/support/worker-entry.ts'

const LIMITS = {max_upload_bytes: 8e9, max_blob_bytes: 4e9, max_entries: 500_000}

/** A worker behind a real sshd, with roots of its own. */
export interface BenchWorker {
  readonly root: string
  readonly sshd: Sshd
  stop(): Promise<void>
}

export async function startWorker(root: string): Promise<BenchWorker> {
  mkdirSync(root, {recursive: true})
  const config = join(root, 'worker.toml')
  const roots = ['stage', 'jobs', 'cache'].map((name) => `${name}_root = ${JSON.stringify(join(root, name))}`)
  writeFileSync(config, ['[roots]', ...roots, '[limits]', 'max_blob_bytes = 4000000000', ''].join('\n'))
  const program = fileURLToPath(new URL('../bin/rch-xcode-worker.js', import.meta.url))
  const sshd = await startSshd({harness: [process.execPath, program, `--config=${config}`], jump: true})
  return {root, sshd, stop: () => sshd.stop()}
}

/** A tree of small source-like files: about 4 KB each, some alike, none equal. */
export function writeTree(root: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const directory = join(root, `Sources/Module${i % Math.ceil(count / 60)}`)
    if (i < Math.ceil(count / 60)) mkdirSync(directory, {recursive: true})
    writeFileSync(join(directory, `File${i}.swift`), sourceText(i))
  }
}

/** About 4.3 KB of text that is unlike the next file's and shrinks about as Swift does. */
export function sourceText(seed: number): string {
  let state = (seed + 1) * 2_654_435_761
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  const name = (): string => WORDS[next(WORDS.length)]! + WORDS[next(WORDS.length)]!
  const lines = Array.from({length: 90}, () => `    let ${name()} = ${name()}.${name()}(${next(1000)})`)
  return `import Foundation\n\nfinal class Model${seed} {\n${lines.join('\n')}\n}\n`
}

const WORDS = Array.from(
  {length: 400},
  (_, i) =>
    `${'bcdfghklmnprstvw'[i % 16]}${'aeiou'[i % 5]}${'lmnrst'[i % 6]}${'aeio'[i % 4]}${'dgkntx'[(i % 7) % 6]}${i % 3 === 0 ? 'er' : 'ing'}`,
)

/** Bytes that do not compress, as films and archives do not. */
export function writeLargeFile(root: string, bytes: number): void {
  rmSync(root, {recursive: true, force: true})
  mkdirSync(root, {recursive: true})
  const fd = openSync(join(root, 'large.bin'), 'w')
  for (let left = bytes; left > 0;) left -= writeSync(fd, randomBytes(Math.min(left, 16 * 1024 * 1024)))
  closeSync(fd)
}

/** What a snapshot would answer for a tree of plain files. */
export function sourceOfTree(root: string): StagedSource {
  const files = readdirSync(root, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
  const entries = files
    .map((file): SourceFile => {
      const place = join(file.parentPath, file.name)
      return {path: relative(root, place), type: 'file', mode: '100644', ...digestOf(place)}
    })
    .toSorted((a, b) => comparePaths(a.path, b.path))
  const hash = sourceTreeHash(entries)
  const head = {created_at: new Date().toISOString(), entries, kind: 'source_manifest', lane_version: '0.1.0'}
  const manifest = {...head, schema_id: 'rch-xcode/source_manifest@1', schema_version: 1, source_tree_hash: hash}
  return {entries, sourceTreeHash: hash, manifestBytes: Buffer.from(canonicalJson(manifest)), locate: ({path}) => join(root, path)}
}

function digestOf(path: string): {readonly bytes: number; readonly sha256: string} {
  const fd = openSync(path, 'r')
  const digest = createHash('sha256')
  const slice = Buffer.allocUnsafe(1024 * 1024)
  let bytes = 0
  for (let got = readSync(fd, slice); got > 0; got = readSync(fd, slice)) {
    digest.update(slice.subarray(0, got))
    bytes += got
  }
  closeSync(fd)
  return {bytes, sha256: digest.digest('hex')}
}

/** Opens the connection of a run, as far as a run has it when it comes to staging: a session that has answered. */
export async function openRun(sshd: Sshd, port: number): Promise<Connection> {
  const worker = workerEntry({host: sshd.host, port, user: sshd.user, run_key: sshd.keys.run, host_key_fingerprint: sshd.fingerprint})
  const connection = await createSshTransport({}).open(worker, openOptions())
  await connection.call({verb: 'status', payload: {}, protocolVersion: 1})
  return connection
}

export async function stageOver(connection: Connection, snapshot: StagedSource, baseManifest?: Uint8Array): Promise<StageStatistics> {
  const options = {connection, protocolVersion: 1, uploadId: uuidv7(), snapshot, limits: LIMITS, features: SERVED_FEATURES}
  return (await stageCas({...options, ...(baseManifest === undefined ? {} : {baseManifest})})).statistics
}

import {existsSync, lstatSync, readdirSync, readFileSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {readDocument, type Document, type DocumentName} from '@rch/contract/documents'
import {artifactRow, OUTSIDE_MANIFEST} from '@rch/contract/documents/files'
import {artifactRootSha256, jobIndexSha256} from '@rch/contract/identity'
import {treeHash} from '@rch/contract/source'
import {hashFile} from '../../infra/hash-file.ts'

/** What is wrong with an attestation whose subject is another manifest than the set's. */
export const OTHER_SUBJECT = 'it speaks of another manifest'

export interface SetViolation {
  readonly path: string
  readonly problem: string
}

export interface SetFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

export interface CheckedSet {
  /** Everything that is wrong, in the order it was found; none = the set is what was sealed. */
  readonly errors: readonly SetViolation[]
  /** Regular files that are there, but for those that bind the set. */
  readonly files: readonly SetFile[]
}

/**
 * Whether a directory holds exactly what was sealed: each file's digest and size, trees, the manifest's root, the attestation's
 * subject, the index's own digest; nothing missing, nothing more. `known` are files whose bytes the caller has just hashed itself.
 * Finds accidents and edits; forgery is the signature's affair.
 */
export function checkSet(directory: string, known: ReadonlyMap<string, Pick<SetFile, 'bytes' | 'sha256'>> = new Map()): CheckedSet {
  const errors: SetViolation[] = []
  const wrong = (path: string, problem: string): void => void errors.push({path, problem})
  const found = new Map<string, SetFile | SetLink>()
  walk(directory, '', known, found, wrong)
  const index = document(directory, 'job_index', 'job_index.json', wrong)
  const manifest = document(directory, 'manifest', 'manifest.json', wrong)
  if (index !== null) checkIndex(index, found, wrong)
  if (manifest !== null) checkEntries(directory, manifest, found, wrong)
  checkAttestation(directory, manifest === null ? null : fileIn(found, 'manifest.json'), wrong)
  return {errors, files: [...found.values()].filter((file): file is SetFile => 'sha256' in file)}
}

interface SetLink {
  readonly path: string
  readonly link: string
}

type Found = ReadonlyMap<string, SetFile | SetLink>

function fileIn(found: Found, path: string): SetFile | null {
  const file = found.get(path)
  return file !== undefined && 'sha256' in file ? file : null
}

function walk(
  directory: string,
  folder: string,
  known: ReadonlyMap<string, Pick<SetFile, 'bytes' | 'sha256'>>,
  found: Map<string, SetFile | SetLink>,
  wrong: (path: string, problem: string) => void,
): void {
  for (const name of readdirSync(join(directory, folder)).toSorted()) {
    const path = folder === '' ? name : `${folder}/${name}`
    const stat = lstatSync(join(directory, path))
    if (stat.isDirectory()) walk(directory, path, known, found, wrong)
    else if (stat.isSymbolicLink()) found.set(path, {path, link: readlinkSync(join(directory, path))})
    else if (stat.isFile()) {
      const before = known.get(path)
      const {bytes, sha256} = before?.bytes === stat.size ? before : hashFile(join(directory, path))
      found.set(path, {path, bytes, sha256})
    } else wrong(path, 'it is neither a file nor a link')
  }
}

function checkIndex(index: Document<'job_index'>, found: Found, wrong: (path: string, problem: string) => void): void {
  if (jobIndexSha256(index) !== index.job_index_sha256) wrong('job_index.json', 'it does not have the digest it names')
  for (const [path, digest] of [
    ['manifest.json', index.manifest_sha256],
    ['attestation.json', index.attestation_sha256],
    ['attestation.sig', index.attestation_sig_sha256],
  ] as const) {
    const file = fileIn(found, path)
    if (digest === null) {
      if (found.has(path)) wrong(path, 'it is there, and the index names none')
    } else if (file === null) wrong(path, 'it is missing')
    else if (file.sha256 !== digest) wrong(path, `it hashes to ${file.sha256}, the index names ${digest}`)
  }
  for (const [name, path] of Object.entries(index.documents))
    if (!found.has(path)) wrong(path, `it is missing; the index lists it as ${name}`)
}

function checkEntries(
  directory: string,
  manifest: Document<'manifest'>,
  found: Found,
  wrong: (path: string, problem: string) => void,
): void {
  if (artifactRootSha256(manifest.entries) !== manifest.artifact_root_sha256)
    wrong('manifest.json', 'its root digest does not fit its entries')
  const named = new Set<string>(OUTSIDE_MANIFEST)
  const checkFile = (path: string, bytes: number, digest: string): void => {
    named.add(path)
    const file = found.get(path)
    if (file === undefined) wrong(path, 'it is missing')
    else if (!('sha256' in file)) wrong(path, 'it is a link, sealed was a file')
    else if (file.bytes !== bytes) wrong(path, `it has ${file.bytes} bytes, sealed were ${bytes}`)
    else if (file.sha256 !== digest) wrong(path, `it hashes to ${file.sha256}, sealed was ${digest}`)
  }
  for (const entry of manifest.entries) {
    if (entry.type === 'file') {
      checkFile(entry.path, entry.bytes, entry.sha256)
      continue
    }
    const tree = document(directory, 'artifact_tree', `artifact_trees/${entry.path}.tree.json`, wrong)
    if (tree === null) continue
    if (tree.tree_sha256 !== entry.sha256 || treeHash(tree.entries) !== entry.sha256)
      wrong(entry.path, 'its tree does not have the hash the manifest names')
    for (const member of tree.entries) {
      const path = `${entry.path}/${member.path}`
      if (member.type === 'file') {
        checkFile(path, member.bytes, member.sha256)
        continue
      }
      named.add(path)
      const link = found.get(path)
      if (link === undefined) wrong(path, 'it is missing')
      else if (!('link' in link) || link.link !== member.link_target) wrong(path, 'it is not the link that was sealed')
    }
  }
  for (const path of found.keys())
    if (!named.has(path)) wrong(path, artifactRow(path) === undefined ? 'it does not belong to the set' : 'it was not sealed')
}

function checkAttestation(directory: string, manifest: SetFile | null, wrong: (path: string, problem: string) => void): void {
  if (!existsSync(join(directory, 'attestation.json'))) return
  const statement = document(directory, 'attestation', 'attestation.json', wrong)
  if (statement === null || manifest === null) return
  if (!statement.subject.some(({name, digest}) => name === 'manifest.json' && digest.sha256 === manifest.sha256))
    wrong('attestation.json', OTHER_SUBJECT)
}

function document<N extends DocumentName>(
  directory: string,
  name: N,
  path: string,
  wrong: (path: string, problem: string) => void,
): Document<N> | null {
  try {
    return readDocument(name, readFileSync(join(directory, path)), {maxBytes: 256 * 1024 * 1024})
  } catch (error) {
    wrong(
      path,
      existsSync(join(directory, path)) ? `it cannot be read: ${error instanceof Error ? error.message : String(error)}` : 'it is missing',
    )
    return null
  }
}

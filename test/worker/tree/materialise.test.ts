import {randomBytes} from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import fc from 'fast-check'
import {beforeEach, describe, expect, it} from 'vitest'
import {sha256} from '@rch/contract/identity'
import {comparePaths, sourceTreeHash, type SourceEntry} from '@rch/contract/source'
import {BlobStore} from '../../../src/worker/blobs/blob-store.ts'
import {discardSlot, materialise, type Materialised} from '../../../src/worker/tree/materialise.ts'
import {verifyTree} from '../../../src/worker/tree/verify-tree.ts'
import {scratch} from '../../support/staging.ts'

type Wanted = Readonly<Record<string, string | {readonly run: string} | {readonly link: string}>>

let root: string
let slot: string
let blobs: BlobStore

beforeEach(() => {
  root = scratch()
  slot = join(root, 'slot')
  blobs = new BlobStore(join(root, 'blobs'))
})

async function entriesOf(wanted: Wanted): Promise<readonly SourceEntry[]> {
  const entries: SourceEntry[] = []
  for (const [path, node] of Object.entries(wanted)) {
    if (typeof node === 'object' && 'link' in node) {
      entries.push({path, type: 'symlink', mode: '120000', link_target: node.link})
      continue
    }
    const content = Buffer.from(typeof node === 'string' ? node : node.run)
    await blobs.put(sha256(content), content)
    entries.push({path, type: 'file', mode: typeof node === 'string' ? '100644' : '100755', bytes: content.length, sha256: sha256(content)})
  }
  return entries.toSorted((a, b) => comparePaths(a.path, b.path))
}

async function make(wanted: Wanted, readOnly = false): Promise<Materialised> {
  const entries = await entriesOf(wanted)
  const made = await materialise({slot, entries, blobs, readOnly})
  expect(made.source_tree_hash).toBe(sourceTreeHash(entries))
  const found = await verifyTree(made.source, entries)
  expect({...found, extras: []}).toEqual({source_tree_hash: sourceTreeHash(entries), modified: [], missing: [], extras: []})
  expect(found.extras).toEqual(made.extras)
  expect(readdirSync(slot).filter((name) => !['src', 'src.index', 'dd'].includes(name))).toEqual([])
  return made
}

/** What Xcode looks at to decide whether an input changed. */
function stamps(): Readonly<Record<string, string>> {
  const source = join(slot, 'src')
  const files = readdirSync(source, {recursive: true, withFileTypes: true}).filter((entry) => !entry.isDirectory())
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const {ino, mtimeNs} = lstatSync(path, {bigint: true})
      return [path.slice(source.length + 1), `${ino}:${mtimeNs}`]
    }),
  )
}

function at(path: string): string {
  return join(slot, 'src', path)
}

const BASE: Wanted = {
  'App/main.swift': 'print(1)\n',
  'App/run.sh': {run: '#!/bin/sh\n'},
  'App/link': {link: 'main.swift'},
  'Lib/a.swift': 'a',
  'Lib/b.swift': 'b',
  README: 'read me',
}

describe('a warm slot', () => {
  it('is left alone where nothing changed, inode and times', async () => {
    expect(await make(BASE)).toMatchObject({written: 6, kept: 0, discarded: null})
    const before = stamps()
    expect(await make(BASE)).toMatchObject({written: 0, removed: 0, kept: 6, restored: 0})
    expect(stamps()).toEqual(before)
    const made = await make({...BASE, 'Lib/a.swift': 'a2', 'Lib/c.swift': 'c'})
    expect(made).toMatchObject({written: 2, kept: 5, removed: 0, restored: 0})
    const after = stamps()
    for (const path of Object.keys(before)) if (path !== 'Lib/a.swift') expect(after[path]).toBe(before[path])
    expect(after['Lib/a.swift']).not.toBe(before['Lib/a.swift'])
  })

  it('loses what the manifest no longer has, and the directories that only that needed', async () => {
    await make(BASE)
    expect(await make({README: 'read me'})).toMatchObject({removed: 5, kept: 1})
    expect(readdirSync(join(slot, 'src'))).toEqual(['README'])
  })

  it('keeps what builds created elsewhere, and lists it', async () => {
    await make(BASE)
    mkdirSync(at('Generated'))
    writeFileSync(at('Generated/x.swift'), 'x')
    writeFileSync(at('Lib/cache.bin'), 'y')
    expect(await make(BASE)).toMatchObject({extras: ['Generated/x.swift', 'Lib/cache.bin'], restored: 0, written: 0})
    expect(await make({README: 'read me'})).toMatchObject({extras: ['Generated/x.swift', 'Lib/cache.bin']})
    expect(await make({README: 'read me', 'Lib/cache.bin': 'ours now'})).toMatchObject({extras: ['Generated/x.swift'], restored: 1})
  })

  const damages: readonly (readonly [string, () => void])[] = [
    ['changed', () => appendFileSync(at('Lib/a.swift'), '!')],
    ['changed in place, same size', () => writeFileSync(at('Lib/a.swift'), 'z')],
    [
      'changed with its old times put back',
      () => {
        const {atimeMs, mtimeMs} = lstatSync(at('Lib/a.swift'))
        writeFileSync(at('Lib/a.swift'), 'z')
        utimesSync(at('Lib/a.swift'), atimeMs / 1000, mtimeMs / 1000)
      },
    ],
    ['deleted', () => rmSync(at('Lib/a.swift'))],
    [
      'replaced by an empty directory',
      () => {
        rmSync(at('Lib/a.swift'))
        mkdirSync(at('Lib/a.swift/deeper'), {recursive: true})
      },
    ],
    [
      'replaced by a link',
      () => {
        rmSync(at('Lib/a.swift'))
        symlinkSync('/etc/passwd', at('Lib/a.swift'))
      },
    ],
    ['replaced by another of our files', () => renameSync(at('Lib/b.swift'), at('Lib/a.swift'))],
    [
      'a link that points elsewhere',
      () => {
        rmSync(at('App/link'))
        symlinkSync('../README', at('App/link'))
      },
    ],
  ]
  it.each(damages)('restores a file that a build has: %s', async (_, damage) => {
    await make(BASE)
    damage()
    const made = await make(BASE)
    expect(made.discarded).toBeNull()
    expect(made.restored).toBeGreaterThanOrEqual(1)
    expect(readFileSync(at('Lib/a.swift'), 'utf8')).toBe('a')
  })

  it('keeps a file that was only touched, and gives back permissions without writing', async () => {
    await make(BASE)
    utimesSync(at('Lib/a.swift'), 1000, 1000)
    chmodSync(at('App/run.sh'), 0o600)
    const before = stamps()
    expect(await make(BASE)).toMatchObject({written: 0, restored: 0})
    expect(stamps()).toEqual(before)
    expect(lstatSync(at('App/run.sh')).mode & 0o777).toBe(0o755)
  })

  it('never writes through a hard link that a build made', async () => {
    await make(BASE)
    linkSync(at('Lib/a.swift'), join(root, 'elsewhere'))
    await make({...BASE, 'Lib/a.swift': 'new'})
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('a')
  })

  const riddles: readonly (readonly [string, () => void])[] = [
    [
      'a directory where a file was',
      () => {
        rmSync(at('README'))
        mkdirSync(at('README'))
        writeFileSync(at('README/foreign'), '')
      },
    ],
    [
      'a link where a directory was',
      () => {
        renameSync(at('Lib'), join(root, 'Lib'))
        symlinkSync(join(root, 'Lib'), at('Lib'))
      },
    ],
    ['no index', () => rmSync(join(slot, 'src.index'))],
    ['half an index', () => writeFileSync(join(slot, 'src.index'), '{"layout":')],
    [
      'an index without its last line',
      () => {
        const index = join(slot, 'src.index')
        const lines = readFileSync(index, 'utf8').trimEnd().split('\n')
        writeFileSync(index, `${lines.slice(0, -1).join('\n')}\n`)
      },
    ],
    [
      'an index with one bit that is not what it was',
      () => {
        const index = join(slot, 'src.index')
        writeFileSync(index, readFileSync(index, 'utf8').replace('"path"', '"pauh"'))
      },
    ],
    ['half a journal', () => writeFileSync(join(slot, 'src.journal'), '["a')],
    [
      'a file where src/ was',
      () => {
        rmSync(join(slot, 'src'), {recursive: true})
        writeFileSync(join(slot, 'src'), '')
      },
    ],
  ]
  it.each(riddles)('is discarded with its DerivedData when it holds what nothing explains: %s', async (_, riddle) => {
    await make(BASE)
    mkdirSync(join(slot, 'dd'))
    riddle()
    const made = await make(BASE)
    expect(made.discarded).not.toBeNull()
    expect(made.written).toBe(6)
    expect(existsSync(join(slot, 'dd'))).toBe(false)
    if (existsSync(join(root, 'Lib'))) expect(readFileSync(join(root, 'Lib/a.swift'), 'utf8')).toBe('a')
  })

  it('asks for all missing blobs at once, and changes nothing before', async () => {
    await make(BASE)
    const before = stamps()
    const gone: SourceEntry[] = ['x', 'y'].map((path) => ({path, type: 'file', mode: '100644', bytes: 3, sha256: sha256(path)}))
    const entries = [...(await entriesOf({README: 'read me'})), ...gone]
    await expect(materialise({slot, entries, blobs, readOnly: false})).rejects.toMatchObject({
      code: 'source_missing',
      data: {digests: gone.map((entry) => entry.type === 'file' && entry.sha256), count: 2},
    })
    expect(stamps()).toEqual(before)
  })

  it('is redone after an error in the middle', async () => {
    await make(BASE)
    const stop = new AbortController()
    stop.abort()
    const next = {...BASE, 'Lib/a.swift': 'a2', 'New/x.swift': 'x', 'New/y.swift': 'y'}
    const entries = await entriesOf(next)
    await expect(materialise({slot, entries, blobs, readOnly: false, signal: stop.signal})).rejects.toThrow()
    const made = await make(BASE)
    expect(made).toMatchObject({discarded: null, extras: []})
    expect(existsSync(at('New'))).toBe(false)
  })

  it('can be read-only, and change all the same', async () => {
    const made = await make(BASE, true)
    expect(lstatSync(at('Lib/a.swift')).mode & 0o222).toBe(0)
    expect(lstatSync(made.source).mode & 0o222).toBe(0)
    await make({...BASE, 'Lib/a.swift': 'a2', 'Lib/n/d.swift': 'd'}, true)
    expect(lstatSync(at('Lib/n')).mode & 0o222).toBe(0)
    expect(await make({...BASE, 'Lib/a.swift': 'a2'}, false)).toMatchObject({written: 0})
    expect(lstatSync(at('Lib/a.swift')).mode & 0o777).toBe(0o644)
    expect(lstatSync(at('Lib')).mode & 0o777).toBe(0o755)
  })

  it('handles a name whose letters only change case', async () => {
    await make(BASE)
    const made = await make({README: 'read me', 'App/Main.swift': 'print(1)\n', 'lib/a.swift': 'a'})
    expect(made.written).toBeGreaterThan(0)
  })

  it('names every damaged blob at once, so that one more upload is enough', async () => {
    const entries = await entriesOf({a: 'one', b: 'two', c: 'six', d: 'whole'})
    const damaged = ['one', 'two', 'six'].map((content) => sha256(Buffer.from(content)))
    for (const digest of damaged) {
      chmodSync(blobs.places.loose(digest), 0o600)
      writeFileSync(blobs.places.loose(digest), 'xyz')
    }
    const making = materialise({slot, entries, blobs, readOnly: false})
    await expect(making).rejects.toMatchObject({code: 'source_missing', data: {digests: damaged, count: 3}})
    expect(blobs.missing(entries.filter((entry) => entry.type === 'file')).map(({sha256: digest}) => digest)).toEqual(damaged)
    await make({a: 'one', b: 'two', c: 'six', d: 'whole'})
  })

  it('takes a large file by clone or copy, and finds a damaged one', async () => {
    const content = randomBytes(9_000_000)
    await blobs.put(sha256(content), content)
    const entry: SourceEntry = {path: 'big.bin', type: 'file', mode: '100644', bytes: content.length, sha256: sha256(content)}
    const before = Date.now()
    const made = await materialise({slot, entries: [entry], blobs, readOnly: false})
    expect(readFileSync(join(made.source, 'big.bin')).equals(content)).toBe(true)
    expect(lstatSync(join(made.source, 'big.bin')).mtimeMs).toBeGreaterThan(before - 1000)
    discardSlot(slot)
    const path = blobs.looseFile(entry.sha256)!
    chmodSync(path, 0o600)
    content[5_000_000]! ^= 1
    writeFileSync(path, content)
    await expect(materialise({slot, entries: [entry], blobs, readOnly: false})).rejects.toMatchObject({code: 'source_missing'})
    expect(blobs.has(entry)).toBe(false)
    expect(readdirSync(slot)).toEqual([])
  })
})

it('any sequence of sources and of what builds do ends in exactly the last source, touching no file in vain', async () => {
  const paths = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'd/e/b', 'f/a', 'f']
  const node = fc.oneof(
    fc.constantFrom('1', '2', '33').map((text): Wanted[string] => text),
    fc.constantFrom('1', '2').map((run): Wanted[string] => ({run})),
    fc.constant<Wanted[string]>({link: 'a'}),
  )
  const source = fc.dictionary(fc.constantFrom(...paths), node, {minKeys: 1}).map((wanted) => {
    // A name is a file or a directory, never both.
    if (Object.hasOwn(wanted, 'f/a')) delete wanted['f']
    return wanted
  })
  const deed = fc.record({kind: fc.constantFrom('write', 'remove', 'touch', 'mkdir', 'extra'), path: fc.constantFrom(...paths)})
  let number = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(source, fc.array(deed, {maxLength: 3})), {minLength: 1, maxLength: 5}), async (steps) => {
      slot = join(root, `slot${number++}`)
      for (const [wanted, deeds] of steps) {
        await make(wanted)
        const before = stamps()
        await make(wanted)
        expect(stamps()).toEqual(before)
        for (const {kind, path} of deeds) build(kind, path)
      }
    }),
    {numRuns: 50},
  )
})

/** What a build might do to its source; whatever cannot be done does not matter. */
function build(kind: string, path: string): void {
  try {
    if (kind === 'write') writeFileSync(at(path), 'built')
    else if (kind === 'remove') rmSync(at(path), {recursive: true})
    else if (kind === 'touch') utimesSync(at(path), 1, 1)
    else if (kind === 'mkdir') mkdirSync(at(path), {recursive: true})
    else {
      mkdirSync(dirname(at(`${path}.d/x`)), {recursive: true})
      writeFileSync(at(`${path}.d/x`), 'extra')
    }
  } catch {
    // Fine.
  }
}

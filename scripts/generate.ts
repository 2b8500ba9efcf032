// Writes every file that is derived from a registry; with --check it only says which ones differ.
import {readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {configDocument} from './generated/config-document.ts'
import {configSchemaFiles} from './generated/config-schema-files.ts'
import {contractDigest} from './generated/contract-digest.ts'
import {documentsDocument} from './generated/documents-document.ts'
import {errorsDocument} from './generated/errors-document.ts'
import {optionsDocument} from './generated/options-document.ts'
import {protocolDocument} from './generated/protocol-document.ts'
import {schemaFiles} from './generated/schema-files.ts'

/** One derived file. */
export interface GeneratedFile {
  /** Relative to the repository's root. */
  readonly path: string
  readonly render: () => string
}

/** Folders that hold nothing but derived files: what is not rendered any more is removed. */
const OWNED_FOLDERS = ['schemas/rch-xcode', 'schemas/config']

/** Add a registry's file here. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    ...schemaFiles(),
    contractDigest(),
    documentsDocument(),
    errorsDocument(),
    optionsDocument(),
    protocolDocument(),
    configDocument(),
    ...configSchemaFiles(),
  ]
}

/** Paths whose content on disk is not what the registries say, missing and left-over files included. */
export function findDrift(root: string): readonly string[] {
  const files = generatedFiles()
  const differing = files.filter(({path, render}) => readIfThere(join(root, path)) !== render()).map(({path}) => path)
  return [...differing, ...leftOver(root, files)]
}

function main(args: readonly string[]): void {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const drift = findDrift(root)
  if (args.includes('--check')) {
    for (const path of drift) console.error(`${path} is not what the registries say`)
    if (drift.length > 0) console.error('Run `npm run generate` and commit the result.')
    process.exitCode = drift.length === 0 ? 0 : 1
    return
  }
  const files = generatedFiles()
  for (const path of leftOver(root, files)) rmSync(join(root, path))
  for (const {path, render} of files) {
    if (!drift.includes(path)) continue
    mkdirSync(dirname(join(root, path)), {recursive: true})
    writeFileSync(join(root, path), render())
    console.log(`wrote ${path}`)
  }
}

function leftOver(root: string, files: readonly GeneratedFile[]): readonly string[] {
  const rendered = new Set(files.map(({path}) => path))
  return OWNED_FOLDERS.flatMap((folder) => listIfThere(join(root, folder)).map((name) => `${folder}/${name}`)).filter(
    (path) => !rendered.has(path),
  )
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function listIfThere(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))

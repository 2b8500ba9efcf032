import {isRchError} from '@rch/contract'
import type {TreeReader} from '@rch/xcodeproj'

/** Files and folders of the CI systems that run shell commands, and of what such commands are often kept in. */
const FILES = [
  '.gitlab-ci.yml',
  '.travis.yml',
  'bitrise.yml',
  'azure-pipelines.yml',
  'codemagic.yaml',
  '.circleci/config.yml',
  'Makefile',
  'makefile',
  'fastlane/Fastfile',
  'Fastfile',
  'GNUmakefile',
]
const FOLDERS = ['.github/workflows', '.buildkite', 'scripts', 'Scripts', 'script', 'bin', 'ci', '.ci']
const KINDS = /\.(?:ya?ml|sh|bash|zsh)$|^[a-z-]+$/
const MAX_FILES = 200

/** The CI files of a repository with their texts, workflows first. */
export async function readCiFiles(tree: TreeReader): Promise<readonly {readonly path: string; readonly text: string}[]> {
  const paths = [...FILES]
  for (const folder of FOLDERS) {
    const entries = await tree.readDir(folder)
    const names = entries.flatMap(({name, kind}) => (kind === 'file' && KINDS.test(name) ? [name] : []))
    paths.push(...names.toSorted().map((name) => `${folder}/${name}`))
  }
  const files: {path: string; text: string}[] = []
  for (const path of paths.slice(0, MAX_FILES)) {
    const text = await readText(tree, path)
    if (text !== null && (text.includes('xcodebuild') || path.endsWith('Fastfile'))) files.push({path, text})
  }
  return files.toSorted((a, b) => Number(b.path.startsWith('.github/')) - Number(a.path.startsWith('.github/')))
}

async function readText(tree: TreeReader, path: string): Promise<string | null> {
  try {
    return await tree.readFile(path)
  } catch (error) {
    // A file too large to be read by hand is no CI file.
    if (isRchError(error)) return null
    throw error
  }
}

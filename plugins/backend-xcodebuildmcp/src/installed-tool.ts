import {execFile} from 'node:child_process'
import {existsSync, readFileSync, realpathSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'
import {parseStrictJson} from '@rch/contract/json'
import type {Settings} from './settings.ts'
import {toolEnvironment} from './tool-environment.ts'

/** The XcodeBuildMCP that calls go to. */
export interface InstalledTool {
  /** Absolute program first. */
  readonly words: readonly string[]
  /** As its package says; `null` = only the tool itself knows. */
  readonly version: string | null
  /** Why it cannot be used; `null` when it can. */
  readonly problem: string | null
}

const PACKAGE = 'xcodebuildmcp'
const VERSION_PATIENCE_MS = 20_000

/** Finds the configured tool, or the npm package beside this one, and runs it with this Node. Nothing is started. */
export function installedTool({command}: Settings): InstalledTool {
  if (command !== null) {
    const [program = ''] = command
    if (!existsSync(program)) return {words: command, version: null, problem: `${program} does not exist`}
    const script = command.find((word) => word.startsWith('/') && /\.[cm]?js$/.test(word))
    const words = script === program ? [process.execPath, ...command] : command
    return {words, version: packageVersion(dirname(realpathSync(script ?? program))), problem: null}
  }
  const missing = `the npm package ${PACKAGE} is not installed`
  try {
    const root = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`))
    const entry = join(root, 'build/cli.js')
    const version = packageVersion(root)
    if (version === null || !existsSync(entry)) return {words: [], version, problem: `${root} is not a complete package`}
    return {words: [process.execPath, entry], version, problem: null}
  } catch {
    return {words: [], version: null, problem: missing}
  }
}

/** The version that the tool itself tells; `null` when it tells none. */
export async function askVersion({words}: InstalledTool, env: Readonly<Record<string, string>>): Promise<string | null> {
  const [program = '', ...rest] = words
  try {
    const options = {env: toolEnvironment(env), timeout: VERSION_PATIENCE_MS, killSignal: 'SIGKILL'} as const
    const {stdout} = await promisify(execFile)(program, [...rest, '--version'], options)
    return /^v?(\d+\.\d+\.\d+\S*)\s*$/.exec(stdout.trim())?.[1] ?? null
  } catch {
    return null
  }
}

/** From 2.7.0 on builds and tests answer in the form that is read here; a prerelease of it may not. */
export function isSupported(version: string): boolean {
  const [, major, minor, patch, tag] = /^(\d+)\.(\d+)\.(\d+)(-\S+)?$/.exec(version) ?? []
  if (major !== '2' || minor === undefined) return false
  return Number(minor) > 7 || (minor === '7' && (Number(patch) > 0 || tag === undefined))
}

function packageVersion(folder: string): string | null {
  for (let at = folder, up = 0; up < 4 && at !== dirname(at); at = dirname(at), up += 1) {
    const file = join(at, 'package.json')
    if (!existsSync(file)) continue
    try {
      const manifest = parseStrictJson(readFileSync(file))
      if (typeof manifest !== 'object' || manifest === null || !('name' in manifest) || manifest.name !== PACKAGE) continue
      return 'version' in manifest && typeof manifest.version === 'string' ? manifest.version : null
    } catch {
      return null
    }
  }
  return null
}

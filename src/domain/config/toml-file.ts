import {parse, TomlError} from 'smol-toml'
import {ConfigFault, invalid} from './config-fault.ts'

/** A configuration file as it was read. */
export interface ConfigFile {
  /** As it should be named to the user. */
  readonly path: string
  readonly bytes: Uint8Array
}

export type RawTable = Readonly<Record<string, unknown>>

/** Larger files are refused unread. */
export const MAX_CONFIG_BYTES = 1_000_000
const MAX_DEPTH = 32
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** The file's text, strictly UTF-8, and its top table. Throws a fault with the place of what is wrong. */
export function parseToml(file: ConfigFile): {readonly text: string; readonly top: RawTable} {
  const place = {file: file.path, path: []}
  if (file.bytes.length > MAX_CONFIG_BYTES) {
    throw new ConfigFault([invalid(place, `is larger than ${MAX_CONFIG_BYTES} bytes (${file.bytes.length})`)])
  }
  const text = decode(file)
  let top: RawTable
  try {
    top = parseText(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const problem = error.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '')
    throw new ConfigFault([{...invalid(place, `is not TOML: ${problem}`), data: {line: error.line, column: error.column}}])
  }
  checkTree(top, file)
  return {text, top}
}

function decode(file: ConfigFile): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(file.bytes)
  } catch {
    throw new ConfigFault([invalid({file: file.path, path: []}, 'is not valid UTF-8')])
  }
}

function parseText(text: string): RawTable {
  try {
    return parse(text, {maxDepth: MAX_DEPTH})
  } catch (error) {
    // `workspace = "App.xcworkspace"` and a `[workspace]` table are one name for two things, which TOML cannot hold side by side.
    const renamed = renameWorkspaceTable(text)
    if (renamed === text) throw error
    return parse(renamed, {maxDepth: MAX_DEPTH})
  }
}

/** `[…workspace]` headers as `[…workspace_mode]`, lines kept. */
export function renameWorkspaceTable(text: string): string {
  return text.replaceAll(/^([ \t]*\[(?:[\w."'-]+\.)?)workspace([ \t]*\][ \t]*(?:#.*)?)$/gm, '$1workspace_mode$2')
}

/** Depth and names of everything, before anything else looks at it. */
function checkTree(top: RawTable, file: ConfigFile): void {
  const pending: {value: unknown; path: readonly (string | number)[]}[] = [{value: top, path: []}]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const {value, path} = next
    if (typeof value !== 'object' || value === null || value instanceof Date) continue
    if (path.length > MAX_DEPTH)
      throw new ConfigFault([invalid({file: file.path, path: path.slice(0, 3)}, `is nested deeper than ${MAX_DEPTH}`)])
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key !== 'string' || (Array.isArray(value) && key === 'length')) continue
      if (FORBIDDEN.has(key)) throw new ConfigFault([invalid({file: file.path, path: [...path, key]}, `the key "${key}" is never allowed`)])
      const inner = Object.getOwnPropertyDescriptor(value, key)?.value
      pending.push({value: inner, path: [...path, Array.isArray(value) ? Number(key) : key]})
    }
  }
}

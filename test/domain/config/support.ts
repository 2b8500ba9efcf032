import {isRchError, type RchError} from '@rch/contract'
import {
  loadConfig,
  type ConfigFile,
  type ConfigRequest,
  type EffectiveConfig,
  type OverrideFlags,
} from '../../../src/domain/config/index.ts'

/** The least that a profile needs. */
export const MINIMAL = `
project = "App.xcodeproj"
scheme = "App"
[destination]
platform = "macOS"
`

export function file(path: string, text: string): ConfigFile {
  return {path, bytes: new TextEncoder().encode(text)}
}

export interface Given {
  readonly repository?: string
  readonly host?: string
  readonly flags?: OverrideFlags
  readonly profile?: string
  readonly env?: Readonly<Record<string, string>>
  readonly githubEvent?: string | null
  readonly origin?: string | null
}

export function requestOf(given: Given): ConfigRequest {
  return {
    repository: given.repository === undefined ? null : file('.rch/xcode.toml', given.repository),
    host: given.host === undefined ? null : file('/home/me/.config/rch/config.toml', given.host),
    flags: given.flags ?? {},
    profile: given.profile ?? null,
    env: given.env ?? {},
    githubEvent: given.githubEvent ?? null,
    origin: given.origin ?? null,
  }
}

export function load(given: Given): EffectiveConfig {
  return loadConfig(requestOf({repository: MINIMAL, ...given}))
}

/** The error that loading ends with; a test that expects one and gets a profile fails. */
export function refusal(given: Given): RchError {
  return refusalOf(() => load(given))
}

export function refusalOf(action: () => unknown): RchError {
  try {
    action()
  } catch (error) {
    if (isRchError(error)) return error
    throw error
  }
  throw new Error('loaded, where a refusal was expected')
}

/** `file:line key` of each problem of a refusal. */
export function places(error: RchError): readonly string[] {
  const problems: unknown = error.data['problems']
  if (!Array.isArray(problems)) return []
  return problems.map(({file, line, key}: {file: string | null; line: number | null; key: string | null}) => `${file}:${line} ${key}`)
}

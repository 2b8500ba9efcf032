import {loadConfig} from './load-config.ts'
import {REPOSITORY_CONFIG, type ConfigRequest, type EffectiveConfig} from './resolve.ts'

/** What a repository without a profile is judged under: the least that a file can say, which allows no command of anybody's. */
export function leastConfig(request: Pick<ConfigRequest, 'host' | 'env' | 'githubEvent' | 'origin'>): EffectiveConfig {
  return loadConfig({...request, repository: {path: REPOSITORY_CONFIG, bytes: Buffer.from(LEAST)}, flags: {}, profile: null})
}

const LEAST = 'package = "."\nscheme = "no profile"\ndestination = {platform = "macOS"}\n'

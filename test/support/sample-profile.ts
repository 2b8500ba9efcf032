import type {ClassifierPolicy, EffectiveProfile} from '@rch/contract'
import {loadConfig} from '../../src/domain/config/index.ts'

const TOML = `
action = "test"
workspace = "App.xcworkspace"
scheme = "App"
configuration = "Debug"
[destination]
platform = "iOS Simulator"
name = "iPhone 16"
os = "26.0"
`

/** The effective profile of a small app with one simulator. */
export function sampleProfile(): EffectiveProfile {
  const repository = {path: '.rch/xcode.toml', bytes: Buffer.from(TOML)}
  return loadConfig({repository, host: null, flags: {}, profile: null, env: {}, githubEvent: null, origin: null}).profile
}

/** The strictest policy there is, for a repository at `/repo`. */
export const STRICT_POLICY: ClassifierPolicy = {
  repo_root: '/repo',
  posture: 'trusted',
  local_xcode: false,
  env_allow: [],
  allow_settings: [],
  drop_owned_paths: false,
  allow_mutating: false,
  developer_dir: null,
}

import {CONTRACT_VERSION} from '@rch/contract'
import type {Inputs} from '@rch/contract/documents'
import {HEX} from './identities.ts'
import {MODEL, RESOLVED} from './model.ts'

// What the sample run was given.

export const TOOLCHAIN = {
  kind: 'mock',
  xcode_version: '16.2',
  xcode_build: '16C5032a',
  developer_dir: '/Applications/Xcode-16.2.app/Contents/Developer',
  macos_version: '15.2',
  macos_build: '24C101',
  arch: 'arm64',
} as const

const {xcode_version: _version, ...keyed} = TOOLCHAIN
export const JOB_KEY_TOOLCHAIN = keyed
const {developer_dir: _dir, ...INPUTS_TOOLCHAIN} = JOB_KEY_TOOLCHAIN
export const NETWORK = {mode: 'allow_all', allow: []} as const

export const SIMULATOR = {
  strategy: 'shared_prebooted',
  erase_on_start: false,
  shutdown_on_end: false,
  device_set: 'shared',
  boot_timeout_seconds: 300,
} as const

export const ENV_VALUES = [{name: 'CI', value_sha256: HEX('3')}]

export const INPUTS: Inputs = {
  contract_version: CONTRACT_VERSION,
  kind: 'xcodebuild',
  steps: [{index: 0, action: 'test', model: MODEL, fresh_workspace: false}],
  destinations: [RESOLVED],
  toolchain: INPUTS_TOOLCHAIN,
  posture: 'trusted',
  backend: {preferred: 'xcodebuild', allow_fallback: true},
  safety: {allow_mutating: false, code_signing_allowed: false, simulator_signing: 'none'},
  determinism: {allow_floating_destination: false},
  cache: {
    derived_data: 'per_job',
    spm: 'shared',
    result: 'off',
    compilation: 'off',
    mode: 'read_write',
    trust_domain: 'per_repo',
    namespace: null,
    promote_on_failure: false,
    allow_untrusted_reads: false,
  },
  env: {allow: ['CI'], strict: false, include_value_fingerprints: true, values: ENV_VALUES},
  redaction: {enabled: true, patterns: []},
  network: NETWORK,
  simulator: SIMULATOR,
  source: {
    mode: 'vcs',
    require_clean: false,
    include_untracked: true,
    include: ['Pods/'],
    excludes: [],
    symlinks: 'allow_safe',
    hardlinks: 'allow',
    submodules: 'include',
    lfs: 'require',
    read_only: false,
  },
}

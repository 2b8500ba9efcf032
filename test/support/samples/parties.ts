import {LANE_VERSION, CONTRACT_VERSION} from '@rch/contract'
import {FINGERPRINT, HEX, HOST_ID, NOW} from './identities.ts'
import {TOOLCHAIN} from './inputs.ts'

// Who takes part in the sample run.

export const VCS = {
  kind: 'git',
  commit: '0123456789abcdef0123456789abcdef01234567',
  branch: 'main',
  dirty: false,
  submodules: [{path: 'Vendor/Lib', commit: '76543210fedcba9876543210fedcba9876543210'}],
  lfs: 'require',
} as const

export const TRANSPORT = {id: 'ssh', host_key_fingerprint: FINGERPRINT, verified: 'pinned'} as const

export const HOST = {
  host_id: HOST_ID,
  name: 'laptop',
  user: 'dev',
  lane_version: LANE_VERSION,
  plugins: [{name: '@rch/transport-ssh', version: LANE_VERSION}],
}

export const POSTURE = {value: 'trusted', reason: 'default'} as const
export const BACKEND = {preferred: 'xcodebuild', actual: 'xcodebuild', version: '16.2'}

export const capabilities = {
  protocol_min: 1,
  protocol_max: 1,
  contract_versions: [{contract_version: CONTRACT_VERSION, contract_sha256: HEX('b')}],
  features: ['lease', 'cas'],
  verbs: ['probe', 'submit'],
  harness_version: LANE_VERSION,
  harness_sha256: HEX('c'),
  harness_codesign: 'not_checked',
  limits: {max_upload_bytes: 8e9, max_blob_bytes: 2e9, max_artifact_bytes: 20e9, max_log_bytes: 200e6, max_entries: 500_000},
  roots: {stage_root: '/Users/rch/stage', jobs_root: '/Users/rch/jobs', cache_root: '/Users/rch/cache'},
  os: {name: 'macOS', version: '15.2', build: '24C101', arch: 'arm64'},
  toolchain: {kind: 'mock'},
  xcodes: [{version: '16.2', build: '16C5032a', path: '/Applications/Xcode-16.2.app', developer_dir: TOOLCHAIN.developer_dir}],
  active_developer_dir: TOOLCHAIN.developer_dir,
  runtimes: [
    {identifier: 'com.apple.CoreSimulator.SimRuntime.iOS-18-2', version: '18.2', build: '22C150', platform: 'iOS', name: 'iOS 18.2'},
  ],
  device_types: [{identifier: 'com.apple.CoreSimulator.SimDeviceType.iPhone-16', name: 'iPhone 16'}],
  devices: [
    {
      udid: '00000000-0000-0000-0000-000000000000',
      name: 'iPhone 16',
      state: 'Shutdown',
      runtime_identifier: 'com.apple.CoreSimulator.SimRuntime.iOS-18-2',
      device_type_identifier: 'com.apple.CoreSimulator.SimDeviceType.iPhone-16',
    },
  ],
  backends: [{id: 'xcodebuild', available: true, version: '16.2', reasons: []}],
  tooling: {rsync: '3.2.7', zstd: null},
  capacity: {max_concurrent_jobs: 1, running: 0, queued: 0},
  load: {one_minute: 0.5, cpu_count: 8, memory_bytes: 16e9, memory_free_bytes: 8e9},
  health: {
    status: 'ok',
    reasons: [],
    disk_free_bytes: 100e9,
    disk_total_bytes: 500e9,
    gui_session: true,
    xcodes: [{developer_dir: TOOLCHAIN.developer_dir, license_accepted: true, first_launch_done: null}],
    filesystem: {case_sensitive: false, clones: true, nanosecond_times: true},
  },
  identity: {
    worker_id: '019b7c1e-0000-7000-8000-0000000000dd',
    account: 'rch',
    host_key_fingerprints: [FINGERPRINT],
    attestation_key_fingerprint: FINGERPRINT,
    attestation_public_key_base64: 'AAAA',
  },
  plugins: [{name: '@rch/backend-xcodebuild', version: LANE_VERSION, provides: ['backend:xcodebuild']}],
  now: NOW,
  capabilities_sha256: HEX('d'),
} as const

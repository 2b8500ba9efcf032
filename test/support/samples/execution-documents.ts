import {documentHead, type Document, type DocumentName} from '@rch/contract/documents'
import {EVENT_SAMPLES} from './events.ts'
import {AT, HEX, HOST_ID, JOB_IDS, NOW, UPLOAD_ID} from './identities.ts'
import {TOOLCHAIN} from './inputs.ts'
import {REQUESTED, RESOLVED} from './model.ts'
import {capabilities} from './parties.ts'

/** What a worker answers when a source is complete. */
export const RECEIPT = {
  upload_id: UPLOAD_ID,
  stager: 'cas',
  source_tree_hash: HEX('5'),
  source_sha256: HEX('a'),
  entries: 2,
  bytes: 2048,
  bytes_sent: 100,
  files_changed: 1,
  staged_at: NOW,
  writer: 'harness',
} as const

/** What a worker has and does. */
export const EXECUTION_DOCUMENTS = {
  capabilities: {
    ...documentHead('capabilities', AT),
    run_id: JOB_IDS.run_id,
    attempt: 1,
    job_id: JOB_IDS.job_id,
    job_key: JOB_IDS.job_key,
    host_id: HOST_ID,
    ...capabilities,
  },
  toolchain: {
    ...documentHead('toolchain', AT),
    ...JOB_IDS,
    toolchain: TOOLCHAIN,
    requested: {path: null, require_version: '>=16 <17', require_build: null},
    tools: {xcresulttool: '23500'},
    warnings: [],
  },
  destination: {
    ...documentHead('destination', AT),
    ...JOB_IDS,
    requested: [REQUESTED],
    resolved: [RESOLVED],
    udid: ['00000000-0000-0000-0000-000000000000'],
    created: false,
    boot_seconds: 3.5,
    cleanup: {outcome: 'none', detail: null},
    warnings: ['second match ignored'],
  },
  environment: {
    ...documentHead('environment', AT),
    ...JOB_IDS,
    os: {name: 'macOS', version: '15.2', build: '24C101', arch: 'arm64', kernel: '24.2.0'},
    locale: 'en_US.UTF-8',
    timezone: 'UTC',
    cpu_count: 8,
    memory_bytes: 16e9,
    disk_free_bytes: 100e9,
    disk_total_bytes: 500e9,
    runtimes: capabilities.runtimes,
    services: {gui_session: true, core_simulator: 'ok', resident_agent: false},
  },
  executor_env: {...documentHead('executor_env', AT), ...JOB_IDS, passed_keys: ['CI'], dropped_keys: ['TOKEN'], overrides: ['PATH']},
  backend_invocation: {
    ...documentHead('backend_invocation', AT),
    ...JOB_IDS,
    backend: {id: 'xcodebuild', version: '16.2'},
    invocations: [
      {
        argv: ['/usr/bin/xcodebuild', 'test'],
        mcp_request: {tool: 'test_sim'},
        cwd: '/w/src',
        env_names: ['PATH'],
        started_at: NOW,
        pid: 123,
        pgid: 123,
        exit_code: 65,
        term_signal: null,
      },
    ],
    paths: {source: '/w/src', derived_data: '/w/dd', result_bundle: '/w/result.xcresult', cloned_packages: null, work: '/w/work'},
  },
  stage_receipt: {...documentHead('stage_receipt', AT), ...JOB_IDS, ...RECEIPT},
  stage_verification: {
    ...documentHead('stage_verification', AT),
    ...JOB_IDS,
    after_stage: {status: 'ok', source_tree_hash: HEX('5'), changed: []},
    after_run: {status: 'modified', source_tree_hash: HEX('6'), changed: [{path: 'Package.resolved', change: 'modified'}]},
  },
  job_state: {
    ...documentHead('job_state', AT),
    ...JOB_IDS,
    state: 'collecting',
    previous: 'running',
    seq: 3,
    updated_at: NOW,
    cancel_requested: true,
    queued_at: NOW,
    started_at: NOW,
    queue_wait_seconds: 0.5,
    reason: 'cancelled',
  },
  event: EVENT_SAMPLES[0]!,
  metrics: {
    ...documentHead('metrics', AT),
    ...JOB_IDS,
    phases: [{phase: 'build', wall_seconds: 10.5, cpu_seconds: null}],
    peak_rss_bytes: 1e9,
    disk_bytes: 2e9,
    queue_seconds: 0.5,
    queue_position: 1,
    log_bytes: 1000,
    event_bytes: 500,
    event_count: 20,
    caches: [{kind: 'slot', namespace: 'ns_1', key: {slot_key: HEX('8')}, hit: true, bytes: 100, seconds: 0.2, path: 'ns_1/slots/1'}],
  },
} satisfies {readonly [N in DocumentName]?: Document<N>}

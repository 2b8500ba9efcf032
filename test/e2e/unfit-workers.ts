import {execFileSync} from 'node:child_process'
import {chmodSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {installMockXcode} from '@rch/mock-xcode'
import {setScenario} from '../support/lab-tools.ts'
import {bentWorker} from '../support/bent-worker.ts'
import type {Lab} from '../support/lab.ts'
import {BUILD, inProject, installed, JUST_ASKED, LONG_KNOWN, set, workerToml, type Provocations} from './provocation.ts'

/** What is wrong with a worker, or with what it has. */
export const UNFIT_WORKERS: Provocations = {
  backend_interrupted: {args: BUILD, spoil: (lab) => setScenario(lab, {exit_code: 75})},
  backend_start_failed: {
    args: LONG_KNOWN,
    before: LONG_KNOWN,
    spoil: (lab) => tool(lab, 'xcodebuild', () => '#!/nowhere/at/all\n'),
  },
  contract_digest_mismatch: {
    args: JUST_ASKED,
    env: (lab) => bentWorker(lab, {answers: [['"contract_sha256":"[0-9a-f]{64}"', `"contract_sha256":"${'0'.repeat(64)}"`]]}),
  },
  protocol_version_unsupported: {
    args: JUST_ASKED,
    env: (lab) =>
      bentWorker(lab, {
        answers: [
          ['"protocol_min":\\d', '"protocol_min":9'],
          ['"protocol_max":\\d', '"protocol_max":9'],
        ],
      }),
  },
  protocol_error: {
    args: JUST_ASKED,
    env: (lab) => bentWorker(lab, {answers: [['"disk_free_bytes":', '"disk_full_bytes":']]}),
  },
  floating_destination_disallowed: {args: [...BUILD, '--destination', 'platform=iOS Simulator,name=iPhone 17']},
  stage_receipt_mismatch: {
    args: JUST_ASKED,
    env: (lab) => bentWorker(lab, {answers: [['"source_tree_hash":"[0-9a-f]{64}"', `"source_tree_hash":"${'0'.repeat(64)}"`]]}),
  },
  event_stream_corrupt: {
    args: JUST_ASKED,
    env: (lab) => bentWorker(lab, {answers: [['"queue_seconds":0', '"queue_seconds":[]']]}),
  },
  transfer_failed: {
    args: JUST_ASKED,
    spoil: (lab) => writeFileSync(inProject(lab, 'sent.txt'), `never arrives ${Math.random()}`),
    env: (lab) => bentWorker(lab, {dies: '"op":"upload_blobs"'}),
  },
  internal_error: {
    args: JUST_ASKED,
    env: () => ({NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(BROKEN)}`}),
  },
  destination_rejected: {args: BUILD, spoil: (lab) => setScenario(lab, {no_destination: true})},
  destination_ambiguous: {
    args: [...JUST_ASKED, '--destination', 'platform=iOS Simulator,name=iPhone 17,OS=26.5'],
    spoil: (lab) => {
      const simctl = (...args: readonly string[]): string =>
        execFileSync(join(lab.dir, 'xcode/bin/xcrun'), ['simctl', ...args], {encoding: 'utf8', env: {HOME: join(lab.dir, 'xcode/home')}})
      const {devices}: {devices: Record<string, {name: string; deviceTypeIdentifier: string}[]>} = JSON.parse(simctl('list', '-j'))
      const [runtime = ''] = Object.keys(devices).filter((key) => key.endsWith('iOS-26-5'))
      const type = devices[runtime]?.find(({name}) => name === 'iPhone 17')?.deviceTypeIdentifier ?? ''
      simctl('create', 'iPhone 17', type, runtime)
      installed(lab, {})
    },
  },
  insufficient_disk_space: {args: set('worker.min_disk_free_bytes=60TB')},
  invalid_worker_roots: {
    args: JUST_ASKED,
    spoil: (lab) => {
      const {config, root} = lab.workers[0] ?? {config: '', root: ''}
      writeFileSync(config, readFileSync(config, 'utf8').replace(`${root}/stage`, `${root}/jobs/stage`))
    },
  },
  payload_too_large: {
    args: JUST_ASKED,
    spoil: (lab) => {
      writeFileSync(inProject(lab, 'large.txt'), `larger than what the worker takes ${Math.random()}`)
      workerToml('[limits]\nmax_upload_bytes = 10')(lab)
    },
  },
  toolchain_changed: {
    before: LONG_KNOWN,
    args: LONG_KNOWN,
    spoil: (lab) => void installMockXcode(join(lab.dir, 'xcode'), {build: '99Z999'}),
  },
  worker_degraded: {
    args: [...JUST_ASKED, '--destination', 'platform=iOS Simulator,name=iPhone 17,OS=26.5'],
    before: LONG_KNOWN,
    spoil: (lab) =>
      tool(lab, 'xcrun', (script) =>
        script.replace('\nexec', '\ncase "$*" in *"list -j"*) echo CoreSimulator is out of sorts >&2; exit 1;; esac\nexec'),
      ),
  },
}

/** A programming mistake, as one would look to the command that runs into it. */
const BROKEN = `import os from 'node:os'; import {syncBuiltinESMExports} from 'node:module'; os.hostname = () => undefined.x; syncBuiltinESMExports()`

/** Replaces a tool of the mock Xcode. */
function tool(lab: Lab, name: string, change: (script: string) => string): void {
  for (const file of [join(lab.dir, 'xcode/bin', name), join(lab.dir, 'xcode/Xcode-mock.app/Contents/Developer/usr/bin', name)]) {
    writeFileSync(file, change(readFileSync(file, 'utf8')))
    chmodSync(file, 0o755)
  }
}

import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {BackendJob, BackendPaths, ToolchainInfo} from '@rch/contract'
import {NO_RUN_OPTIONS} from '@rch/contract/kinds/xcodebuild'

type Destination = BackendJob['destinations'][number]

export const MAC: Destination = {
  platform: 'macOS',
  generic: false,
  variant: null,
  arch: null,
  name: null,
  os_version: null,
  provisioning: 'existing',
  sim_runtime_identifier: null,
  sim_runtime_build: null,
  device_type_identifier: null,
  udid: null,
}

export const PHONE: Destination = {
  ...MAC,
  platform: 'iOS Simulator',
  name: 'iPhone 17',
  os_version: '26.0',
  udid: '00556483-F528-481D-8FD0-8E74891801D5',
}

/** Overrides are shallow; `run` and `words` go to the places they have in a job. */
export interface JobChange extends Partial<Omit<BackendJob, 'model' | 'resolved_argv'>> {
  readonly words?: readonly string[]
  readonly model?: Partial<BackendJob['model']>
  readonly run?: Partial<BackendJob['model']['run']>
}

export function job({words = [], model, run, ...change}: JobChange = {}): BackendJob {
  const action = change.action ?? 'build'
  return {
    job_id: '01990000-0000-7000-8000-000000000000',
    action,
    model: {
      container: {type: 'project', path: 'App.xcodeproj'},
      scheme: 'App',
      configuration: null,
      sdk: null,
      test_plan: null,
      destinations: [],
      test: {
        only_testing: [],
        skip_testing: [],
        only_test_configuration: [],
        skip_test_configuration: [],
        test_language: null,
        test_region: null,
      },
      build_settings: {},
      ...model,
      run: {...NO_RUN_OPTIONS, ...run},
    },
    resolved_argv: ['xcodebuild', '-project', 'App.xcodeproj', '-scheme', 'App', '-destination', 'platform=macOS', ...words, action],
    destinations: [MAC],
    toolchain: TOOLCHAIN,
    code_signing_allowed: false,
    simulator_signing: 'none',
    env: {PATH: '/usr/bin:/bin', HOME: '/var/empty'},
    posture: 'trusted',
    ...change,
  }
}

const TOOLCHAIN: ToolchainInfo = {
  kind: 'mock',
  xcode_version: '26.0',
  xcode_build: '17A324',
  developer_dir: '/Applications/Xcode.app/Contents/Developer',
  macos_version: '26.0',
  macos_build: '25A354',
  arch: 'arm64',
}

export const PATHS: BackendPaths = {
  source: '/slot/src',
  derived_data: '/slot/dd',
  result_bundle: '/job/result/result.xcresult',
  cloned_packages: null,
  work: '/job/work',
  state: '/state/xcodebuildmcp',
}

/** A toolchain below `dir` whose xcodebuild is a shell script; `null` = it has none. The script is on `bin`, for PATH. */
export function toolchainOf(dir: string, name: string, script: string | null): ToolchainInfo & {readonly bin: string} {
  const developer_dir = join(dir, name)
  const bin = join(developer_dir, 'usr/bin')
  mkdirSync(bin, {recursive: true})
  if (script !== null) {
    writeFileSync(join(bin, 'xcodebuild'), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, 'xcodebuild'), 0o755)
  }
  return {...TOOLCHAIN, developer_dir, bin}
}

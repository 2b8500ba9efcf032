import type {ChildProcess} from 'node:child_process'
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {sampleEdits} from '@rch/mock-xcode'
import {REACHED, type EqualityJob} from '../support/backend-equality.ts'
import type {Lab} from '../support/lab.ts'

const change = (file: string, from: string, to: string) => (lab: Lab) => {
  const path = join(lab.project, file)
  const text = readFileSync(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`)
  writeFileSync(path, text.replace(from, to))
}
const edit = (sample: 'HelloApp' | 'HelloKit', which: 'failingTest' | 'syntaxError') => {
  const {file, from, to} = sampleEdits(sample)[which]
  return change(file, from, to)
}

const cancel = (_lab: Lab, host: ChildProcess): void => {
  host.kill('SIGINT')
}

/** The jobs that both backends must run alike. */
export const EQUALITY_JOBS: readonly EqualityJob[] = [
  {name: 'a green build of an app', sample: 'HelloApp', args: ['build'], exit: 0},
  {name: 'a green test of an app, with a skipped test', sample: 'HelloApp', args: ['test'], exit: 0},
  {name: 'a green build of a package', sample: 'HelloKit', args: ['build'], exit: 0},
  {name: 'a green test of a package', sample: 'HelloKit', args: ['test'], exit: 0},
  {name: 'a compile error in a build', sample: 'HelloApp', args: ['build'], exit: 50, edit: edit('HelloApp', 'syntaxError')},
  {name: 'a compile error in a test', sample: 'HelloKit', args: ['test'], exit: 50, edit: edit('HelloKit', 'syntaxError'), halfway: true},
  {name: 'a failing Swift Testing test', sample: 'HelloApp', args: ['test'], exit: 50, edit: edit('HelloApp', 'failingTest')},
  {name: 'a failing XCTest', sample: 'HelloKit', args: ['test'], exit: 50, edit: edit('HelloKit', 'failingTest')},
  {
    name: 'a test that crashes',
    sample: 'HelloApp',
    args: ['test'],
    exit: 50,
    scenario: {test_crash: ['HelloAppTests/CounterTests/testStartsAtZero()']},
  },
  {
    name: 'only some tests',
    sample: 'HelloApp',
    args: ['test', '--set', 'xcode_test.only_testing=["HelloAppTests/CounterTests/testStartsAtZero"]'],
    exit: 0,
  },
  {name: 'without some tests', sample: 'HelloApp', args: ['test', '--set', 'xcode_test.skip_testing=["HelloAppSwiftTests"]'], exit: 0},
  {
    name: 'a flaky test with retries',
    sample: 'HelloApp',
    args: ['test', '--set', 'xcode_run.retry_tests_on_failure=true', '--set', 'xcode_run.test_iterations=3'],
    exit: 0,
    scenario: {flaky: {'HelloAppTests/CounterTests/testStartsAtZero()': 1}},
  },
  {name: 'build for testing', sample: 'HelloApp', args: ['build', '--action', 'build-for-testing'], exit: 0},
  {
    name: 'warnings',
    sample: 'HelloApp',
    args: ['build'],
    exit: 0,
    scenario: {print: {compile: '/x/A.swift:3:5: warning: unused variable'}},
  },
  {name: 'a huge log', sample: 'HelloKit', args: ['build'], exit: 0, scenario: {huge_log_mb: 30}},
  {
    name: 'a forwarded variable',
    sample: 'HelloKit',
    args: ['test', '--set', 'env.allow=["CI"]'],
    env: {CI: 'yes'},
    exit: 0,
  },
  {name: 'packages that cannot be resolved', sample: 'HelloApp', args: ['build'], exit: 50, scenario: {package_resolution_failure: true}},
  {name: 'a result bundle that is missing', sample: 'HelloKit', args: ['test'], exit: 70, scenario: {result_bundle: 'missing'}},
  {
    name: 'an xcodebuild that is killed',
    sample: 'HelloKit',
    args: ['build'],
    exit: 40,
    scenario: {crash: {phase: 'compile', signal: 'SIGKILL'}},
  },
  {name: 'a step that takes too long', sample: 'HelloKit', args: ['build', '--timeout', '4'], exit: 40, scenario: {hang: 'compile'}},
  {
    name: 'a step that says nothing',
    sample: 'HelloKit',
    args: ['build', '--set', 'idle_timeout_seconds=4'],
    exit: 40,
    scenario: {hang: 'compile'},
  },
  {
    name: 'a test that never ends',
    sample: 'HelloKit',
    args: ['test', '--timeout', '15'],
    exit: 40,
    scenario: {test_hang: ['HelloKitTests/GreeterTests/testGreetsNobody']},
    halfway: true,
  },
  {name: 'a disk that fills up', sample: 'HelloKit', args: ['build'], exit: 40, scenario: {disk_full: 'link'}},
  {
    name: 'attachments and coverage of the rich profile',
    sample: 'HelloKit',
    args: ['test', '--set', 'artifact_profile=rich', '--set', 'xcode_run.enable_code_coverage=true'],
    exit: 0,
    scenario: {attachments: {'HelloKitTests/GreeterTests/testGreetsByName()': ['Greeting.txt']}},
  },
  {
    name: 'a secret in the log',
    sample: 'HelloKit',
    args: ['test', '--set', 'env.allow=["API_TOKEN"]'],
    env: {API_TOKEN: 'hunter2-hunter2-hunter2'},
    exit: 0,
    scenario: {print: {compile: 'warning: token is hunter2-hunter2-hunter2'}},
  },
  {
    name: 'a cancelled build',
    sample: 'HelloApp',
    args: ['build'],
    exit: 80,
    scenario: {hang: 'compile', print: {compile: REACHED}},
    during: cancel,
  },
  {
    name: 'a test that is cancelled while it builds',
    sample: 'HelloKit',
    args: ['test'],
    exit: 80,
    scenario: {hang: 'compile', print: {compile: REACHED}},
    during: cancel,
    halfway: true,
  },
  {
    name: 'a test that is cancelled while it tests',
    sample: 'HelloApp',
    args: ['test'],
    exit: 80,
    scenario: {hang: 'test', print: {test: REACHED}},
    during: cancel,
    halfway: true,
  },
  {
    name: 'tests on two destinations',
    sample: 'HelloApp',
    args: [
      'test',
      '--destination',
      'platform=iOS Simulator,name=iPhone 17,OS=26.5',
      '--destination',
      'platform=iOS Simulator,name=iPhone 17 Pro,OS=26.5',
    ],
    exit: 0,
    fallsBack: true,
  },
  {
    name: 'a build on two destinations',
    sample: 'HelloApp',
    args: [
      'build',
      '--destination',
      'platform=iOS Simulator,name=iPhone 17,OS=26.5',
      '--destination',
      'platform=iOS Simulator,name=iPhone 17 Pro,OS=26.5',
    ],
    exit: 0,
  },
]

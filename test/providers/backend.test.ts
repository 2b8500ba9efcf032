import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createXcodebuildBackend} from '@rch/backend-xcodebuild'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import type {Backend, BackendExit, BackendJob, BackendPaths, ToolchainInfo} from '@rch/contract'
import {backendChecks, backendConformance, FLOOD_BYTES, type BackendAct, type BackendSubject} from '@rch/testkit'
import {afterAll, expect, it} from 'vitest'
import {sampleProfile, STRICT_POLICY} from '../support/sample-profile.ts'

const dir = mkdtempSync(join(tmpdir(), 'rch-backend-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

/** What a tool does for each act, as a shell script. */
const SCRIPTS: Readonly<Record<BackendAct, string>> = {
  succeed: 'echo "Testing started"; echo "** TEST SUCCEEDED **"',
  fail: 'echo "** TEST FAILED **" >&2; exit 65',
  crash: 'kill -KILL $$',
  flood: `head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x`,
  environment: '/usr/bin/env',
  hang: 'echo ready; sleep 600 & wait',
}

const LOG = `note: Using build description from memory
/src/App/A.swift:3:5: error: cannot find 'x' in scope
Test Suite 'LoginTests' started at 2026-01-01 10:00:00.000.
Test Case '-[AppTests.LoginTests testLogin]' started.
/src/AppTests/LoginTests.swift:12: error: -[AppTests.LoginTests testLogin] : XCTAssertTrue failed
Test Case '-[AppTests.LoginTests testLogin]' failed (0.012 seconds).
** TEST FAILED **
`

function toolchain(name: string, script: string | null): ToolchainInfo {
  const developer_dir = join(dir, name)
  const program = join(developer_dir, 'usr/bin/xcodebuild')
  mkdirSync(join(developer_dir, 'usr/bin'), {recursive: true})
  if (script !== null) {
    writeFileSync(program, `#!/bin/sh\n${script}\n`)
    chmodSync(program, 0o755)
  }
  return {
    kind: 'mock',
    xcode_version: '26.0',
    xcode_build: '17A324',
    developer_dir,
    macos_version: '26.0',
    macos_build: '25A354',
    arch: 'arm64',
  }
}

function job(act: BackendAct): BackendJob {
  const [step] = createXcodebuildClassifier().fromProfile('test', sampleProfile(), STRICT_POLICY).steps
  if (step === undefined) throw new Error('the sample profile is refused')
  return {
    job_id: '01990000-0000-7000-8000-000000000000',
    action: 'test',
    model: step.model,
    resolved_argv: step.sanitized_argv,
    destinations: [],
    toolchain: toolchain(act, SCRIPTS[act]),
    code_signing_allowed: false,
    simulator_signing: 'none',
    env: {PATH: '/usr/bin:/bin', LANG: 'C', ASKED_FOR: 'by the job'},
    posture: 'trusted',
  }
}

function paths(): BackendPaths {
  const inside = (name: string): string => join(dir, 'job', name)
  for (const name of ['src', 'work']) mkdirSync(inside(name), {recursive: true})
  return {
    source: inside('src'),
    derived_data: inside('dd'),
    result_bundle: inside('result.xcresult'),
    cloned_packages: null,
    work: inside('work'),
    state: inside('state'),
  }
}

function subject(backend: Backend = createXcodebuildBackend()): BackendSubject {
  return {
    backend,
    behave: async (act) => ({job: job(act), paths: paths()}),
    missing: toolchain('missing', null),
    log: LOG,
  }
}

backendConformance('xcodebuild', subject)

/** Mistakes that backends make, and the check that must find each. */
const BROKEN: readonly {
  readonly name: string
  readonly found: string
  readonly waits?: true
  readonly breaks: (good: Backend) => Partial<Backend>
}[] = [
  {
    name: 'is always there',
    found: 'says whether it is there, and why not',
    breaks: () => ({detect: async () => ({available: true, version: '1', reasons: []})}),
  },
  {
    name: 'plans with the time of day',
    found: 'plans purely',
    breaks: (good) => {
      let planned = 0
      return {plan: (job, paths) => good.plan(job, paths).map((one) => ({...one, argv: [...one.argv, String((planned += 1))]}))}
    },
  },
  {
    name: 'finds its program on PATH',
    found: 'plans purely',
    breaks: (good) => ({plan: (job, paths) => good.plan(job, paths).map((one) => ({...one, argv: ['xcodebuild', ...one.argv.slice(1)]}))}),
  },
  {
    name: 'writes where Xcode would',
    found: 'writes where it is told',
    breaks: (good) => ({
      plan: (job, paths) =>
        good
          .plan(job, paths)
          .map((one) => ({...one, argv: one.argv.filter((word) => word !== '-resultBundlePath' && word !== paths.result_bundle)})),
    }),
  },
  {
    name: "hands on the worker's environment",
    found: "gives its processes the job's environment and nothing of the worker's",
    breaks: (good) => ({
      execute: (invocation, io, signal) => {
        const env = Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
        return good.execute({...invocation, env: {...Object.fromEntries(env), ...invocation.env}}, io, signal)
      },
    }),
  },
  {
    name: 'takes every end for success',
    found: 'reports a failure',
    breaks: (good) => ({execute: ending(good, () => ({exit_code: 0, term_signal: null, conclusion: null}))}),
  },
  {
    name: 'forgets the signal',
    found: 'reports a process that was killed',
    breaks: (good) => ({execute: ending(good, (exit) => ({...exit, exit_code: exit.exit_code ?? 1, term_signal: null}))}),
  },
  {
    name: 'keeps only the end of the output',
    found: 'hands over all of a long output before it says how it ended',
    breaks: (good) => ({
      execute: async (invocation, io, signal) => {
        let last: Uint8Array = Buffer.alloc(0)
        const exit = await good.execute(invocation, {...io, output: (bytes) => (last = bytes)}, signal)
        io.output(last, 'stdout')
        return exit
      },
    }),
  },
  {
    name: 'never says which process it started',
    found: 'starts a group of its own, which the worker can end',
    waits: true,
    breaks: (good) => ({execute: (invocation, io, signal) => good.execute(invocation, {...io, started: () => {}}, signal)}),
  },
  {
    name: 'reads each chunk as if it were a log of its own',
    found: 'reads a log the same however it was cut',
    breaks: (good) => ({
      interpreter: (options) => ({
        push: (bytes) => {
          const one = good.interpreter(options)
          return [...one.push(bytes), ...one.end()]
        },
        end: () => [],
      }),
    }),
  },
  {
    name: 'throws on bytes that are no text',
    found: 'reads whatever bytes',
    breaks: (good) => ({
      interpreter: (options) => {
        const one = good.interpreter(options)
        return {...one, end: () => one.end(), push: (bytes) => one.push(Buffer.from(new TextDecoder('utf-8', {fatal: true}).decode(bytes)))}
      },
    }),
  },
]

it.each(BROKEN)('a backend that $name fails "$found"', async ({found, waits, breaks}) => {
  const good = createXcodebuildBackend()
  const pids: number[] = []
  // What a broken backend leaves running is ended here.
  const watched: Backend = {
    ...good,
    execute: (invocation, io, signal) =>
      good.execute(invocation, {...io, started: (process) => (pids.push(process.pid), io.started(process))}, signal),
  }
  const check = backendChecks(waits === true ? 500 : 10_000).find(({name}) => name === found)
  if (check === undefined) throw new Error(`there is no check "${found}"`)
  await expect(check.run(subject({...watched, ...breaks(watched)}))).rejects.toThrow()
  for (const pid of pids) endGroup(pid)
})

function ending(good: Backend, change: (exit: BackendExit) => BackendExit): Backend['execute'] {
  return async (...input) => change(await good.execute(...input))
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

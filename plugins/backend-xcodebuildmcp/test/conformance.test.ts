import {mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import type {BackendPaths} from '@rch/contract'
import {createXcodebuildmcpBackend} from '@rch/backend-xcodebuildmcp'
import {backendConformance, FLOOD_BYTES, type BackendAct} from '@rch/testkit'
import {afterAll, describe} from 'vitest'
import {job, toolchainOf} from './support.ts'

const dir = mkdtempSync(join(tmpdir(), 'rch-xbm-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

/** What xcodebuild does for each act, when it builds: the tool asks it other things too. */
const SCRIPTS: Readonly<Record<BackendAct, string>> = {
  succeed: 'echo "** BUILD SUCCEEDED **"',
  fail: 'echo "** BUILD FAILED **" >&2; exit 65',
  crash: 'kill -KILL $$',
  flood: `head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x`,
  environment: '/usr/bin/env',
  hang: 'echo ready; sleep 600 & wait',
}

const LOG = `note: Using build description from memory
/src/App/A.swift:3:5: error: cannot find 'x' in scope
Test Case '-[AppTests.LoginTests testLogin]' started.
/src/AppTests/LoginTests.swift:12: error: -[AppTests.LoginTests testLogin] : XCTAssertTrue failed
Test Case '-[AppTests.LoginTests testLogin]' failed (0.012 seconds).
** TEST FAILED **
`

/** On a Mac the tool runs the system's xcrun, past the scripts. */
describe.skipIf(process.platform === 'darwin')('XcodeBuildMCP from npm', () => {
  backendConformance('xcodebuildmcp', () => ({
    backend: createXcodebuildmcpBackend(),
    behave: async (act) => {
      const toolchain = toolchainOf(dir, act, SCRIPTS[act])
      const home = join(dir, 'home')
      const env = {PATH: `${toolchain.bin}:/usr/bin:/bin`, HOME: home, LANG: 'C', ASKED_FOR: 'by the job'}
      return {job: job({toolchain, env}), paths: paths()}
    },
    beyond: job({action: 'test-without-building'}),
    missing: toolchainOf(dir, 'missing', null),
    log: LOG,
  }))
})

function paths(): BackendPaths {
  const inside = (name: string): string => join(dir, 'job', name)
  for (const name of ['src', 'work', 'dd']) mkdirSync(inside(name), {recursive: true})
  return {
    source: inside('src'),
    derived_data: inside('dd'),
    result_bundle: inside('result.xcresult'),
    cloned_packages: null,
    work: inside('work'),
    state: join(dir, 'state'),
  }
}

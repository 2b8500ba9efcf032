import {execFileSync, spawn} from 'node:child_process'
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {sharedData} from '../support/shared-data.ts'

const RCH = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

const RED = `Test Suite 'CartTests' started at 2026-01-01 10:00:00.000
Test Case '-[AppTests.CartTests testFails]' started.
total was 1
/w/Tests/CartTests.swift:41: error: -[AppTests.CartTests testFails] : XCTAssertEqual failed: ("1") is not equal to ("2")
Test Case '-[AppTests.CartTests testFails]' failed (0.007 seconds).
Test Case '-[AppTests.CartTests testPasses]' passed (0.001 seconds).
** TEST FAILED **
`

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function interpret(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}, cwd = process.cwd()): Promise<Ran> {
  const child = spawn(process.execPath, [RCH, 'xcode', 'interpret', ...args], {
    env: {PATH: process.env['PATH'], HOME: '/nonexistent', NO_COLOR: '1', ...env},
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return {code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString()}
}

describe('rch xcode interpret', () => {
  it('says what failed first, where and why, with no configuration at all', async () => {
    const {code, stdout, stderr} = await interpret(['--root', '/w'], RED)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')[0]).toBe('✘ 1 of 2 tests failed')
    expect(stdout).toContain(
      'AppTests/CartTests/testFails\n    Tests/CartTests.swift:41\n    XCTAssertEqual failed: ("1") is not equal to ("2")\n',
    )
    expect(stdout).toContain('│ total was 1')
    expect(stdout).toContain('-only-testing:AppTests/CartTests/testFails')
  })

  it('repeats a command only where it tests', async () => {
    const after = (words: string): string => `Command line invocation:\n    /usr/bin/xcodebuild ${words}\n\n${RED}`
    expect((await interpret([], after('test -scheme App'))).stdout).toContain('xcodebuild test -scheme App -only-testing:')
    expect((await interpret([], after('build-for-testing -scheme App'))).stdout).toContain('again: add -only-testing:')
  })

  it('names files for GitHub from the top of the repository, wherever below it this runs', async () => {
    const top = realpathSync(mkdtempSync(join(tmpdir(), 'rch-interpret-')))
    try {
      const [app, tests] = [join(top, 'ios/App'), join(top, 'ios/AppTests')]
      for (const folder of [app, tests]) mkdirSync(folder, {recursive: true})
      for (const file of ['ios/App/Cart.swift', 'ios/AppTests/CartTests.swift', 'Shared.swift']) writeFileSync(join(top, file), '')
      execFileSync('git', ['init', '-q', top])
      const log = [
        `${top}/Shared.swift:3:1: error: cannot find 'x' in scope`,
        `${app}/Cart.swift:4:1: error: cannot find 'y' in scope`,
        '◇ Test sums() started.',
        '✘ Test sums() recorded an issue at CartTests.swift:9:5: Expectation failed: 1 == 2',
        '✘ Test sums() failed after 0.001 seconds with 1 issue.',
        '✘ Test run with 1 test failed after 0.001 seconds with 1 issue.',
        '** TEST FAILED **',
        '',
      ].join('\n')
      const {stdout} = await interpret(['--github'], log, {}, join(top, 'ios'))
      const files = [...stdout.matchAll(/^::error file=([^,]+),line=(\d+)/gm)].map(([, file, line]) => `${file}:${line}`)
      expect(files.toSorted()).toEqual(['Shared.swift:3', 'ios/App/Cart.swift:4', 'ios/AppTests/CartTests.swift:9'])
      // Somebody else's log may name a file that happens to be here, too.
      expect((await interpret(['--json'], log, {}, top)).stdout).toMatch(/"file": "CartTests\.swift"/)
    } finally {
      rmSync(top, {recursive: true})
    }
  })

  it('shows how a log ends that says nothing it could understand', async () => {
    const refusal = 'You have not agreed to the Xcode license agreements, please run sudo xcodebuild -license'
    const {stdout} = await interpret([], `noise\n${refusal}\n`)
    expect(stdout).toContain(`│ ${refusal}`)
    const green = await interpret([], "Test Case '-[A.B testA]' passed (0.001 seconds).\n** TEST SUCCEEDED **\n")
    expect(green.stdout.trimEnd().split('\n')).toHaveLength(1)
  })

  it('answers 0, or as the log implies', async () => {
    expect((await interpret(['-', '--exit-code'], RED)).code).toBe(50)
    const cut = await interpret(['--exit-code', '--json'], "Test Case '-[A.B testA]' passed (0.001 seconds).\n")
    expect(cut.code).toBe(50)
    expect(JSON.parse(cut.stdout)).toMatchObject({
      ok: false,
      error_code: 'backend_interrupted',
      conclusive: false,
      implied: {exit_code: 50},
    })
    expect((await interpret(['--exit-code'], "Test Case '-[A.B testA]' passed (0.001 seconds).\n** TEST SUCCEEDED **\n")).code).toBe(0)
    expect((await interpret(['no-such.log', '--json'])).code).toBe(2)
  })

  it('speaks every form', async () => {
    const json = JSON.parse((await interpret(['--json'], RED)).stdout)
    expect(json).toMatchObject({
      kind: 'interpret',
      ok: true,
      error_code: null,
      implied: {error_code: 'tests_failed', exit_code: 50},
      summary: {
        errors: 0,
        tests: {passed: 1, failed: 1, failed_tests: [{id: 'AppTests/CartTests/testFails'}]},
        verdicts: ['** TEST FAILED **'],
        restarts: 0,
      },
    })
    const events = (await interpret(['--events'], RED)).stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events.slice(0, -1).map(({sequence}) => sequence)).toEqual(Array.from({length: events.length - 1}, (_, index) => index + 1))
    expect(events.at(-1)).toMatchObject({type: 'summary', error_code: 'tests_failed'})
    expect((await interpret(['--junit'], RED)).stdout).toMatch(/^<\?xml[\s\S]*<failure [\s\S]*<\/testsuites>\n$/)
    expect(JSON.parse((await interpret(['--sarif'], RED)).stdout)).toMatchObject({version: '2.1.0'})
    expect(JSON.parse((await interpret(['--annotations', '--root', '/w'], RED)).stdout)).toMatchObject({
      annotations: [{level: 'failure', path: 'Tests/CartTests.swift', line: 41}],
    })
    expect((await interpret(['--github', '--root', '/w'], RED)).stdout).toMatch(
      /^::error file=Tests\/CartTests\.swift,line=41,title=AppTests\/CartTests\/testFails::/,
    )
    expect((await interpret(['--junit', '--sarif'], RED)).code).toBe(2)
  })

  it.skipIf(sharedData === undefined)('prints no wall for any real log', async () => {
    const folder = join(sharedData ?? '', 'logs')
    for (const name of readdirSync(folder)
      .filter((one) => one.endsWith('.log'))
      .slice(0, 3)) {
      const {code, stdout} = await interpret([join(folder, name), '--budget', '600'])
      expect(code).toBe(0)
      expect(stdout.split('\n').length).toBeLessThan(80)
      expect(readFileSync(join(folder, name)).length).toBeGreaterThan(stdout.length / 4)
    }
  })
})

import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {readDocument, type Document} from '@rch/contract/documents'
import {createLab, type Lab, type Ran} from '../../support/lab.ts'

const SUITE = `import XCTest
final class Kinds: XCTestCase {
    func testFails() {
        print("total was 1")
        XCTAssertEqual(1, 2, "sums")
    }
    func testSkips() throws { throw XCTSkip("later") }
    func testExpected() { XCTExpectFailure("known bug"); XCTFail() }
}
`

const SPEED = `import XCTest
final class Speed: XCTestCase {
    func testSpeed() { measure { _ = 1 + 1 } }
}
`

let lab: Lab
let scenario: string
beforeAll(async () => {
  lab = await createLab({sample: 'HelloKit', transport: 'local'})
  writeFileSync(join(lab.project, 'Tests/HelloKitTests/Kinds.swift'), SUITE)
  scenario = join(lab.dir, 'xcode/.rch-mock.json')
})
afterAll(async () => lab.stop())
afterEach(() => rmSync(scenario, {force: true}))

interface Tested {
  readonly ran: Ran
  readonly set: string
  readonly summary: Document<'summary'>
  readonly tests: Document<'test_summary'>
}

async function test(mock: object = {}, flags: readonly string[] = []): Promise<Tested> {
  writeFileSync(scenario, JSON.stringify(mock))
  const ran = await lab.rch(['xcode', 'test', '--json', ...flags])
  const steps = ran.json()['steps']
  const [step] = Array.isArray(steps) ? steps : []
  const set = String(step?.directory)
  return {
    ran,
    set,
    summary: readDocument('summary', readFileSync(join(set, 'summary.json'))),
    tests: readDocument('test_summary', readFileSync(join(set, 'test_summary.json'))),
  }
}

describe('a job with tests', () => {
  it('seals the same numbers everywhere, from the result bundle, whatever its locale and order of keys', async () => {
    const {ran, set, summary, tests} = await test({decimal_comma: true, shuffle_keys: true}, ['--set', 'artifact_profile=rich'])
    expect(ran.code).toBe(50)
    expect(tests).toMatchObject({source: 'result_bundle', outcome: 'failed', failed: 1, skipped: 1, expected_failures: 1, differences: []})
    expect(summary.counts).toMatchObject({
      tests_total: tests.total,
      tests_passed: tests.passed,
      tests_failed: 1,
      tests_skipped: 1,
      tests_expected_failures: 1,
    })
    const events = readFileSync(join(set, 'events.ndjson'), 'utf8').trim().split('\n')
    expect(JSON.parse(events.at(-1) ?? '')).toMatchObject({type: 'complete', counts: summary.counts})
    expect(tests.tests.find(({outcome}) => outcome === 'failed')).toMatchObject({
      test: {id: 'HelloKitTests/Kinds/testFails'},
      failures: [{file: 'Tests/HelloKitTests/Kinds.swift', line: 5}],
    })
    for (const file of ['junit.xml', 'sarif.json', 'annotations.json', 'build_summary.json']) expect(existsSync(join(set, file))).toBe(true)
    expect((await lab.rch(['xcode', 'validate', set, '--json'])).json()).toMatchObject({valid: true, violations: []})
  })

  it('is reported: what failed, where, the lines of its log, and a command that runs just that again', async () => {
    const {set} = await test()
    const report = await lab.rch(['xcode', 'report', set])
    expect(report.code).toBe(0)
    expect(report.stdout).toContain('HelloKitTests/Kinds/testFails')
    expect(report.stdout).toContain('Tests/HelloKitTests/Kinds.swift:5')
    expect(report.stdout).toContain('total was 1')
    const command = /again: rch (xcode test .*)$/m.exec(report.stdout)?.[1] ?? ''
    const again = await lab.rch([...command.split(' '), '--json'])
    expect(again.json()).toMatchObject({summary: {status: 'failed'}, steps: [{counts: {tests_total: 1, tests_failed: 1}}]})
    expect((await lab.rch(['xcode', 'report', '--exit-code', '--budget', '200'])).code).toBe(50)
    expect((await lab.rch(['xcode', 'report', set.slice(-36, -20), '--json'])).json()).toMatchObject({
      kind: 'report',
      failed_tests: [{test: {id: 'HelloKitTests/Kinds/testFails'}}],
    })
  })

  it('names the file of a Swift Testing failure by its place in the source, as it happens and in what is sealed', async () => {
    const file = join(lab.project, 'Tests/HelloKitTests/Places.swift')
    writeFileSync(file, 'import Testing\n@Test func somewhere() {\n    #expect(1 == 2)\n}\n')
    try {
      const {ran, tests} = await test({}, ['--set', 'xcode_test.only_testing=HelloKitTests/somewhere()'])
      expect(ran.stderr).toMatch(/failed .*somewhere\(\) Tests\/HelloKitTests\/Places\.swift:3/)
      expect(tests.tests.flatMap(({failures}) => failures)).toMatchObject([{file: 'Tests/HelloKitTests/Places.swift', line: 3}])
    } finally {
      rmSync(file)
    }
  })

  it('tells GitHub Actions beside the lines and in the job summary, and leaves standard output alone', async () => {
    const file = join(lab.dir, 'step-summary.md')
    const ran = await lab.rch(['xcode', 'test', '--json'], {env: {GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file}})
    expect(ran.json()).toMatchObject({kind: 'run', error_code: 'tests_failed'})
    expect(ran.stderr).toMatch(/^::error file=Tests\/HelloKitTests\/Kinds\.swift,line=5,title=HelloKitTests\/Kinds\/testFails::/m)
    expect(readFileSync(file, 'utf8')).toMatch(/^### ❌ [\s\S]*\| HelloKitTests\/Kinds\/testFails \|/)
  })

  it('shows the end of a log that names nothing that failed', async () => {
    const mine = join(lab.project, '.rch-mock.json')
    writeFileSync(mine, JSON.stringify({exit_code: 65, print: {end: 'the last words\n'}}))
    try {
      const failed = await lab.rch(['xcode', 'build', '--backend', 'xcodebuild'])
      expect(failed.code).toBe(50)
      expect(failed.stdout).toMatch(/✘ build failed: .*65.* names no error/)
      expect(failed.stdout).toMatch(/│ the last words/)
    } finally {
      rmSync(mine)
    }
  })

  it('brings home what tests left and how much of the code they ran, where the rich profile asks for it', async () => {
    const extra = join(lab.project, 'Tests/HelloKitTests/Speed.swift')
    writeFileSync(extra, SPEED)
    const attachments = {
      'HelloKitTests/Kinds/testFails()': ['Screen.png', 'Tree.txt'],
      'HelloKitTests/GreeterTests/testGreetsByName()': ['Greeting.txt'],
    }
    writeFileSync(scenario, JSON.stringify({attachments}))
    const ran = await lab.rch([
      'xcode',
      'verify',
      '--json',
      '--set',
      'artifact_profile=rich',
      '--set',
      'xcode_run.enable_code_coverage=true',
    ])
    rmSync(extra)
    expect(ran.code).toBe(50)
    const steps = ran.json()['steps'] as {action: string; directory: string}[]
    const set = steps.find(({action}) => action === 'test')?.directory ?? ''
    const {entries} = readDocument('manifest', readFileSync(join(set, 'manifest.json')))
    const kept = entries.filter(({artifact_type}) => artifact_type === 'attachment').map(({path}) => path)
    expect(kept.map((path) => path.split('.').at(-1) ?? '').toSorted()).toEqual(['json', 'png', 'txt', 'txt'])
    expect(entries.map(({path}) => path)).toEqual(expect.arrayContaining(['coverage.json', 'sarif.json', 'annotations.json']))
    const screen = kept.find((path) => path.endsWith('.png')) ?? ''
    expect(readFileSync(join(set, screen), 'utf8')).toContain('Kinds/testFails()')
    expect((await lab.rch(['xcode', 'validate', set, '--json'])).json()).toMatchObject({valid: true, violations: []})

    const report = await lab.rch(['xcode', 'report'])
    expect(report.stdout).toMatch(/coverage: \d+\.\d % of lines/)
    expect(report.stdout).toMatch(/attachment of Kinds\/testFails\(\): Screen\.png in \S+\/attachments\/mock-\d\.png/)
    expect(report.stdout).toContain('Speed/testSpeed: Time')
    const told = (await lab.rch(['xcode', 'report', '--json'])).json()
    expect(told['attachments']).toHaveLength(3)
    expect(told['coverage']).toMatchObject({executable_lines: expect.any(Number), targets: [{name: 'HelloKit'}]})
    expect(readDocument('test_summary', readFileSync(join(set, 'test_summary.json'))).performance).toMatchObject([
      {test: 'HelloKitTests/Speed/testSpeed', metric: 'Time', unit: 'seconds', baseline: null},
    ])
  })

  it('hides forwarded secrets in the log, the events and what the bundle says, and counts them', async () => {
    const secret = 'hunter2-hunter2-hunter2'
    const extra = join(lab.project, 'Tests/HelloKitTests/Leak.swift')
    writeFileSync(extra, `import XCTest\nfinal class Leak: XCTestCase {\n    func testLeaks() { XCTAssertEqual("${secret}", "b") }\n}\n`)
    writeFileSync(scenario, JSON.stringify({print: {compile: `warning: token is ${secret}`}}))
    const flags = ['--set', 'env.allow=["API_TOKEN","CI"]', '--set', 'redaction.patterns=["sums"]']
    const ran = await lab.rch(['xcode', 'test', '--json', ...flags], {env: {API_TOKEN: secret, CI: 'yes'}})
    rmSync(extra)
    const steps = ran.json()['steps'] as {directory: string}[]
    const set = steps.at(-1)?.directory ?? ''
    for (const name of ['build.log', 'events.ndjson', 'test_summary.json', 'build_summary.json', 'junit.xml', 'summary.json'])
      expect([name, readFileSync(join(set, name), 'utf8').includes(secret)]).toEqual([name, false])
    expect(readFileSync(join(set, 'build.log'), 'utf8')).toContain('warning: token is [redacted]')
    expect(readFileSync(join(set, 'test_summary.json'), 'utf8')).toContain('(\\"[redacted]\\") is not equal to')
    const report = readDocument('redaction_report', readFileSync(join(set, 'redaction_report.json')))
    expect(report).toMatchObject({enabled: true, skipped: [{name: 'CI', reason: 'too_short'}], unredacted: ['result.xcresult']})
    expect(report.rules.map(({name, source}) => [name, source])).toEqual([
      ['API_TOKEN', 'value'],
      ['redaction.patterns[0]', 'profile'],
    ])
    expect((await lab.rch(['xcode', 'validate', set, '--json'])).json()).toMatchObject({valid: true})
  })

  it('keeps no attachments and no coverage where nobody asks for them', async () => {
    const {set} = await test({attachments: {'HelloKitTests/Kinds/testFails()': ['Screen.png']}})
    expect([existsSync(join(set, 'attachments')), existsSync(join(set, 'coverage.json'))]).toEqual([false, false])
  })

  it('fails without a bundle, and with one that cannot be read, whatever the backend says', async () => {
    const missing = await test({result_bundle: 'missing', exit_code: 0})
    expect(missing.summary).toMatchObject({status: 'failed', failure_kind: 'ARTIFACTS', error_code: 'result_bundle_missing'})
    expect(missing.ran.code).toBe(70)
    const corrupt = await test({result_bundle: 'corrupt', exit_code: 0})
    expect(corrupt.summary).toMatchObject({error_code: 'result_bundle_invalid'})
    expect(corrupt.tests).toMatchObject({source: 'log', failed: 1})
  })
})

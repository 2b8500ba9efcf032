import {spawn} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {createRequire} from 'node:module'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {bench, type Bench} from './support/bench.ts'

/** On a Mac the server calls `/usr/bin/xcrun`, past any mock. */
describe.skipIf(process.platform === 'darwin')('xcodebuildmcp on mock Xcode', () => {
  let app: Bench
  beforeAll(() => {
    app = bench('HelloApp')
  })
  afterAll(() => app[Symbol.dispose]())

  const call = (group: string, tool: string, request: object): Promise<ReturnType<typeof JSON.parse>> => {
    const home = join(app.root, 'home')
    const cwd = join(app.root, 'cwd')
    mkdirSync(cwd, {recursive: true})
    const entry = createRequire(import.meta.url).resolve('xcodebuildmcp/package.json')
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [join(dirname(entry), 'build/cli.js'), group, tool, '--json', JSON.stringify(request), '--output', 'json', '--style', 'minimal'],
        {
          cwd,
          env: {PATH: `${app.binDir}:/usr/bin:/bin`, HOME: home, XCODEBUILDMCP_SENTRY_DISABLED: 'true', DEVELOPER_DIR: app.developerDir},
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
      child.on('error', reject)
      child.on('close', () => resolve(JSON.parse(text)))
    })
  }
  const request = (more: object = {}): object => ({
    projectPath: join(app.project, 'HelloApp.xcodeproj'),
    scheme: 'HelloApp',
    simulatorName: 'iPhone 17',
    derivedDataPath: app.derivedData,
    ...more,
  })

  it('builds, tests, and names the failing test', async () => {
    const built = await call('simulator', 'build', request())
    expect(built).toMatchObject({didError: false, data: {summary: {status: 'SUCCEEDED'}}})
    app.edit('failingTest')
    const tested = await call('simulator', 'test', request())
    expect(tested.data).toMatchObject({
      summary: {status: 'FAILED', counts: {passed: 4, failed: 1, skipped: 2}},
      diagnostics: {errors: [], testFailures: [{test: 'singular()', location: 'LabelTests.swift:10'}]},
    })
    app.edit('failingTest', true)
  })

  it('lists schemes and reports a compile error', async () => {
    const listed = await call('project-discovery', 'list-schemes', {projectPath: join(app.project, 'HelloApp.xcodeproj')})
    expect(listed.data.schemes).toEqual(['HelloApp'])
    app.edit('syntaxError')
    const built = await call('simulator', 'build', request())
    expect(built.data).toMatchObject({
      summary: {status: 'FAILED'},
      diagnostics: {errors: [{location: join(app.project, 'HelloApp/Counter.swift:20')}]},
    })
    app.edit('syntaxError', true)
  })
})

import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createXcodebuildmcpBackend, installedTool} from '@rch/backend-xcodebuildmcp'
import {afterAll, describe, expect, it} from 'vitest'
import {isSupported} from '../src/installed-tool.ts'
import {writePackageWorkspace} from '../src/package-workspace.ts'
import {logOf, logsFolder, sweepLogs, sweepOrphans, sweepTemporaryData} from '../src/storage.ts'
import {toolEnvironment} from '../src/tool-environment.ts'
import {toolchainOf} from './support.ts'

const dir = mkdtempSync(join(tmpdir(), 'rch-xbm-tool-'))
afterAll(() => rmSync(dir, {recursive: true, force: true}))

const onMac = process.platform === 'darwin'

describe('the installed tool', () => {
  it('is the npm package beside this one, run by this Node', () => {
    const tool = installedTool({command: null})
    expect(tool).toMatchObject({problem: null, version: expect.stringMatching(/^2\.\d+\.\d+$/)})
    expect(tool.words[0]).toBe(process.execPath)
  })

  it.each(['2.7.0', '2.7.1', '2.10.0', '2.8.0-beta.1'])('is used in version %s', (version) => expect(isSupported(version)).toBe(true))
  it.each(['2.6.2', '2.7.0-beta.1', '3.0.0', '1.9.0', 'latest', ''])('is not used in version %s', (version) =>
    expect(isSupported(version)).toBe(false),
  )

  it.skipIf(onMac)('is incompatible in a version that answers in another form', async () => {
    const backend = createXcodebuildmcpBackend({command: fakeTool('2.3.2')})
    await expect(backend.detect(toolchainOf(dir, 'xcode', ''), {})).rejects.toMatchObject({code: 'mcp_incompatible', data: {got: '2.3.2'}})
  })

  it.skipIf(onMac)('may be a program that tells its version itself', async () => {
    const program = join(dir, 'xbm')
    writeFileSync(program, '#!/bin/sh\n[ "$1" = --version ] && echo 2.9.1\n', {mode: 0o755})
    const backend = createXcodebuildmcpBackend({command: [program]})
    await expect(backend.detect(toolchainOf(dir, 'xcode', ''), {PATH: '/usr/bin:/bin'})).resolves.toMatchObject({
      available: true,
      version: '2.9.1',
    })
  })

  it('is missing where the configured one is', async () => {
    const backend = createXcodebuildmcpBackend({command: join(dir, 'nowhere')})
    const {available, reasons} = await backend.detect(toolchainOf(dir, 'xcode', ''), {})
    expect(available).toBe(false)
    if (!onMac) expect(reasons.join()).toContain('nowhere')
  })

  it.each([[{command: 'xcodebuildmcp'}], [{command: []}], [{command: 7}], [{program: '/x'}], ['/x']])(
    'refuses the settings %j',
    (settings) => {
      expect(() => createXcodebuildmcpBackend(settings)).toThrow(expect.objectContaining({code: 'config_invalid'}))
    },
  )
})

describe('its environment', () => {
  it("is the job's, without what would steer the tool, and with telemetry off", () => {
    const env = toolEnvironment({
      CI: '1',
      XCODEBUILDMCP_CWD: '/x',
      SENTRY_DSN: 'x',
      XCODEBUILDMCP_SENTRY_DISABLED: '1',
      INCREMENTAL_BUILDS_ENABLED: 'true',
    })
    expect(env).toMatchObject({CI: '1', XCODEBUILDMCP_SENTRY_DISABLED: 'true', INCREMENTAL_BUILDS_ENABLED: 'false'})
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['XCODEBUILDMCP_CWD']))
    expect(env).not.toHaveProperty('SENTRY_DSN')
  })
})

describe('its storage', () => {
  it('is swept of what one process left, of what nobody will read, and of DerivedData of yesterday', () => {
    const home = join(dir, 'home')
    const cwd = join(dir, 'state')
    mkdirSync(cwd)
    const logs = logsFolder(home, cwd)
    mkdirSync(logs, {recursive: true})
    const mine = ['build_sim_2026-01-01_pid7_aa.log', 'build_sim_parser-debug_2026-01-01_pid7_bb.log']
    const others = ['build_sim_2026-01-01_pid77_cc.txt', 'notes_pid7_.txt']
    for (const name of [...mine, ...others]) writeFileSync(join(logs, name), name)
    expect(logOf(logs, 7)).toBe(join(logs, mine[0] ?? ''))
    expect(logOf(logs, 8)).toBeNull()
    sweepLogs(logs, 7)
    expect(logOf(logs, 7)).toBeNull()
    expect(others.every((name) => statSync(join(logs, name)).isFile())).toBe(true)

    const gone = join(logs, 'build_sim_2026-01-01_pid999999999_0a.log')
    const mineNow = join(logs, `build_sim_2026-01-01_pid${process.pid}_0b.log`)
    for (const file of [gone, mineNow]) writeFileSync(file, '')
    sweepOrphans(logs)
    expect(statSync(gone, {throwIfNoEntry: false})).toBeUndefined()
    expect(statSync(mineNow).isFile()).toBe(true)

    const data = join(home, 'Library/Developer/Xcode/DerivedData')
    for (const name of ['temporary-a', 'App-b']) mkdirSync(join(data, name), {recursive: true})
    const now = statSync(join(data, 'temporary-a')).mtimeMs
    sweepTemporaryData(home, now + 1000)
    expect(statSync(join(data, 'temporary-a')).isDirectory()).toBe(true)
    sweepTemporaryData(home, now + 25 * 3600 * 1000)
    expect(statSync(join(data, 'temporary-a'), {throwIfNoEntry: false})).toBeUndefined()
    expect(statSync(join(data, 'App-b')).isDirectory()).toBe(true)
  })
})

describe("a package's workspace", () => {
  it('names the package, carries its pins, and is not touched when nothing changed', () => {
    const root = join(dir, 'Kit & "Co"')
    mkdirSync(root)
    writeFileSync(join(root, 'Package.resolved'), '{"pins": []}')
    const workspace = join(dir, 'package.xcworkspace')
    writePackageWorkspace(workspace, root)
    const data = join(workspace, 'contents.xcworkspacedata')
    expect(readFileSync(data, 'utf8')).toContain('Kit &amp; &quot;Co&quot;"')
    expect(readFileSync(join(workspace, 'xcshareddata/swiftpm/Package.resolved'), 'utf8')).toBe('{"pins": []}')
    const before = statSync(data).mtimeMs
    writePackageWorkspace(workspace, root)
    expect(statSync(data).mtimeMs).toBe(before)
  })
})

function fakeTool(version: string): string {
  const root = join(dir, `tool-${version}`)
  mkdirSync(join(root, 'build'), {recursive: true})
  writeFileSync(join(root, 'package.json'), JSON.stringify({name: 'xcodebuildmcp', version}))
  writeFileSync(join(root, 'build/cli.js'), '')
  return join(root, 'build/cli.js')
}

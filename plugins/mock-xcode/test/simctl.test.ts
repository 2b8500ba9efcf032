import {execFileSync, spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {installMockXcode} from '../src/index.ts'
import {bench, type Bench, type Ran} from './support/bench.ts'

let app: Bench
beforeAll(() => {
  app = bench('HelloApp')
})
afterAll(() => app[Symbol.dispose]())

const simctl = (...words: readonly string[]): Promise<Ran> => app.run('xcrun', ['simctl', ...words])

interface DeviceRow {
  readonly name: string
  readonly udid: string
  readonly state: string
}

async function device(udid: string): Promise<DeviceRow | undefined> {
  const {devices}: {devices: Readonly<Record<string, readonly DeviceRow[]>>} = JSON.parse((await simctl('list', 'devices', '-j')).stdout)
  return Object.values(devices)
    .flat()
    .find((row) => row.udid === udid)
}

describe('simctl', () => {
  it('lists everything in the four keys, and slashes escaped', async () => {
    const {stdout} = await simctl('list', '-j')
    expect(Object.keys(JSON.parse(stdout)).toSorted()).toEqual(['devices', 'devicetypes', 'pairs', 'runtimes'])
    expect(stdout).toContain('\\/Library\\/Developer')
    expect((await simctl('list', 'devices', 'available')).stdout).toMatch(/-- iOS 26\.5 --\n {4}iPhone 16 \([0-9A-F-]{36}\) \(Shutdown\)/)
  })

  it('takes a device through its life and refuses what its state forbids', async () => {
    const created = await simctl('create', 'rch-1', 'iPhone 17', 'com.apple.CoreSimulator.SimRuntime.iOS-26-5')
    const udid = created.stdout.trim()
    expect(await device(udid)).toMatchObject({name: 'rch-1', state: 'Shutdown'})
    expect((await simctl('getenv', udid, 'HOME')).status).toBe(149)
    expect((await simctl('boot', udid)).status).toBe(0)
    const twice = await simctl('boot', udid)
    expect([twice.status, twice.stderr]).toEqual([149, expect.stringContaining('Unable to boot device in current state: Booted')])
    expect((await simctl('bootstatus', udid, '-b')).status).toBe(0)
    expect((await simctl('getenv', udid, 'HOME')).stdout).toContain(udid)
    expect((await simctl('erase', udid)).status).toBe(149)
    expect((await simctl('shutdown', udid)).status).toBe(0)
    expect((await simctl('shutdown', udid)).status).toBe(149)
    expect((await simctl('erase', udid)).status).toBe(0)
    expect((await simctl('delete', udid)).status).toBe(0)
    expect(await device(udid)).toBeUndefined()
  })

  it('names the runtime it chose, and what it cannot create', async () => {
    const chosen = await simctl('create', 'rch-2', 'com.apple.CoreSimulator.SimDeviceType.iPhone-17-Pro')
    expect(chosen.stderr).toContain("No runtime specified, using 'iOS 26.5")
    expect((await simctl('create', 'x', 'Nokia')).stderr).toContain('Invalid device type: Nokia')
    expect((await simctl('create', 'x', 'iPhone 17', 'iOS 3')).stderr).toContain('Invalid runtime: iOS 3')
    expect((await simctl('boot', 'nobody')).status).toBe(148)
  })

  it('keeps sets apart and lists runtime images', async () => {
    const {stdout} = await simctl('--set', 'testing', 'list', 'devices', '-j')
    const {devices}: {devices: Readonly<Record<string, readonly unknown[]>>} = JSON.parse(stdout)
    expect(Object.values(devices).flat()).toEqual([])
    const images: Readonly<Record<string, {readonly state: string}>> = JSON.parse((await simctl('runtime', 'list', '-j')).stdout)
    expect(Object.values(images).every(({state}) => state === 'Ready')).toBe(true)
  })

  it('shows new devices to xcodebuild', async () => {
    const udid = (await simctl('create', 'rch-3', 'iPhone 17')).stdout.trim()
    const {status} = await app.run('xcodebuild', [
      '-scheme',
      'HelloApp',
      '-destination',
      `id=${udid}`,
      '-derivedDataPath',
      app.derivedData,
      'build',
    ])
    expect(status).toBe(0)
  })
})

describe('the other tools', () => {
  it('say where they are and that they are mocks', async () => {
    expect((await app.run('xcode-select', ['-p'])).stdout).toBe(`${app.developerDir}\n`)
    expect((await app.run('xcrun', ['--find', 'xcodebuild'])).stdout).toBe(`${app.developerDir}/usr/bin/xcodebuild\n`)
    expect((await app.run('xcrun', ['nothing'])).status).toBe(72)
    expect((await app.run('sw_vers', ['-buildVersion'])).stdout).toMatch(/^\w+mock\n$/)
    expect((await app.run('sw_vers', [])).stdout).toMatch(/^ProductName:\t\tmacOS\nProductVersion:\t\t[\d.]+\n/)
    expect((await app.run('swift', ['--version'])).stdout).toContain('mock')
    expect((await app.run('xcrun', ['--sdk', 'iphonesimulator', '--show-sdk-version'])).stdout).toBe('26.5\n')
  })

  it('keeps several Xcodes apart', async () => {
    const second = installMockXcode(join(app.root, 'tools'), {name: 'Xcode-16.4', version: '16.4', build: '16F6mock'})
    const own = execFileSync(join(second.developerDir, 'usr/bin/xcodebuild'), ['-version'], {encoding: 'utf8'})
    expect(own).toBe('Xcode 16.4\nBuild version 16F6mock\n')
    expect((await app.run('xcodebuild', ['-version'])).stdout).toMatch(/^Xcode 26/)
    expect((await app.run('xcodebuild', ['-version'], {env: {DEVELOPER_DIR: second.developerDir}})).stdout).toMatch(/^Xcode 16/)
  })

  it('start from the package itself too', () => {
    const text = execFileSync(process.execPath, [join(import.meta.dirname, '../bin/sw_vers'), '-productVersion'], {encoding: 'utf8'})
    expect(text).toBe('26.5\n')
  })

  it.each(['-productVersion', '-buildVersion', '--productName', '', '-frobnicate'])(
    'say of macOS what the package does, asked %j',
    (word) => {
      const words = word === '' ? [] : [word]
      const [installed, own] = [
        spawnSync(join(app.binDir, 'sw_vers'), words, {encoding: 'utf8'}),
        spawnSync(process.execPath, [join(import.meta.dirname, '../bin/sw_vers'), ...words], {encoding: 'utf8'}),
      ]
      expect([installed.status, installed.stdout, installed.stderr]).toEqual([own.status, own.stdout, own.stderr])
    },
  )

  it('reads the property lists of what was built', async () => {
    await app.run('xcodebuild', [
      '-scheme',
      'HelloApp',
      '-destination',
      'platform=iOS Simulator,name=iPhone 17',
      '-derivedDataPath',
      app.derivedData,
      'build',
    ])
    const {stdout} = await app.run('defaults', [
      'read',
      `${app.derivedData}/Build/Products/Debug-iphonesimulator/HelloApp.app/Info`,
      'CFBundleIdentifier',
    ])
    expect(stdout).toBe('org.example.HelloApp\n')
  })
})

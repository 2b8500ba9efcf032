import {chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'
import type {Scenario} from '../scenario/scenario.ts'
import {macosBuild, macosVersion, sdkVersion, xcodeBuild, xcodeVersion} from '../mock-version.ts'

export interface MockXcode {
  /** Holds `xcrun`, `sw_vers`, `xcode-select`, `swift`, `defaults` and `xcodebuild`, for the front of a `PATH`. */
  readonly binDir: string
  /** For `DEVELOPER_DIR`. */
  readonly developerDir: string
  readonly appPath: string
}

export interface InstallOptions {
  /** What the tools shall do wrong; written next to them as `.rch-mock.json`. */
  readonly scenario?: Scenario
  /** Name of the bundle, without `.app`. */
  readonly name?: string
  /** Version and build the installed Xcode claims, for tests with several. */
  readonly version?: string
  readonly build?: string
}

/**
 * Writes a mock Xcode into `dir`: launchers with the absolute path of this Node and of this package, and a bundle that says `mock` in
 * its property lists. Safe to repeat; what stands there is overwritten.
 */
export function installMockXcode(dir: string, options: InstallOptions = {}): MockXcode {
  const home = resolve(dir)
  const binDir = join(home, 'bin')
  const appPath = join(home, `${options.name ?? 'Xcode-mock'}.app`)
  const developerDir = join(appPath, 'Contents/Developer')
  const toolsDir = join(developerDir, 'usr/bin')
  for (const folder of [binDir, toolsDir]) mkdirSync(folder, {recursive: true})
  for (const tool of ['xcodebuild', 'xcrun', 'simctl', 'xcresulttool', 'xccov', 'swift'])
    launcher(join(toolsDir, tool), [tool, home, developerDir])
  for (const tool of ['xcodebuild', 'xcrun', 'xcode-select', 'swift', 'defaults']) launcher(join(binDir, tool), [tool, home, ''])
  launcher(join(binDir, 'sw_vers'), ['sw_vers', home, ''], {'-productVersion': macosVersion, '-buildVersion': macosBuild})
  const version = options.version ?? xcodeVersion
  const build = options.build ?? xcodeBuild
  writeFileSync(
    join(appPath, 'Contents/Info.plist'),
    plist({
      CFBundleIdentifier: 'mock.rch.Xcode',
      CFBundleName: 'Xcode (mock)',
      CFBundleShortVersionString: version,
      DTSDKBuild: sdkVersion,
      RCHMock: true,
    }),
  )
  writeFileSync(
    join(appPath, 'Contents/version.plist'),
    plist({CFBundleShortVersionString: version, ProductBuildVersion: build, ProjectName: 'rch-mock-xcode', RCHMock: true}),
  )
  if (options.scenario !== undefined) writeFileSync(join(home, '.rch-mock.json'), `${JSON.stringify(options.scenario, null, 2)}\n`)
  return {binDir, developerDir, appPath}
}

/** `known` are answers that the launcher gives itself: every job asks for them, and a start of Node costs more than the question. */
function launcher(path: string, words: readonly string[], known: Readonly<Record<string, string>> = {}): void {
  const entry = fileURLToPath(new URL('../../dist/launch.js', import.meta.url))
  if (!existsSync(entry)) throw new Error(`mock Xcode is not built: ${entry} is missing; run \`npm run build\``)
  const answers = Object.entries(known).map(([asked, answer]) => `[ "$*" = ${quote(asked)} ] && { echo ${quote(answer)}; exit; }\n`)
  const command = [process.execPath, entry, ...words].map(quote).join(' ')
  writeFileSync(path, `#!/bin/sh\n# mock Xcode: a stand-in that builds nothing\n${answers.join('')}exec ${command} "$@"\n`)
  chmodSync(path, 0o755)
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

function plist(entries: Readonly<Record<string, string | boolean>>): string {
  const rows = Object.entries(entries).map(
    ([key, value]) => `\t<key>${key}</key>\n\t${typeof value === 'boolean' ? `<${value}/>` : `<string>${value}</string>`}\n`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">\n<dict>\n${rows.join('')}</dict>\n</plist>\n`
}

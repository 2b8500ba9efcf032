import {join} from 'node:path'
import {sdkVersion} from '../mock-version.ts'
import {developerDir, type ToolContext} from '../tool/tool-context.ts'
import type {Invocation} from './invocation.ts'

const sdks = [
  ['iphoneos', 'iOS', 'iPhoneOS', 'iPhone OS'],
  ['iphonesimulator', 'Simulator - iOS', 'iPhoneSimulator', 'iPhone OS'],
  ['macosx', 'macOS', 'MacOSX', 'macOS'],
  ['appletvsimulator', 'Simulator - tvOS', 'AppleTVSimulator', 'Apple TVOS'],
  ['watchsimulator', 'Simulator - watchOS', 'WatchSimulator', 'Watch OS'],
  ['xrsimulator', 'Simulator - visionOS', 'XRSimulator', 'xrOS'],
] as const

/** Questions that need no project. Undefined: this is none. */
export function query(context: ToolContext, invocation: Invocation): number | undefined {
  const {output} = context
  if (invocation.has('-showsdks')) {
    if (invocation.has('-json')) {
      const rows = sdks.map(([name, display, folder, product]) => {
        const platformPath = join(developerDir(context), 'Platforms', `${folder}.platform`)
        return {
          buildID: '00000000-MOCK',
          canonicalName: `${name}${sdkVersion}`,
          displayName: `${display} ${sdkVersion}`,
          isBaseSdk: true,
          mock: true,
          platform: name,
          platformPath,
          platformVersion: sdkVersion,
          productBuildVersion: '23F73mock',
          productName: product,
          productVersion: sdkVersion,
          sdkPath: `${platformPath}/Developer/SDKs/${folder}${sdkVersion}.sdk`,
          sdkVersion,
        }
      })
      output.out(`${JSON.stringify(rows, null, 2)}\n`)
    } else for (const [name, display] of sdks) output.out(`\t${display} ${sdkVersion}                      \t-sdk ${name}${sdkVersion}\n`)
    return 0
  }
  if (invocation.has('-showComponent')) {
    const status = 'uninstalled'
    output.out(
      invocation.has('-json')
        ? `${JSON.stringify({component: invocation.value('-showComponent'), status, mock: true})}\n`
        : `Asset Path: \nBuild Version: 17F109mock\nStatus: ${status}\n`,
    )
    return 0
  }
  for (const mode of [
    '-downloadPlatform',
    '-downloadAllPlatforms',
    '-importPlatform',
    '-downloadComponent',
    '-importComponent',
    '-deleteComponent',
    '-prepareDeviceSupport',
    '-exportArchive',
    '-exportNotarizedApp',
    '-exportLocalizations',
    '-importLocalizations',
    '-create-xcframework',
    '-find-executable',
    '-find-library',
  ]) {
    if (!invocation.has(mode)) continue
    output.err(`xcodebuild: error: mock Xcode does not perform ${mode}\n`)
    return 70
  }
  return undefined
}

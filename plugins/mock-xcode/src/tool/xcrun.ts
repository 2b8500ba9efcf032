import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {sdkVersion} from '../mock-version.ts'
import {developerDir, type RunTool, type ToolContext} from './tool-context.ts'

const inProcess = new Set(['xcodebuild', 'simctl', 'xcresulttool', 'xccov', 'swift', 'sw_vers', 'xcode-select', 'defaults'])
const sdkFolders: Readonly<Record<string, string>> = {
  iphoneos: 'iPhoneOS.platform/Developer/SDKs/iPhoneOS',
  iphonesimulator: 'iPhoneSimulator.platform/Developer/SDKs/iPhoneSimulator',
  macosx: 'MacOSX.platform/Developer/SDKs/MacOSX',
  appletvsimulator: 'AppleTVSimulator.platform/Developer/SDKs/AppleTVSimulator',
  watchsimulator: 'WatchSimulator.platform/Developer/SDKs/WatchSimulator',
  xrsimulator: 'XRSimulator.platform/Developer/SDKs/XRSimulator',
}

/** `xcrun TOOL …`, `--find TOOL`, `--sdk NAME --show-sdk-path|--show-sdk-version`, `--version`. */
export async function xcrun(context: ToolContext, runTool: RunTool): Promise<number> {
  const {argv, output} = context
  let sdk = 'macosx'
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? ''
    switch (word.replace(/^--?/, '--')) {
      case '--sdk':
        at += 1
        sdk = argv[at] ?? sdk
        break
      case '--toolchain':
        at += 1
        break
      case '--log':
      case '--verbose':
      case '--no-cache':
      case '--kill-cache':
      case '--run':
        break
      case '--version':
        output.out('xcrun version 72mock.\n')
        return 0
      case '--find': {
        const path = toolPath(context, argv[at + 1] ?? '')
        if (path === undefined) return missing(context, argv[at + 1] ?? '')
        output.out(`${path}\n`)
        return 0
      }
      case '--show-sdk-path':
        output.out(`${sdkPath(context, sdk)}\n`)
        return 0
      case '--show-sdk-version':
      case '--show-sdk-platform-version':
        output.out(`${sdkVersion}\n`)
        return 0
      case '--show-sdk-build-version':
        output.out('23F73mock\n')
        return 0
      default: {
        if (word.startsWith('-')) {
          output.err(`xcrun: error: invalid option '${word}' (mock)\n`)
          return 64
        }
        if (!inProcess.has(word)) return missing(context, word)
        return runTool({...context, tool: word, argv: argv.slice(at + 1)})
      }
    }
  }
  output.err('Usage: xcrun [options] <tool name> ... arguments ...\n')
  return 64
}

function toolPath(context: ToolContext, name: string): string | undefined {
  return [join(developerDir(context), 'usr/bin', name), join(context.home, 'bin', name)].find((path) => existsSync(path))
}

function sdkPath(context: ToolContext, sdk: string): string {
  const name = sdk.replace(/[\d.]+$/, '')
  return join(developerDir(context), 'Platforms', `${sdkFolders[name] ?? `${name}.platform/Developer/SDKs/${name}`}${sdkVersion}.sdk`)
}

function missing(context: ToolContext, name: string): number {
  context.output.err(`xcrun: error: unable to find utility "${name}", not a developer tool or in PATH\n`)
  return 72
}

import type {ConditionOracle} from '../swift/conditional-compilation.ts'

const systems: Readonly<Record<string, string>> = {iphone: 'iOS', macos: 'macOS', appletv: 'tvOS', watch: 'watchOS', xr: 'visionOS'}

/** What `#if` finds when code is compiled for `sdk` in `configuration` with the given extra conditions. */
export function compilationConditions(sdk: string, configuration: string, defined: readonly string[]): ConditionOracle {
  const system = Object.entries(systems).find(([prefix]) => sdk.startsWith(prefix))?.[1] ?? 'macOS'
  const debug = /debug/i.test(configuration)
  return (name, argument) => {
    switch (name) {
      case 'os':
        return argument === system || (argument === 'OSX' && system === 'macOS')
      case 'targetEnvironment':
        return argument === 'simulator' && sdk.endsWith('simulator')
      case 'arch':
        return argument === 'arm64'
      case 'canImport':
        return (
          !/^(?:Glibc|Musl|Android|WinSDK|FoundationNetworking|FoundationXML)$/.test(argument ?? '') &&
          (argument !== 'UIKit' || system !== 'macOS') &&
          (argument !== 'AppKit' || system === 'macOS')
        )
      case 'swift':
      case 'compiler':
        return holdsVersion(argument ?? '')
      case 'hasFeature':
      case 'hasAttribute':
      case '_endian':
      case '_runtime':
      case 'true':
        return argument !== 'big'
      case 'DEBUG':
        return debug || defined.includes('DEBUG')
      default:
        return argument === undefined && defined.includes(name)
    }
  }
}

function holdsVersion(argument: string): boolean {
  const found = /^(>=|<)(\d+)/.exec(argument)
  if (found === null) return true
  const at = 6 - Number(found[2])
  return found[1] === '>=' ? at >= 0 : at < 0
}

import type {DiagnosticCategory} from '@rch/contract/events'
import type {ParsedDiagnostic} from './diagnostic.ts'

const SIGNING =
  /code ?sign|provisioning profile|signing certificate|signing for "|no signing certificate|no profiles? for|development team|entitlement.*(?:profile|sign)/i
const PACKAGE =
  /package dependenc|resolve package|package resolution|package graph|package manifest|swift package|missing package product|dependencies could not be resolved|fingerprint|from package “|no such module dependency/i
const DESTINATION =
  /destination|unable to find a device|device is not available|is not available for testing|runtime is not (?:installed|available)|unable to boot/i
const LINKER =
  /linker command failed|link command failed|symbol\(s\) not found|undefined symbol|duplicate symbol|framework not found|library not found/i
const RESOURCE_FILE = /\.(?:xcassets|storyboard|xib|strings|stringsdict|xcstrings|plist|xcdatamodeld?|entitlements|metal|icon)\b/i
const RESOURCE_STEP =
  /^(?:CompileAssetCatalog\w*|CompileStoryboard|CompileXIB|CompileXCStrings|DataModelCompile|GenerateAssetSymbols|ProcessInfoPlistFile|CopyStringsFile|CopyPlistFile|LinkStoryboards|LinkAssetCatalog)$/
/** How `swift test` says that the process with the tests is gone. */
export const RUNNER_DIED = /^(?:Exited with (?:unexpected )?(?:signal )?code \d+|Process '.+' (?:exited|terminated) )/
const SWITCH = /\[(-W[\w+=-]+|#\w+)(?:,[^\]]*)?\]$/
const RULE = /\(([a-z][a-z0-9]*(?:_[a-z0-9]+)*)\)$/

/** What kind of trouble it is, from who says it, where, and in which build step. */
export function categoryOf(diagnostic: ParsedDiagnostic, step: string | null): DiagnosticCategory {
  const {message, file, tool, line} = diagnostic
  if (tool === 'xcodebuild') {
    if (PACKAGE.test(message)) return 'package'
    return DESTINATION.test(message) ? 'destination' : 'usage'
  }
  if (RUNNER_DIED.test(message) && file === null) return 'runtime'
  if (tool === 'ld' || LINKER.test(message)) return 'linker'
  if (SIGNING.test(message) || /^code ?sign/i.test(tool ?? '')) return 'signing'
  if (step === 'PhaseScriptExecution' && file?.endsWith('.xcodeproj') !== true) return 'script'
  if (file !== null && /Package(?:@swift-[\d.]+)?\.swift(?::PACKAGE-TARGET:.*)?$/.test(file)) return 'package'
  if (PACKAGE.test(message)) return 'package'
  if (file !== null && /\.(?:xcodeproj|xcworkspace|pbxproj)$/.test(file)) return 'project'
  if (RESOURCE_FILE.test(file ?? '') || RESOURCE_STEP.test(step ?? '')) return 'resource'
  if (file !== null && line !== null) return 'compiler'
  return diagnostic.target !== null && file === null ? 'project' : 'tool'
}

/** The switch or rule that a message names at its end: `[-Wunused]`, `(force_try)`. */
export function codeOf(message: string, category: DiagnosticCategory): string | null {
  const switched = SWITCH.exec(message)?.[1]
  if (switched !== undefined) return switched
  return category === 'script' ? (RULE.exec(message)?.[1] ?? null) : null
}

import type {TestIdentity} from '@rch/contract/events'
import type {PrintedTest} from './grammar/xctest.ts'
import type {SwiftName} from './grammar/swift-testing.ts'

/**
 * The target that `-only-testing:` wants. Xcode's bundles are named after it; the module is its name as an identifier; SwiftPM puts all
 * targets into one `…PackageTests` bundle, so only the module tells them apart.
 */
export function targetOf(bundle: string | null, module: string | null): string | null {
  if (bundle === null || bundle.endsWith('PackageTests') || CONFIGURATION.test(bundle)) return module
  return bundle
}

/** On Linux a package's only bundle is called as its configuration. */
const CONFIGURATION = /^(?:debug|release)$/

export function identify(printed: PrintedTest, target: string | null): TestIdentity {
  const {suite, framework} = printed
  const name = framework === 'xctest' ? printed.name.replace(/\(\)$/, '') : printed.name
  return {id: idOf(target, suite, name), target, suite, name, framework, display_name: null}
}

export function identifySwift(name: SwiftName, target: string | null): TestIdentity {
  const {display} = name
  const printed = name.function ?? display ?? ''
  return {id: idOf(target, null, printed), target, suite: null, name: printed, framework: 'swift-testing', display_name: display}
}

/** `Target/Suite/name`; nested suites are separated by `/`. */
export function idOf(target: string | null, suite: string | null, name: string): string {
  const nested = suite === null || suite === '' ? name : `${suite.includes('.') ? suite.replaceAll('.', '/') : suite}/${name}`
  return target === null || target === '' ? nested : `${target}/${nested}`
}

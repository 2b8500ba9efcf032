import type {TestPlan} from '@rch/xcodeproj'

export type TargetKind = 'application' | 'framework' | 'library' | 'unit-test' | 'ui-test' | 'tool' | 'extension' | 'aggregate'

export interface ScriptPhase {
  readonly id: string
  readonly name: string
  readonly shell: string
  readonly script: string
  readonly hasOutputs: boolean
}

/** A target with absolute paths. */
export interface Target {
  readonly name: string
  readonly kind: TargetKind
  readonly productType: string
  /** File name of the product, `HelloApp.app`. */
  readonly product: string
  /** What log lines name as its project. */
  readonly project: string
  readonly directory: string
  readonly sources: readonly string[]
  readonly resources: readonly string[]
  readonly scripts: readonly ScriptPhase[]
  readonly dependencies: readonly string[]
  /** The application a test bundle runs in. */
  readonly host: string | undefined
  /** Settings as written, project's below target's, for one configuration. */
  settings(configuration: string): Readonly<Record<string, string>>
}

export interface Testable {
  readonly target: string
  readonly skipped: boolean
  readonly parallel: boolean
  readonly skippedTests: readonly string[]
  readonly selectedTests: readonly string[]
}

export interface SchemePlan {
  readonly name: string
  readonly isDefault: boolean
  readonly plan: TestPlan
}

export interface Scheme {
  readonly name: string
  readonly buildTargets: readonly string[]
  readonly testables: readonly Testable[]
  readonly plans: readonly SchemePlan[]
  readonly buildConfiguration: string | undefined
  readonly testConfiguration: string | undefined
}

/** What `-project`, `-workspace` or the current directory names. */
export interface Container {
  readonly kind: 'project' | 'workspace' | 'package'
  readonly name: string
  readonly path: string
  /** The folder that holds it. */
  readonly directory: string
  readonly configurations: readonly string[]
  readonly defaultConfiguration: string
  readonly targets: readonly Target[]
  readonly schemes: readonly Scheme[]
  /** Remote packages, by their last path component, and where `Package.resolved` is kept. */
  readonly remotePackages: readonly string[]
  readonly resolvedFile: string
}

export function isTest({kind}: Pick<Target, 'kind'>): boolean {
  return kind === 'unit-test' || kind === 'ui-test'
}

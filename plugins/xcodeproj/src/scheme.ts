import {childrenNamed, readXml, type XmlElement} from './xml.ts'

const WHAT = 'xcscheme'

/** What a scheme builds, tests or runs, as it names it. */
export interface BuildableReference {
  /** The target's object id in its project, or a package target's name. */
  readonly targetId: string
  readonly targetName: string
  readonly productName: string
  /** `container:App.xcodeproj`, relative to the directory of the container that holds the scheme; empty names that container. */
  readonly container: string
}

export interface SchemeBuildEntry {
  readonly reference: BuildableReference
  readonly forTesting: boolean
  readonly forRunning: boolean
  readonly forProfiling: boolean
  readonly forArchiving: boolean
  readonly forAnalyzing: boolean
}

export interface SchemeTestable {
  readonly reference: BuildableReference
  readonly skipped: boolean
  readonly parallelizable: boolean
  readonly skippedTests: readonly string[]
  readonly selectedTests: readonly string[]
}

export interface SchemeTestPlan {
  /** `container:Tests/App.xctestplan`. */
  readonly reference: string
  readonly isDefault: boolean
}

export interface Scheme {
  readonly buildEntries: readonly SchemeBuildEntry[]
  readonly test: {
    readonly configuration: string | null
    readonly testables: readonly SchemeTestable[]
    readonly testPlans: readonly SchemeTestPlan[]
    readonly codeCoverage: boolean
  }
  readonly launch: {readonly configuration: string | null; readonly runnable: BuildableReference | null}
  /** Whether an action of the scheme runs a script before or after itself. */
  readonly hasScripts: boolean
}

/** Reads the text of an `.xcscheme`. Pure; throws `project_unreadable` with the place. */
export function readScheme(text: string): Scheme {
  const root = readXml(text, WHAT)
  const build = first(root, 'BuildAction')
  const test = first(root, 'TestAction')
  const launch = first(root, 'LaunchAction')
  return {
    buildEntries: within(build, 'BuildActionEntries', 'BuildActionEntry').flatMap(readBuildEntry),
    test: {
      configuration: test?.attributes.get('buildConfiguration') ?? null,
      testables: within(test, 'Testables', 'TestableReference').flatMap(readTestable),
      testPlans: within(test, 'TestPlans', 'TestPlanReference').map((plan) => ({
        reference: plan.attributes.get('reference') ?? '',
        isDefault: flag(plan, 'default', false),
      })),
      codeCoverage: test !== null && flag(test, 'codeCoverageEnabled', false),
    },
    launch: {
      configuration: launch?.attributes.get('buildConfiguration') ?? null,
      runnable: readReference(first(launch, 'BuildableProductRunnable') ?? first(launch, 'RemoteRunnable')),
    },
    hasScripts: root.children.some(
      (action) => within(action, 'PreActions', 'ExecutionAction').length + within(action, 'PostActions', 'ExecutionAction').length > 0,
    ),
  }
}

function readBuildEntry(entry: XmlElement): readonly SchemeBuildEntry[] {
  const reference = readReference(entry)
  if (reference === null) return []
  return [
    {
      reference,
      forTesting: flag(entry, 'buildForTesting', true),
      forRunning: flag(entry, 'buildForRunning', true),
      forProfiling: flag(entry, 'buildForProfiling', true),
      forArchiving: flag(entry, 'buildForArchiving', true),
      forAnalyzing: flag(entry, 'buildForAnalyzing', true),
    },
  ]
}

function readTestable(testable: XmlElement): readonly SchemeTestable[] {
  const reference = readReference(testable)
  if (reference === null) return []
  const identifiers = (list: string): readonly string[] =>
    within(testable, list, 'Test').flatMap((test) => test.attributes.get('Identifier') ?? [])
  return [
    {
      reference,
      skipped: flag(testable, 'skipped', false),
      parallelizable: flag(testable, 'parallelizable', false),
      skippedTests: identifiers('SkippedTests'),
      selectedTests: identifiers('SelectedTests'),
    },
  ]
}

function readReference(parent: XmlElement | null): BuildableReference | null {
  const reference = first(parent, 'BuildableReference')
  if (reference === null) return null
  return {
    targetId: reference.attributes.get('BlueprintIdentifier') ?? '',
    targetName: reference.attributes.get('BlueprintName') ?? '',
    productName: reference.attributes.get('BuildableName') ?? '',
    container: reference.attributes.get('ReferencedContainer') ?? '',
  }
}

function first(parent: XmlElement | null, name: string): XmlElement | null {
  return parent === null ? null : (childrenNamed(parent, name)[0] ?? null)
}

function within(parent: XmlElement | null, list: string, name: string): readonly XmlElement[] {
  const holder = first(parent, list)
  return holder === null ? [] : childrenNamed(holder, name)
}

function flag(element: XmlElement, name: string, absent: boolean): boolean {
  const value = element.attributes.get(name)
  return value === undefined ? absent : value === 'YES'
}

import {field, objectField, objectsField, readJsonObject, textField, textsField, type JsonObject} from './json-value.ts'

export interface TestPlanTarget {
  readonly targetId: string
  readonly name: string
  /** `container:App.xcodeproj`. */
  readonly container: string
  readonly enabled: boolean
  readonly parallelizable: boolean
  readonly skippedTests: readonly string[]
  readonly selectedTests: readonly string[]
}

export interface TestPlan {
  /** Names for `-only-test-configuration`. */
  readonly configurations: readonly string[]
  readonly targets: readonly TestPlanTarget[]
  readonly defaultOptions: JsonObject
}

/** Reads the text of an `.xctestplan`. Pure; throws `project_unreadable` with the place. */
export function readTestPlan(text: string): TestPlan {
  const plan = readJsonObject(text, 'xctestplan')
  return {
    configurations: objectsField(plan, 'configurations').flatMap((configuration) => textField(configuration, 'name') ?? []),
    targets: objectsField(plan, 'testTargets').map(readTarget),
    defaultOptions: objectField(plan, 'defaultOptions'),
  }
}

function readTarget(entry: JsonObject): TestPlanTarget {
  const target = objectField(entry, 'target')
  return {
    targetId: textField(target, 'identifier') ?? '',
    name: textField(target, 'name') ?? '',
    container: textField(target, 'containerPath') ?? '',
    enabled: field(entry, 'enabled') !== false,
    parallelizable: field(entry, 'parallelizable') === true,
    skippedTests: textsField(entry, 'skippedTests'),
    selectedTests: textsField(entry, 'selectedTests'),
  }
}

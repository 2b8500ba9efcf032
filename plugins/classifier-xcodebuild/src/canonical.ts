import {type Action, OPTIONS, type OptionRow, type XcodebuildModel} from '@rch/contract/kinds/xcodebuild'
import {writeDestination} from './destinations.ts'

/**
 * The one spelling of a step: container, scheme, configuration, SDK, destinations, test plan, test selection, run options in the
 * option table's order, settings by name, the action. No output path, no hook, never a device's identifier.
 * @param destinations each in `-destination`'s own syntax
 */
export function writeCommand(action: Action, model: XcodebuildModel, destinations: readonly string[]): readonly string[] {
  const words = ['xcodebuild']
  if (model.container.type !== 'package') words.push(`-${model.container.type}`, model.container.path)
  words.push('-scheme', model.scheme)
  if (model.configuration !== null) words.push('-configuration', model.configuration)
  if (model.sdk !== null) words.push('-sdk', model.sdk)
  for (const destination of destinations) words.push('-destination', destination)
  if (model.test_plan !== null) words.push('-testPlan', model.test_plan)
  for (const [name, row] of MODELLED) writeOption(words, name, row, model)
  for (const key of Object.keys(model.build_settings).toSorted()) words.push(`${key}=${model.build_settings[key] ?? ''}`)
  words.push(action)
  return words
}

/** The same, with the destinations as the model names them. */
export function sanitizedArgv(action: Action, model: XcodebuildModel): readonly string[] {
  return writeCommand(action, model, model.destinations.map(writeDestination))
}

const MODELLED = [...OPTIONS].filter(([, row]) => row.policy === 'modelled')

function writeOption(words: string[], name: string, row: OptionRow, model: XcodebuildModel): void {
  const value = modelledValue(row, model)
  if (value === null || (value === false && row.value === null)) return
  if (Array.isArray(value)) {
    for (const one of value) {
      if (row.colon === true) words.push(`${name}:${one}`)
      else words.push(name, one)
    }
  } else if (row.value === null) words.push(name)
  else if (typeof value === 'boolean') words.push(name, value ? 'YES' : 'NO')
  else words.push(name, String(value))
}

/** What the model holds for a modelled option. */
function modelledValue(row: OptionRow, model: XcodebuildModel): readonly string[] | string | number | boolean | null {
  const [table, key] = (row.key ?? '').split('.')
  const holder: Readonly<Record<string, readonly string[] | string | number | boolean | null>> =
    table === 'xcode_test' ? {...model.test} : {...model.run}
  return holder[key ?? ''] ?? null
}

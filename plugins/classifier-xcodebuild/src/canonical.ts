import {type Action, OPTIONS, type XcodebuildModel} from '@rch/contract/kinds/xcodebuild'
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
  writeOptions(words, model)
  for (const key of Object.keys(model.build_settings).toSorted()) words.push(`${key}=${model.build_settings[key] ?? ''}`)
  words.push(action)
  return words
}

/** The same, with the destinations as the model names them. */
export function sanitizedArgv(action: Action, model: XcodebuildModel): readonly string[] {
  return writeCommand(action, model, model.destinations.map(writeDestination))
}

/** Modelled options with the name of their field. */
const MODELLED = [...OPTIONS].flatMap(([name, row]) =>
  row.policy === 'modelled' ? [{name, row, field: (row.key ?? '').slice((row.key ?? '').indexOf('.') + 1)}] : [],
)

type Fields = Readonly<Record<string, readonly string[] | string | number | boolean | null>>

function writeOptions(words: string[], model: XcodebuildModel): void {
  const test: Fields = {...model.test}
  const run: Fields = {...model.run}
  for (const {name, row, field} of MODELLED) {
    const value = run[field] ?? test[field] ?? null
    if (Array.isArray(value)) {
      for (const one of value) {
        if (row.colon === true) words.push(`${name}:${one}`)
        else words.push(name, one)
      }
    } else if (row.value === null) {
      if (value === true) words.push(name)
    } else if (value !== null) words.push(name, value === true ? 'YES' : value === false ? 'NO' : String(value))
  }
}

import type {TestFindings} from '../../../reports/findings.ts'
import {objectsOf, textOf, type JsonObject} from './json-fields.ts'

/** The `devices` of an answer. Names may repeat: the same model with two systems. */
export function devicesOf(root: JsonObject, place: string): TestFindings['devices'] {
  return objectsOf(root, 'devices', place).map((device, index) => deviceOf(device, `${place}devices[${index}]`))
}

export function deviceOf(device: JsonObject, at: string): TestFindings['devices'][number] {
  return {
    name: textOf(device, 'deviceName', at) ?? textOf(device, 'modelName', at) ?? '',
    platform: textOf(device, 'platform', at),
    os_version: textOf(device, 'osVersion', at),
    architecture: textOf(device, 'architecture', at),
  }
}
